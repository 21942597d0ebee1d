//! Results as tables, to be filtered, joined, drawn and written.

use crate::nn::{
    ClassReport, Comparison, Confusion, Epoch, Evaluation, Experiments, Folds, GridSearch, History, LearningCurve, Run,
    Runs, SettingValue, Verdict,
};
use polars::prelude::*;

/// The table of a result.
///
/// ```
/// use cuaderno::prelude::*;
/// let photos = ImageSet::from_arrays(&[0, 255, 9, 200], &[0, 1, 0, 1], [1, 1, 1], &["dark", "light"])?;
/// cnn! { Small: [1, 1, 1] => [flatten, dense(2), softmax] }
/// let mut model = Small::new(7);
/// let history = model.fit(&photos, &Fit::new().epochs(3).quiet())?;
/// assert_eq!(history.table()?.shape(), (3, 6));
/// let wrong = model.evaluate(&photos)?.table()?.keep(col("right").not())?;
/// assert_eq!(wrong.get_column_names(), ["example", "class", "predicted", "probability", "right"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ResultTable {
    /// The result as a table:
    /// - a history: `epoch`, `loss`, `accuracy`, `val_loss`, `val_accuracy` (missing without validation), `learning_rate`; no times, so
    ///   that a second run gives the same table;
    /// - an evaluation: `example`, `class`, `predicted`, the `probability` of that, `right`;
    /// - runs: `seed`, folds: `fold`, a learning curve: `images`, a grid: a column for each setting, experiments: `experiment`; then
    ///   `epochs`, `loss`, `accuracy` (training), `test_loss`, `test_accuracy`, and the 95 % interval of that, `low` and `high`;
    /// - a comparison: `model`, `accuracy`, `low`, `high`, `loss`, `p`, `verdict`;
    /// - a confusion: `class`, `predicted`, `count`; a report: `class`, `precision`, `recall`, `f1`, `support`.
    ///
    /// # Errors
    /// If two columns have the same name: a setting of a grid that is called as one of those above.
    fn table(&self) -> PolarsResult<DataFrame>;
}

impl ResultTable for History {
    fn table(&self) -> PolarsResult<DataFrame> {
        let epochs = &self.epochs;
        let of = |value: fn(&crate::nn::Epoch) -> f32| {
            epochs.iter().map(|epoch| f64::from(value(epoch))).collect::<Vec<_>>()
        };
        let maybe = |value: fn(&crate::nn::Epoch) -> Option<f32>| {
            epochs.iter().map(|epoch| value(epoch).map(f64::from)).collect::<Vec<_>>()
        };
        let numbers = (1..=epochs.len() as u32).collect::<Vec<_>>();
        // Of numbers there are errors where classes have an accuracy.
        if epochs.iter().any(|epoch| epoch.mae.is_some()) {
            return df!(
                "epoch" => numbers,
                "loss" => of(|epoch| epoch.loss),
                "mae" => maybe(|epoch| epoch.mae),
                "val_loss" => maybe(|epoch| epoch.val_loss),
                "val_mae" => maybe(|epoch| epoch.val_mae),
                "learning_rate" => of(|epoch| epoch.learning_rate),
            );
        }
        df!(
            "epoch" => numbers,
            "loss" => of(|epoch| epoch.loss),
            "accuracy" => of(|epoch| epoch.accuracy),
            "val_loss" => maybe(|epoch| epoch.val_loss),
            "val_accuracy" => maybe(|epoch| epoch.val_accuracy),
            "learning_rate" => of(|epoch| epoch.learning_rate),
        )
    }
}

impl ResultTable for Evaluation {
    fn table(&self) -> PolarsResult<DataFrame> {
        let said = &self.predictions;
        let name = |class: &usize| said.class_names.get(*class).map_or("", String::as_str);
        let probability = |(index, class): (usize, &usize)| said.row(index).get(*class).copied().map(f64::from);
        df!(
            "example" => (0..self.labels.len() as u32).collect::<Vec<_>>(),
            "class" => self.labels.iter().map(name).collect::<Vec<_>>(),
            "predicted" => said.classes.iter().map(name).collect::<Vec<_>>(),
            "probability" => said.classes.iter().enumerate().map(probability).collect::<Vec<_>>(),
            "right" => self.labels.iter().zip(&said.classes).map(|(label, said)| label == said).collect::<Vec<_>>(),
        )
    }
}

/// What came of a training.
struct Ended<'r> {
    epochs: usize,
    last: Option<Epoch>,
    test: &'r Evaluation,
}

impl<'r> Ended<'r> {
    fn of(run: &'r Run) -> Self {
        Self { epochs: run.history.epochs.len(), last: run.history.last().copied(), test: &run.test }
    }
}

/// What came of trainings, behind the columns that tell them apart.
fn results<'r>(first: Vec<Column>, runs: impl Iterator<Item = Ended<'r>>) -> PolarsResult<DataFrame> {
    let runs: Vec<_> = runs.collect();
    let of = |value: fn(&Ended) -> Option<f64>| runs.iter().map(value).collect::<Vec<_>>();
    let interval = |evaluation: &Evaluation| evaluation.accuracy_interval(0.95).ok();
    let counts: Vec<u32> = runs.iter().map(|run| run.epochs as u32).collect();
    let numbers = [
        ("loss", of(|run| run.last.map(|epoch| epoch.loss.into()))),
        ("accuracy", of(|run| run.last.map(|epoch| epoch.accuracy.into()))),
        ("test_loss", of(|run| Some(run.test.loss.into()))),
        ("test_accuracy", of(|run| Some(run.test.accuracy.into()))),
        ("low", runs.iter().map(|run| interval(run.test).map(|found| found.low)).collect()),
        ("high", runs.iter().map(|run| interval(run.test).map(|found| found.high)).collect()),
    ];
    let numbers = numbers.into_iter().map(|(name, values)| Column::new(name.into(), values));
    let columns = first.into_iter().chain([Column::new("epochs".into(), counts)]).chain(numbers);
    DataFrame::new(runs.len(), columns.collect())
}

fn of_runs(name: &str, first: Column, runs: &[Run]) -> PolarsResult<DataFrame> {
    results(vec![first.with_name(name.into())], runs.iter().map(Ended::of))
}

impl ResultTable for Runs {
    fn table(&self) -> PolarsResult<DataFrame> {
        let seeds: Vec<u64> = self.runs.iter().map(|run| run.seed).collect();
        of_runs("seed", Column::new("".into(), seeds), &self.runs)
    }
}

impl ResultTable for Folds {
    fn table(&self) -> PolarsResult<DataFrame> {
        let folds: Vec<u32> = (1..=self.runs.len() as u32).collect();
        of_runs("fold", Column::new("".into(), folds), &self.runs)
    }
}

impl ResultTable for LearningCurve {
    fn table(&self) -> PolarsResult<DataFrame> {
        let images: Vec<u32> = self.images.iter().map(|count| *count as u32).collect();
        of_runs("images", Column::new("".into(), images), &self.runs)
    }
}

impl ResultTable for GridSearch {
    fn table(&self) -> PolarsResult<DataFrame> {
        let settings = self.points.first().map_or(0, |point| point.values.len());
        let column = |setting: usize| {
            let values = || self.points.iter().map(move |point| &point.values[setting]);
            let name = self.points[0].values[setting].0.as_str();
            let numbers: Option<Vec<f64>> = values()
                .map(|(_, value)| if let SettingValue::Number(number) = value { Some(*number) } else { None })
                .collect();
            match numbers {
                Some(numbers) => Column::new(name.into(), numbers),
                None => Column::new(name.into(), values().map(|(_, value)| value.to_string()).collect::<Vec<_>>()),
            }
        };
        results((0..settings).map(column).collect(), self.runs.iter().map(Ended::of))
    }
}

impl ResultTable for Experiments {
    fn table(&self) -> PolarsResult<DataFrame> {
        let names: Vec<&str> = self.entries.iter().map(|entry| entry.name.as_str()).collect();
        let names = vec![Column::new("experiment".into(), names)];
        let ended = self.entries.iter().map(|entry| Ended {
            epochs: entry.history.epochs.len(),
            last: self.end_of(entry),
            test: &entry.test,
        });
        results(names, ended)
    }
}

impl ResultTable for Comparison {
    fn table(&self) -> PolarsResult<DataFrame> {
        let of = |value: fn(&crate::nn::Compared) -> f64| self.models.iter().map(value).collect::<Vec<_>>();
        let verdict = |model: &crate::nn::Compared| match model.verdict {
            Verdict::Best => "best",
            Verdict::Tie => "tie",
            Verdict::Worse => "worse",
            Verdict::Untested => "not tested",
        };
        df!(
            "model" => self.models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>(),
            "accuracy" => of(|model| model.accuracy),
            "low" => of(|model| model.low),
            "high" => of(|model| model.high),
            "loss" => of(|model| model.loss),
            "p" => self.models.iter().map(|model| model.p).collect::<Vec<_>>(),
            "verdict" => self.models.iter().map(verdict).collect::<Vec<_>>(),
        )
    }
}

impl ResultTable for Confusion {
    fn table(&self) -> PolarsResult<DataFrame> {
        let names = &self.class_names;
        let pairs = || names.iter().flat_map(|class| names.iter().map(move |said| (class.as_str(), said.as_str())));
        df!(
            "class" => pairs().map(|pair| pair.0).collect::<Vec<_>>(),
            "predicted" => pairs().map(|pair| pair.1).collect::<Vec<_>>(),
            "count" => self.counts.iter().map(|count| *count as u32).collect::<Vec<_>>(),
        )
    }
}

impl ResultTable for ClassReport {
    fn table(&self) -> PolarsResult<DataFrame> {
        let of = |value: fn(&crate::nn::ClassLine) -> f64| self.classes.iter().map(value).collect::<Vec<_>>();
        df!(
            "class" => self.classes.iter().map(|line| line.class.as_str()).collect::<Vec<_>>(),
            "precision" => of(|line| line.precision),
            "recall" => of(|line| line.recall),
            "f1" => of(|line| line.f1),
            "support" => self.classes.iter().map(|line| line.support as u32).collect::<Vec<_>>(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Epoch, Grid, Predictions, compare, repeat};

    /// Four answers, of which so many are right.
    fn evaluation(right: usize) -> Evaluation {
        let labels = vec![0, 1, 1, 0];
        let classes: Vec<usize> = (0..4).map(|i| if i < right { labels[i] } else { 1 - labels[i] }).collect();
        let probabilities =
            classes.iter().flat_map(|class| if *class == 0 { [0.75, 0.25] } else { [0.25, 0.75] }).collect();
        let predictions = Predictions { probabilities, classes, class_names: vec!["a".into(), "b".into()] };
        Evaluation { loss: 0.5, accuracy: right as f32 / 4.0, labels, predictions }
    }

    fn history() -> History {
        let epoch = |loss: f32, val_loss: Option<f32>| Epoch {
            loss,
            accuracy: 0.5,
            val_loss,
            val_accuracy: val_loss,
            learning_rate: 0.25,
            seconds: 1.0,
            ..crate::nn::Epoch::default()
        };
        History { epochs: vec![epoch(1.0, Some(2.0)), epoch(0.5, None)], stopped: None }
    }

    #[test]
    fn results_are_tables() {
        let table = history().table().unwrap();
        let expected = df!(
            "epoch" => [1u32, 2], "loss" => [1.0, 0.5], "accuracy" => [0.5, 0.5], "val_loss" => [Some(2.0), None],
            "val_accuracy" => [Some(2.0), None], "learning_rate" => [0.25, 0.25],
        );
        assert!(table.equals_missing(&expected.unwrap()), "{table}");
        let table = evaluation(3).table().unwrap();
        let expected = df!(
            "example" => [0u32, 1, 2, 3], "class" => ["a", "b", "b", "a"], "predicted" => ["a", "b", "b", "b"],
            "probability" => [0.75; 4], "right" => [true, true, true, false],
        );
        assert!(table.equals(&expected.unwrap()), "{table}");
        let table = evaluation(3).confusion().table().unwrap();
        let expected =
            df!("class" => ["a", "a", "b", "b"], "predicted" => ["a", "b", "a", "b"], "count" => [1u32, 1, 0, 2]);
        assert!(table.equals(&expected.unwrap()), "{table}");
        assert_eq!(evaluation(3).report().table().unwrap().shape(), (2, 5));
    }

    #[test]
    fn trainings_are_tables_with_intervals() {
        let runs = repeat(2, 7, |seed| Ok((history(), evaluation(seed as usize - 5)))).unwrap().table().unwrap();
        assert_eq!(runs.column("seed").unwrap().u64().unwrap().to_vec(), [Some(7), Some(8)]);
        // statsmodels: proportion_confint(2, 4, method="wilson"), (3, 4)
        let low = runs.column("low").unwrap().f64().unwrap().to_vec();
        for (found, expected) in low.iter().zip([0.15003898915214947, 0.30064184258240184]) {
            assert!((found.unwrap() - expected).abs() < 1e-9, "{low:?}");
        }
        let grid = Grid::new(1).numbers("rate", &[0.1, 0.2]).choices("by", &["x"]);
        let grid = grid.run(|_| Ok((history(), evaluation(4)))).unwrap().table().unwrap();
        let names = ["rate", "by", "epochs", "loss", "accuracy", "test_loss", "test_accuracy", "low", "high"];
        assert_eq!(grid.get_column_names(), names);
        assert_eq!(grid.column("rate").unwrap().f64().unwrap().to_vec(), [Some(0.1), Some(0.2)]);
        let clash = Grid::new(1).numbers("loss", &[0.1]).run(|_| Ok((history(), evaluation(4)))).unwrap();
        assert!(clash.table().unwrap_err().to_string().contains("loss"));
        let mut log = Experiments::new("log");
        log.add("first", &history(), &evaluation(1));
        assert_eq!(log.table().unwrap().column("experiment").unwrap().str().unwrap().get(0), Some("first"));
        let compared = compare(&[("one", &evaluation(4)), ("other", &evaluation(3))]).unwrap().table().unwrap();
        assert_eq!(compared.column("verdict").unwrap().str().unwrap().get(1), Some("tie"));
    }
}
