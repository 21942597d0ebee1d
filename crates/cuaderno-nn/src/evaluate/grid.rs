//! The same training with several settings, each with each.

use super::comparison::{Verdict, shown_p};
use super::trials::{Trained, Trials, kept_in_a_file};
use super::{Comparable, Evaluation, Run};
use crate::{History, NetworkError};
use cuaderno_display::{MimeBundle, Rich, Table, nearest_name};
use std::fmt;
use std::path::PathBuf;

/// Settings to try, every combination of their values.
///
/// ```
/// use cuaderno_nn::{Fit, Grid, Optimizer, cnn};
/// cnn! { Small: [3, 8, 8] => [flatten, dense(2), softmax] }
///
/// # fn run(train: &dyn cuaderno_nn::Examples, validation: &dyn cuaderno_nn::Examples) -> Result<(), cuaderno_nn::NetworkError> {
/// let search = Grid::new(7).numbers("rate", &[0.01, 0.001]).numbers("batch", &[16, 32]).run(|point| {
///     let how = Fit::new().epochs(5).batch_size(point.count("batch")?).quiet();
///     let mut model = Small::new(point.seed);
///     let history = model.fit(train, &how.optimizer(Optimizer::adam(point.number("rate")? as f32)))?;
///     Ok((history, model.evaluate(validation)?)) // the test pictures are for the one that is chosen
/// })?;
/// println!("{}", search.best().expect("four points"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Grid {
    settings: Vec<(String, Vec<SettingValue>)>,
    seed: u64,
    checkpoint: Option<PathBuf>,
}

/// A value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// One of [`Grid::numbers`].
    Number(f64),
    /// One of [`Grid::choices`].
    Choice(String),
}

/// One combination of the settings' values: `rate 0.01, batch 32`.
#[derive(Clone, Debug, PartialEq)]
pub struct GridPoint {
    /// The value of each setting, in the order in which they were added.
    pub values: Vec<(String, SettingValue)>,
    /// The same for all, so that they differ in their settings only.
    pub seed: u64,
}

/// Results at the points of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct GridSearch {
    /// What was tried, in order: the last setting changes first.
    pub points: Vec<GridPoint>,
    /// What came of it.
    pub runs: Vec<Run>,
    /// Where an interrupt ended it, after how many points.
    pub stopped: Option<String>,
}

kept_in_a_file!(Grid, "settings and their values");

impl Grid {
    /// No settings yet. The seed is handed to each point.
    pub fn new(seed: u64) -> Self {
        Self { settings: Vec::new(), seed, checkpoint: None }
    }

    /// A setting with numbers to try.
    pub fn numbers(mut self, name: &str, values: &[impl Copy + Into<f64>]) -> Self {
        let values = values.iter().map(|value| SettingValue::Number((*value).into())).collect();
        self.settings.push((name.to_owned(), values));
        self
    }

    /// A setting with names to try, of optimizers for example.
    pub fn choices(mut self, name: &str, values: &[impl AsRef<str>]) -> Self {
        let values = values.iter().map(|value| SettingValue::Choice(value.as_ref().to_owned())).collect();
        self.settings.push((name.to_owned(), values));
        self
    }

    /// Every combination; the last setting changes first.
    pub fn points(&self) -> Vec<GridPoint> {
        let mut points = vec![GridPoint { values: Vec::new(), seed: self.seed }];
        for (name, values) in &self.settings {
            let with = |point: &GridPoint, value: &SettingValue| {
                let added = [(name.clone(), value.clone())];
                GridPoint { values: point.values.iter().cloned().chain(added).collect(), seed: self.seed }
            };
            points = points.iter().flat_map(|point| values.iter().map(move |value| with(point, value))).collect();
        }
        points
    }

    /// Trains once at each point. Evaluate on validation pictures: what is chosen by the test pictures is not tested by them. An
    /// interrupt ends the search; the point that it came into is left out.
    ///
    /// # Errors
    /// The first error of a point; if a setting has no values or two have the same name; if the file is of another grid;
    /// [`NetworkError::Interrupted`] if an interrupt came into the first point.
    pub fn run(
        &self,
        mut train: impl FnMut(&GridPoint) -> Result<(History, Evaluation), NetworkError>,
    ) -> Result<GridSearch, NetworkError> {
        self.run_dyn(&mut train)
    }

    fn run_dyn(&self, train: &mut dyn FnMut(&GridPoint) -> Trained) -> Result<GridSearch, NetworkError> {
        self.check()?;
        let mut points = self.points();
        let listed: Vec<String> = points.iter().map(GridPoint::to_string).collect();
        let trials = Trials {
            title: "grid",
            what: "points",
            identity: format!("a grid of {}, seed {}", listed.join(" | "), self.seed),
            seeds: vec![self.seed; points.len()],
            checkpoint: self.checkpoint.as_deref(),
        };
        let runs = trials.run(&mut |index| train(&points[index]))?;
        let stopped = trials.stopped(runs.len());
        points.truncate(runs.len());
        Ok(GridSearch { points, runs, stopped })
    }

    fn check(&self) -> Result<(), NetworkError> {
        let refuse = |found: String, advice: &str| {
            Err(NetworkError::Setting { setting: "the grid", found, advice: advice.to_owned() })
        };
        if self.settings.is_empty() {
            let advice = "add settings by `numbers` and `choices`, for example `.numbers(\"rate\", &[0.01, 0.001])`";
            return refuse("without settings".into(), advice);
        }
        for (index, (name, values)) in self.settings.iter().enumerate() {
            if values.is_empty() {
                return refuse(format!("without values of {name:?}"), "give it one at least");
            }
            if self.settings[..index].iter().any(|(other, _)| other == name) {
                return refuse(format!("one with {name:?} twice"), "give each setting a name of its own");
            }
        }
        Ok(())
    }
}

impl GridPoint {
    fn value(&self, name: &str) -> Result<&SettingValue, NetworkError> {
        let found = self.values.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value).ok_or_else(|| {
            let names: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
            let near = nearest_name(name, names.iter().copied());
            let near = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
            let advice = format!("the grid has {}{near}", names.join(", "));
            NetworkError::Setting { setting: "the grid's setting", found: format!("{name:?}"), advice }
        })
    }

    fn is_no(&self, name: &str, what: &str, value: &SettingValue) -> NetworkError {
        let advice = format!("its value here is {value}, which is no {what}");
        NetworkError::Setting { setting: "the grid's setting", found: format!("{name:?}"), advice }
    }

    /// The value of a setting of numbers.
    ///
    /// # Errors
    /// If there is no such setting, or its values are names.
    pub fn number(&self, name: &str) -> Result<f64, NetworkError> {
        match self.value(name)? {
            SettingValue::Number(number) => Ok(*number),
            other => Err(self.is_no(name, "number", other)),
        }
    }

    /// The value of a setting of whole numbers.
    ///
    /// # Errors
    /// If there is no such setting, or its value is no whole number of 0 or more.
    pub fn count(&self, name: &str) -> Result<usize, NetworkError> {
        match self.value(name)? {
            SettingValue::Number(number) if *number >= 0.0 && number.fract() == 0.0 => Ok(*number as usize),
            other => Err(self.is_no(name, "whole number of 0 or more", other)),
        }
    }

    /// The value of a setting of names.
    ///
    /// # Errors
    /// If there is no such setting, or its values are numbers.
    pub fn choice(&self, name: &str) -> Result<&str, NetworkError> {
        match self.value(name)? {
            SettingValue::Choice(choice) => Ok(choice),
            other => Err(self.is_no(name, "name", other)),
        }
    }
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Choice(choice) => f.write_str(choice),
        }
    }
}

impl fmt::Display for GridPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<String> = self.values.iter().map(|(name, value)| format!("{name} {value}")).collect();
        f.write_str(&values.join(", "))
    }
}

impl GridSearch {
    /// The point of the highest accuracy; of equal ones, that of the least loss.
    pub fn best(&self) -> Option<&GridPoint> {
        let better = |one: &(&GridPoint, &Run), other: &(&GridPoint, &Run)| {
            let (one, other) = (&one.1.test, &other.1.test);
            other.accuracy.total_cmp(&one.accuracy).then(one.loss.total_cmp(&other.loss))
        };
        self.points.iter().zip(&self.runs).min_by(better).map(|(point, _)| point)
    }
}

impl Rich for GridSearch {
    fn mime_bundle(&self) -> MimeBundle {
        let names: Vec<String> = self.points.iter().map(GridPoint::to_string).collect();
        let evaluations: Vec<(&str, &Evaluation)> =
            names.iter().map(String::as_str).zip(self.runs.iter().map(|run| &run.test)).collect();
        // On different pictures there is nothing to test.
        let compared = Evaluation::compared(&evaluations).ok();
        let settings: Vec<String> = self
            .points
            .first()
            .map(|point| point.values.iter().map(|(name, _)| name.clone()).collect())
            .unwrap_or_default();
        let left = settings.len().max(1);
        let results = ["epochs", "accuracy", "95 % interval", "loss", "p", ""].map(String::from);
        let mut rows = vec![settings.into_iter().chain(results).collect::<Vec<_>>()];
        for (index, (point, run)) in self.points.iter().zip(&self.runs).enumerate() {
            let model = compared.as_ref().map(|compared| &compared.models[index]);
            let verdict = model.map_or("", |model| match model.verdict {
                Verdict::Best => "best",
                Verdict::Tie => "tie",
                Verdict::Worse => "worse",
                Verdict::Untested => "",
            });
            let interval = run.test.interval(super::interval::LEVEL).to_string();
            let (accuracy, loss) = (format!("{:.4}", run.test.accuracy), format!("{:.4}", run.test.loss));
            let p = shown_p(model.and_then(|model| model.p));
            let values = point.values.iter().map(|(_, value)| value.to_string());
            let epochs = run.history.epochs.len().to_string();
            rows.push(values.chain([epochs, accuracy, interval, loss, p, verdict.to_owned()]).collect());
        }
        let tested = "p beside the best: McNemar's exact test, Holm's correction";
        let note = self.stopped.iter().map(String::as_str).chain([tested]).collect::<Vec<_>>().join("; ");
        Table::headed(rows).left(left).note(note).mime_bundle()
    }
}
