//! Every picture is once a test picture.

use super::trials::{Trained, Trials, fingerprint, kept_in_a_file};
use super::{Comparable, Comparison, Evaluation, Predictions, Run, Runs};
use crate::random::{Stream, permutation};
use crate::subset::copies_together;
use crate::{Examples, History, NetworkError, Subset};
use cuaderno_display::{MimeBundle, Rich, Table};
use std::path::PathBuf;

/// Cross-validation in k folds: the pictures are parted into k, each part is tested on by a network that was trained on the
/// others.
///
/// ```
/// use cuaderno_nn::{CrossValidation, Fit, cnn};
/// cnn! { Small: [3, 8, 8] => [flatten, dense(2), softmax] }
///
/// # fn run(train: &dyn cuaderno_nn::Examples) -> Result<(), cuaderno_nn::NetworkError> {
/// let folds = CrossValidation::new(5, 7).run(train, |fold| {
///     let mut model = Small::new(fold.seed);
///     let history = model.fit(&fold.train, &Fit::new().epochs(10).quiet())?;
///     Ok((history, model.evaluate(&fold.test)?))
/// })?;
/// folds.evaluation().confusion();
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct CrossValidation {
    folds: usize,
    seed: u64,
    checkpoint: Option<PathBuf>,
}

/// One part of a cross-validation.
#[derive(Clone)]
pub struct Fold {
    /// From 1.
    pub number: usize,
    /// Another for each fold, for the network's first weights.
    pub seed: u64,
    /// What to train on: the pictures of the other folds, as they are given. For early stopping take a part of it by
    /// [`Fit::validation_split`](crate::Fit::validation_split).
    pub train: Subset,
    /// What to test on: the pictures of this fold, without augmentation.
    pub test: Subset,
}

/// Results of a cross-validation.
#[derive(Clone, Debug, PartialEq)]
pub struct Folds {
    /// Each fold's training and its result on the pictures held back, in order.
    pub runs: Vec<Run>,
    /// Which pictures each fold held back.
    pub places: Vec<Vec<usize>>,
    /// Where an interrupt ended it, after how many folds.
    pub stopped: Option<String>,
}

kept_in_a_file!(CrossValidation, "pictures");

impl CrossValidation {
    /// So many folds, drawn by the seed. In each fold every class has its part, and copies of one picture lie in the same fold.
    pub fn new(folds: usize, seed: u64) -> Self {
        Self { folds, seed, checkpoint: None }
    }

    /// Trains and tests once for each fold. An interrupt ends it; the fold that it came into is left out.
    ///
    /// # Errors
    /// The first error of a fold; if there are fewer than two folds, or fewer pictures than folds, or they have no classes; if
    /// the file is of other folds; [`NetworkError::Interrupted`] if an interrupt came into the first fold.
    pub fn run(
        &self,
        examples: &dyn Examples,
        mut fold: impl FnMut(&Fold) -> Result<(History, Evaluation), NetworkError>,
    ) -> Result<Folds, NetworkError> {
        self.run_dyn(examples, &mut fold)
    }

    fn run_dyn(&self, examples: &dyn Examples, fold: &mut dyn FnMut(&Fold) -> Trained) -> Result<Folds, NetworkError> {
        let mut places = stratified(examples, self.folds, self.seed)?;
        let trials = Trials {
            title: "cross-validation",
            what: "folds",
            identity: format!(
                "{} folds of {} pictures, seed {}, {:016x}",
                self.folds,
                examples.len(),
                self.seed,
                fingerprint(examples)
            ),
            seeds: (0..self.folds as u64).map(|number| self.seed.wrapping_add(number)).collect(),
            checkpoint: self.checkpoint.as_deref(),
        };
        let runs = trials.run(&mut |index| {
            let held_back = &places[index];
            let is_held_back = |place: &usize| held_back.binary_search(place).is_ok();
            let others = (0..examples.len()).filter(|place| !is_held_back(place)).collect();
            let (seed, test) = (trials.seeds[index], Subset::of(examples, held_back.clone()).plain());
            let one = Fold { number: index + 1, seed, train: Subset::of(examples, others), test };
            let (history, result) = fold(&one)?;
            if result.labels.len() != held_back.len() {
                let found = format!("one of {} pictures", result.labels.len());
                let advice = format!("evaluate on `fold.test`, which has {}", held_back.len());
                return Err(NetworkError::Setting { setting: "the fold's evaluation", found, advice });
            }
            Ok((history, result))
        })?;
        let stopped = trials.stopped(runs.len());
        places.truncate(runs.len());
        Ok(Folds { runs, places, stopped })
    }
}

/// The pictures of each fold, ascending: groups of copies, class by class in an order drawn by the seed, each into the fold
/// that has the fewest pictures of its class, of those the fewest in all.
fn stratified(examples: &dyn Examples, folds: usize, seed: u64) -> Result<Vec<Vec<usize>>, NetworkError> {
    let classes = examples.class_names().len();
    if classes == 0 {
        return Err(NetworkError::Unlabelled { what: "cross-validated" });
    }
    let all: Vec<usize> = (0..examples.len()).collect();
    let groups = copies_together(&all, |place| examples.identity(place));
    if folds < 2 || groups.len() < folds {
        let advice = format!("take 2 or more, and no more than there are different pictures, {}", groups.len());
        return Err(NetworkError::Setting { setting: "the number of folds", found: folds.to_string(), advice });
    }
    let mut by_class = vec![Vec::new(); classes];
    for group in groups {
        by_class[examples.label(group[0])].push(group);
    }
    let mut parts = vec![Vec::new(); folds];
    for (class, groups) in by_class.iter().enumerate() {
        let mut of_class = vec![0; folds];
        for group in permutation(groups.len(), seed, Stream::Split, class as u64) {
            let fewest = (0..folds).min_by_key(|fold| (of_class[*fold], parts[*fold].len())).expect("folds there are");
            of_class[fewest] += groups[group].len();
            parts[fewest].extend_from_slice(&groups[group]);
        }
    }
    parts.iter_mut().for_each(|part| part.sort_unstable());
    Ok(parts)
}

impl Folds {
    /// All predictions together, each by the network that had not seen the picture, in the order of the pictures: accuracy,
    /// confusion, reports over the whole set.
    pub fn evaluation(&self) -> Evaluation {
        let held_back = self.places.iter().zip(&self.runs);
        let mut order: Vec<(usize, &Run, usize)> = held_back
            .flat_map(|(places, run)| places.iter().enumerate().map(move |(index, place)| (*place, run, index)))
            .collect();
        order.sort_by_key(|(place, ..)| *place);
        let class_names = self.runs.first().map(|run| run.test.predictions.class_names.clone()).unwrap_or_default();
        let mut predictions = Predictions::none(&class_names);
        let mut labels = Vec::new();
        for (_, run, index) in &order {
            labels.push(run.test.labels[*index]);
            predictions.classes.push(run.test.predictions.classes[*index]);
            predictions.probabilities.extend_from_slice(run.test.predictions.row(*index));
        }
        let n = labels.len().max(1) as f64;
        let total: f64 = self.runs.iter().map(|run| f64::from(run.test.loss) * run.test.labels.len() as f64).sum();
        let right = predictions.classes.iter().zip(&labels).filter(|(said, label)| said == label).count();
        Evaluation { loss: (total / n) as f32, accuracy: (right as f64 / n) as f32, labels, predictions }
    }

    /// The folds as runs: mean and deviation between them, curves of their trainings.
    pub fn runs(&self) -> Runs {
        Runs { runs: self.runs.clone(), stopped: self.stopped.clone() }
    }
}

/// By all their predictions together, as evaluations.
impl Comparable for Folds {
    type Comparison = Result<Comparison, NetworkError>;

    fn compared(of: &[(&str, &Self)]) -> Self::Comparison {
        let evaluations: Vec<(&str, Evaluation)> = of.iter().map(|(name, folds)| (*name, folds.evaluation())).collect();
        let evaluations: Vec<(&str, &Evaluation)> = evaluations.iter().map(|(name, one)| (*name, one)).collect();
        Evaluation::compared(&evaluations)
    }
}

impl Rich for Folds {
    fn mime_bundle(&self) -> MimeBundle {
        let runs = self.runs();
        let mut rows =
            vec![["fold", "examples", "loss", "accuracy", "test loss", "test accuracy"].map(String::from).to_vec()];
        let cells = |name: String, images: String, values: super::RunValues| {
            let numbers = [values.loss, values.accuracy, values.test_loss, values.test_accuracy];
            [name, images].into_iter().chain(numbers.map(|x| format!("{x:.4}"))).collect::<Vec<_>>()
        };
        for (index, run) in self.runs.iter().enumerate() {
            rows.push(cells((index + 1).to_string(), run.test.labels.len().to_string(), run.values()));
        }
        rows.push(cells("mean".into(), String::new(), runs.mean()));
        rows.push(cells("deviation".into(), String::new(), runs.deviation()));
        let all = self.evaluation();
        let share = format!(
            "all pictures: accuracy {:.4}, 95 % interval {}",
            all.accuracy,
            all.interval(super::interval::LEVEL)
        );
        let note = self.stopped.iter().cloned().chain([share]).collect::<Vec<_>>().join("; ");
        Table::headed(rows).note(note).mime_bundle()
    }
}
