//! Which of several models is better by more than chance.

use super::interval::LEVEL;
use super::{Comparable, Evaluation, Runs};
use crate::NetworkError;
use cuaderno_display::{MimeBundle, Rich, Table, counted};
use cuaderno_plot::Bar;
use cuaderno_stats::{holm, paired_t_test, sign_test};
use std::cmp::Ordering;

/// Several models on the same test pictures: accuracies with what chance leaves open, and which differences are more than that.
///
/// As the last expression of a cell it shows its table. Of one evaluation each, the interval is Wilson's and pairs are tested by
/// McNemar's exact test; of several runs each, it is one standard deviation to either side, and pairs of runs with the same seed are
/// tested by Student's paired t test. A model is called `worse` where its difference from the best is significant at 5 %,
/// corrected for the number of models by Holm's method; else it is a `tie`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The models, in the order given.
    pub models: Vec<Compared>,
    /// Each pair of them.
    pub pairs: Pairs,
    basis: Basis,
}

/// One of the models compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// What it was called.
    pub name: String,
    /// Accuracy on the test pictures, or its mean over the runs, `0.0..=1.0`.
    pub accuracy: f64,
    /// Lower end of the interval, or mean minus deviation.
    pub low: f64,
    /// Upper end of the interval, or mean plus deviation.
    pub high: f64,
    /// Loss on the test pictures, or its mean.
    pub loss: f64,
    /// Beside the best one: how likely such a difference is by chance, corrected. None for the best itself, and where
    /// nothing could be tested.
    pub p: Option<f64>,
    /// What follows.
    pub verdict: Verdict,
}

/// What a comparison says of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No other has a higher accuracy; of equal ones, none a lower loss.
    Best,
    /// Chance may explain why the best is better.
    Tie,
    /// Worse than the best by more than chance.
    Worse,
    /// Fewer than two runs with the same seed: nothing can be said.
    Untested,
}

/// The pairs of a comparison; as the last expression of a cell, a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairs(pub Vec<Pair>);

/// Two of the models compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The one.
    pub first: String,
    /// The other.
    pub second: String,
    /// Accuracy of the first minus that of the second; of runs, the mean over those with the same seed.
    pub difference: f64,
    /// How likely a difference this large or larger is by chance, not corrected; none where nothing could be tested.
    pub p: Option<f64>,
    /// By which test.
    pub test: PairTest,
}

/// How a pair was tested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PairTest {
    /// McNemar's exact test on the pictures that only one of them has right.
    McNemar {
        /// Pictures that only the first has right.
        only_first: usize,
        /// Pictures that only the second has right.
        only_second: usize,
    },
    /// Student's paired t test.
    PairedT {
        /// Runs of the same seed.
        runs: usize,
        /// The mean difference in its standard errors.
        t: f64,
    },
    /// Fewer than two runs of the same seed.
    Untested,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Basis {
    Pictures(usize),
    Runs,
}

/// Evaluations on the same pictures.
impl Comparable for Evaluation {
    type Comparison = Result<Comparison, NetworkError>;

    fn compared(of: &[(&str, &Self)]) -> Self::Comparison {
        check_same_pictures(of)?;
        let model = |(name, evaluation): &(&str, &Self)| {
            let interval = evaluation.interval(LEVEL);
            let n = evaluation.labels.len().max(1) as f64;
            let accuracy = evaluation.right().filter(|right| *right).count() as f64 / n;
            Compared::new(name, accuracy, (interval.low, interval.high), evaluation.loss.into())
        };
        let pair = |one: usize, other: usize| mcnemar(&of[one], &of[other]);
        let pictures = of.first().map_or(0, |(_, evaluation)| evaluation.labels.len());
        Ok(Comparison::new(of.iter().map(model).collect(), pair, Basis::Pictures(pictures)))
    }
}

/// Runs of several models, by [`repeat`](crate::repeat) with the same seeds.
impl Comparable for Runs {
    type Comparison = Comparison;

    fn compared(of: &[(&str, &Self)]) -> Comparison {
        let model = |(name, runs): &(&str, &Self)| {
            let (mean, deviation) = (runs.mean(), runs.deviation().test_accuracy);
            let accuracy = mean.test_accuracy;
            Compared::new(name, accuracy, (accuracy - deviation, accuracy + deviation), mean.test_loss)
        };
        let pair = |one: usize, other: usize| paired(&of[one], &of[other]);
        Comparison::new(of.iter().map(model).collect(), pair, Basis::Runs)
    }
}

/// Labels stand for the pictures: an evaluation keeps no others.
fn check_same_pictures(of: &[(&str, &Evaluation)]) -> Result<(), NetworkError> {
    let Some(((first, one), others)) = of.split_first() else { return Ok(()) };
    let same =
        |other: &Evaluation| other.labels == one.labels && other.predictions.class_names == one.predictions.class_names;
    let Some((name, other)) = others.iter().find(|(_, other)| !same(other)) else { return Ok(()) };
    let found = match (one.labels.len(), other.labels.len()) {
        (n, m) if n != m => format!("of {n} pictures for {first}, of {m} for {name}"),
        (n, _) => format!("of {n} other pictures, or classes, for {name} than for {first}"),
    };
    let advice = "compare takes evaluations on the same test pictures, in the same order".into();
    Err(NetworkError::Setting { setting: "what is compared", found, advice })
}

/// McNemar's exact test (McNemar, 1947): of the pictures on which only one of two models is right, has one of them more than
/// chance gives it?
pub(super) fn mcnemar((first, one): &(&str, &Evaluation), (second, other): &(&str, &Evaluation)) -> Pair {
    let (mut only_first, mut only_second) = (0, 0);
    for (one, other) in one.right().zip(other.right()) {
        only_first += usize::from(one && !other);
        only_second += usize::from(other && !one);
    }
    let difference = (only_first as f64 - only_second as f64) / one.labels.len().max(1) as f64;
    let (p, test) = (Some(sign_test(only_first, only_second)), PairTest::McNemar { only_first, only_second });
    Pair { first: (*first).to_owned(), second: (*second).to_owned(), difference, p, test }
}

fn paired((first, one): &(&str, &Runs), (second, other): &(&str, &Runs)) -> Pair {
    let partner = |seed: u64| other.runs.iter().find(|run| run.seed == seed);
    let values: Vec<(f64, f64)> = one
        .runs
        .iter()
        .filter_map(|run| {
            // On other pictures another run says nothing of this one.
            let partner = partner(run.seed).filter(|partner| partner.test.labels == run.test.labels)?;
            Some((run.values().test_accuracy, partner.values().test_accuracy))
        })
        .collect();
    let tested = paired_t_test(&values);
    let (difference, p, test) = match tested {
        Some(found) => (found.difference, Some(found.p), PairTest::PairedT { runs: values.len(), t: found.t }),
        None => (one.mean().test_accuracy - other.mean().test_accuracy, None, PairTest::Untested),
    };
    Pair { first: (*first).to_owned(), second: (*second).to_owned(), difference, p, test }
}

impl Compared {
    fn new(name: &str, accuracy: f64, (low, high): (f64, f64), loss: f64) -> Self {
        Self { name: name.to_owned(), accuracy, low, high, loss, p: None, verdict: Verdict::Best }
    }
}

impl Comparison {
    fn new(mut models: Vec<Compared>, pair: impl Fn(usize, usize) -> Pair, basis: Basis) -> Self {
        let count = models.len();
        let scores = |model: &usize| (models[*model].accuracy, models[*model].loss);
        let best = (0..count).min_by(|one, other| better_first(scores(one), scores(other))).unwrap_or(0);
        let others: Vec<usize> = (0..count).filter(|model| *model != best).collect();
        let tested: Vec<Option<f64>> = others.iter().map(|other| pair(best, *other).p).collect();
        let mut corrected = holm(&tested.iter().flatten().copied().collect::<Vec<_>>()).into_iter();
        for (model, tested) in others.into_iter().zip(tested) {
            let p = tested.and_then(|_| corrected.next());
            models[model].p = p;
            models[model].verdict = match p {
                None => Verdict::Untested,
                Some(p) if p < 1.0 - LEVEL => Verdict::Worse,
                Some(_) => Verdict::Tie,
            };
        }
        let pairs = (0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other)));
        let pairs = Pairs(pairs.map(|(one, other)| pair(one, other)).collect());
        Self { models, pairs, basis }
    }

    /// The best model's name; none of no models.
    pub fn best(&self) -> Option<&str> {
        Some(self.models[self.best_place()?].name.as_str())
    }

    /// The best model's place in the order given, from 0; none of no models.
    pub fn best_place(&self) -> Option<usize> {
        self.models.iter().position(|model| model.verdict == Verdict::Best)
    }

    /// Accuracies as bars, each with its interval, or one deviation to either side.
    pub fn figure(&self) -> Bar {
        let of = |value: fn(&Compared) -> f64| self.models.iter().map(value).collect::<Vec<f64>>();
        let names: Vec<&str> = self.models.iter().map(|model| model.name.as_str()).collect();
        let figure = Bar::new(&names, of(|model| model.accuracy));
        figure
            .and_then(|bar| bar.error_bars(&of(|model| model.low), &of(|model| model.high)))
            .expect("one of each for every model")
            .percent()
            .y_label("test accuracy")
            .caption(match self.basis {
                Basis::Pictures(count) => format!("95 % intervals on {}", counted(count, "picture")),
                Basis::Runs => "mean and standard deviation of the runs".to_owned(),
            })
    }

    fn note(&self) -> String {
        match self.basis {
            Basis::Pictures(count) => format!(
                "{}; p beside the best: McNemar's exact test, Holm's correction; tie: p of 0.05 or more",
                counted(count, "picture")
            ),
            Basis::Runs => {
                "p beside the best: paired t test of runs with the same seed, Holm's correction; tie: p of 0.05 or more"
                    .to_owned()
            }
        }
    }
}

/// The order of (accuracy, loss): the higher accuracy, of equal ones the lower loss.
pub(super) fn better_first(one: (f64, f64), other: (f64, f64)) -> Ordering {
    other.0.total_cmp(&one.0).then(one.1.total_cmp(&other.1))
}

/// A probability as tables show it.
pub(super) fn shown_p(p: Option<f64>) -> String {
    match p {
        None => "–".into(),
        Some(p) if p < 0.0001 => "< 0.0001".into(),
        Some(p) => format!("{p:.4}"),
    }
}

impl Rich for Comparison {
    fn mime_bundle(&self) -> MimeBundle {
        let spread = match self.basis {
            Basis::Pictures(_) => "95 % interval",
            Basis::Runs => "± deviation",
        };
        let mut rows = vec![["model", "accuracy", spread, "loss", "p", ""].map(String::from).to_vec()];
        for model in &self.models {
            let spread = match self.basis {
                Basis::Pictures(_) => format!("{:.4} to {:.4}", model.low, model.high),
                Basis::Runs => format!("{:.4}", model.high - model.accuracy),
            };
            let verdict = match model.verdict {
                Verdict::Best => "best",
                Verdict::Tie => "tie",
                Verdict::Worse => "worse",
                Verdict::Untested => "not tested",
            };
            let (accuracy, loss) = (format!("{:.4}", model.accuracy), format!("{:.4}", model.loss));
            rows.push(vec![model.name.clone(), accuracy, spread, loss, shown_p(model.p), verdict.to_owned()]);
        }
        Table::headed(rows).note(self.note()).mime_bundle()
    }
}

impl Rich for Pairs {
    fn mime_bundle(&self) -> MimeBundle {
        let by_picture = self.0.iter().any(|pair| matches!(pair.test, PairTest::McNemar { .. }));
        let test = if by_picture { ["only first right", "only second right"] } else { ["pairs of runs", "t"] };
        let heading = ["first", "second", "difference", test[0], test[1], "p"];
        let row = |pair: &Pair| {
            let [one, other] = match pair.test {
                PairTest::McNemar { only_first, only_second } => [only_first.to_string(), only_second.to_string()],
                PairTest::PairedT { runs, t } if t.is_infinite() => [runs.to_string(), "∞".into()],
                PairTest::PairedT { runs, t } => [runs.to_string(), format!("{t:.2}")],
                PairTest::Untested => ["–", "–"].map(String::from),
            };
            let difference = format!("{:+.4}", pair.difference);
            vec![pair.first.clone(), pair.second.clone(), difference, one, other, shown_p(pair.p)]
        };
        let rows = std::iter::once(heading.map(String::from).to_vec()).chain(self.0.iter().map(row));
        Table::headed(rows).left(2).note("p of each pair alone, not corrected for their number").mime_bundle()
    }
}
