//! The same experiment several times, from different seeds.

use super::Evaluation;
use super::experiments::check_alike;
use super::trials::{Trained, Trials};
use crate::{Examples, Fit, History, Network, NetworkError};
use cuaderno_display::{MimeBundle, Rich, Table};

/// Results of several runs of one experiment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Runs {
    /// Each run, in order.
    pub runs: Vec<Run>,
    /// Where an interrupt ended them, after how many.
    pub stopped: Option<String>,
}

/// One run of an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What it was given as its seed.
    pub seed: u64,
    /// How its training went.
    pub history: History,
    /// Its result on the test examples.
    pub test: Evaluation,
}

/// What the table of runs shows of one of them, or over all: their mean, their deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunValues {
    /// Duration of the training.
    pub seconds: f64,
    /// Training loss of the last epoch.
    pub loss: f64,
    /// Training accuracy of the last epoch, `0.0..=1.0`.
    pub accuracy: f64,
    /// Loss on the test examples.
    pub test_loss: f64,
    /// Accuracy on the test examples, `0.0..=1.0`.
    pub test_accuracy: f64,
}

/// Runs an experiment `count` times with the seeds `seed`, `seed + 1`, …, and collects the results. An interrupt ends it;
/// the run that it came into is left out.
///
/// # Errors
/// The first error of a run; [`NetworkError::Interrupted`] if an interrupt came into the first one.
pub fn repeat(
    count: usize,
    seed: u64,
    mut experiment: impl FnMut(u64) -> Result<(History, Evaluation), NetworkError>,
) -> Result<Runs, NetworkError> {
    repeat_dyn(count, seed, &mut experiment)
}

impl Fit {
    /// Trains a new network on `train` and evaluates it on `test`, `count` times with the seeds `seed`, `seed + 1`, …: `new`
    /// makes the network of a seed, and its training draws by the same one. [`repeat`] is the longer form, for experiments that
    /// differ in more, or whose networks are to be kept.
    ///
    /// ```
    /// use cuaderno_nn::{Fit, cnn};
    /// cnn! { Small: [3, 8, 8] => [flatten, dense(2), softmax] }
    ///
    /// # fn run(train: &dyn cuaderno_nn::Examples, test: &dyn cuaderno_nn::Examples) -> Result<(), cuaderno_nn::NetworkError> {
    /// let runs = Fit::new().epochs(10).repeat(5, 7, Small::new, train, test)?;
    /// println!("{:.3} ± {:.3}", runs.mean().test_accuracy, runs.deviation().test_accuracy);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`repeat`]; if it has a checkpoint or keeps the best weights, which all runs would write to one file.
    pub fn repeat<N: Into<Network>>(
        &self,
        count: usize,
        seed: u64,
        new: impl Fn(u64) -> N,
        train: &dyn Examples,
        test: &dyn Examples,
    ) -> Result<Runs, NetworkError> {
        if self.checkpoint.is_some() || self.save_best.is_some() {
            let (found, advice) = ("one file for all runs", "leave out .checkpoint and .save_best, or use nn::repeat");
            return Err(NetworkError::Setting { setting: "the file", found: found.into(), advice: advice.into() });
        }
        check_alike(train, test)?;
        repeat_dyn(count, seed, &mut |seed| {
            let mut model = new(seed).into();
            let history = model.fit(train, &self.clone().seed(seed).quiet())?;
            Ok((history, model.evaluate(test)?))
        })
    }
}

fn repeat_dyn(count: usize, seed: u64, experiment: &mut dyn FnMut(u64) -> Trained) -> Result<Runs, NetworkError> {
    if count == 0 {
        let (found, advice) = ("0".to_owned(), "take 1 or more".to_owned());
        return Err(NetworkError::Setting { setting: "the number of runs", found, advice });
    }
    let seeds: Vec<u64> = (0..count as u64).map(|run| seed.wrapping_add(run)).collect();
    let trials =
        Trials { title: "repeat", what: "runs", identity: String::new(), seeds: seeds.clone(), checkpoint: None };
    let runs = trials.run(&mut |run| experiment(seeds[run]))?;
    let stopped = trials.stopped(runs.len());
    Ok(Runs { runs, stopped })
}

impl Run {
    /// The numbers that the table of runs shows.
    pub fn values(&self) -> RunValues {
        let last = self.history.last();
        let (loss, accuracy) = last.map_or((f64::NAN, f64::NAN), |e| (e.loss.into(), e.accuracy.into()));
        let (test_loss, test_accuracy) = (self.test.loss.into(), self.test.accuracy.into());
        RunValues { seconds: self.history.seconds(), loss, accuracy, test_loss, test_accuracy }
    }
}

impl RunValues {
    /// Applies `of` to each of the numbers of all runs.
    fn over(runs: &[Self], of: impl Fn(&[f64]) -> f64) -> Self {
        let over = |value: fn(&Self) -> f64| of(&runs.iter().map(value).collect::<Vec<_>>());
        Self {
            seconds: over(|run| run.seconds),
            loss: over(|run| run.loss),
            accuracy: over(|run| run.accuracy),
            test_loss: over(|run| run.test_loss),
            test_accuracy: over(|run| run.test_accuracy),
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

impl Runs {
    /// The numbers of each run, in order.
    pub fn values(&self) -> Vec<RunValues> {
        self.runs.iter().map(Run::values).collect()
    }

    /// The mean over the runs.
    pub fn mean(&self) -> RunValues {
        RunValues::over(&self.values(), mean)
    }

    /// The standard deviation between the runs (divided by `n - 1`); zero for a single run.
    pub fn deviation(&self) -> RunValues {
        RunValues::over(&self.values(), |values| {
            let mean = mean(values);
            let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
            (squares / values.len().saturating_sub(1).max(1) as f64).sqrt()
        })
    }

    /// The table's cells, header first; times are the last column.
    fn rows(&self, times: bool) -> Vec<Vec<String>> {
        let mut header = vec!["run", "loss", "accuracy", "test loss", "test accuracy"];
        header.extend(times.then_some("seconds"));
        let line = |name: String, values: RunValues| {
            let mut cells = vec![name];
            let RunValues { seconds, loss, accuracy, test_loss, test_accuracy } = values;
            cells.extend([loss, accuracy, test_loss, test_accuracy].map(|x| format!("{x:.4}")));
            cells.extend(times.then(|| format!("{seconds:.1}")));
            cells
        };
        let mut rows = vec![header.into_iter().map(String::from).collect()];
        rows.extend(self.runs.iter().map(|run| line(format!("seed {}", run.seed), run.values())));
        rows.push(line("mean".into(), self.mean()));
        rows.push(line("deviation".into(), self.deviation()));
        rows
    }
}

impl Rich for Runs {
    fn mime_bundle(&self) -> MimeBundle {
        let table = |times| Table::headed(self.rows(times)).note(self.stopped.clone().unwrap_or_default());
        table(true).mime_bundle().with_stable(table(false).text())
    }
}
