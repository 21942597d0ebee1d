//! The same experiment several times, from different seeds.

use super::Evaluation;
use crate::{History, NetworkError};
use cuaderno_display::{MimeBundle, Rich, Table, interrupt};

/// Results of several runs of one experiment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Runs {
    /// Seed, history and test result of each run.
    pub runs: Vec<(u64, History, Evaluation)>,
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

fn repeat_dyn(
    count: usize,
    seed: u64,
    experiment: &mut dyn FnMut(u64) -> Result<(History, Evaluation), NetworkError>,
) -> Result<Runs, NetworkError> {
    let mut runs = Vec::new();
    for seed in (0..count as u64).map(|run| seed.wrapping_add(run)) {
        let result = experiment(seed);
        if interrupt::requested() {
            break;
        }
        let (history, evaluation) = result?;
        runs.push((seed, history, evaluation));
    }
    match runs.len() {
        0 if count > 0 => Err(NetworkError::Interrupted { done: 0, total: count, what: "runs" }),
        _ => Ok(Runs { runs }),
    }
}

impl Runs {
    /// Seconds, training loss and accuracy at the end, test loss and accuracy: one row per run.
    pub fn values(&self) -> Vec<[f64; 5]> {
        let values = |(_, history, evaluation): &(u64, History, Evaluation)| {
            let (loss, accuracy) = history.last().map_or((f64::NAN, f64::NAN), |e| (e.loss.into(), e.accuracy.into()));
            [history.seconds(), loss, accuracy, evaluation.loss.into(), evaluation.accuracy.into()]
        };
        self.runs.iter().map(values).collect()
    }

    /// Mean of each column of [`values`](Self::values).
    pub fn mean(&self) -> [f64; 5] {
        let values = self.values();
        std::array::from_fn(|column| values.iter().map(|row| row[column]).sum::<f64>() / values.len().max(1) as f64)
    }

    /// Standard deviation of each column (divided by `n - 1`); zero for a single run.
    pub fn deviation(&self) -> [f64; 5] {
        let (values, mean) = (self.values(), self.mean());
        std::array::from_fn(|column| {
            let squares: f64 = values.iter().map(|row| (row[column] - mean[column]).powi(2)).sum();
            (squares / values.len().saturating_sub(1).max(1) as f64).sqrt()
        })
    }

    /// The table's cells, header first; times are the last column.
    fn rows(&self, times: bool) -> Vec<Vec<String>> {
        let mut header = vec!["run", "loss", "accuracy", "test loss", "test accuracy"];
        header.extend(times.then_some("seconds"));
        let line = |name: String, values: [f64; 5]| {
            let [seconds, rest @ ..] = values;
            let mut cells = vec![name];
            cells.extend(rest.map(|x| format!("{x:.4}")));
            cells.extend(times.then(|| format!("{seconds:.1}")));
            cells
        };
        let mut rows = vec![header.into_iter().map(String::from).collect()];
        let named = self.runs.iter().map(|(seed, ..)| format!("seed {seed}"));
        rows.extend(named.zip(self.values()).map(|(name, values)| line(name, values)));
        rows.push(line("mean".into(), self.mean()));
        rows.push(line("deviation".into(), self.deviation()));
        rows
    }
}

impl Rich for Runs {
    fn mime_bundle(&self) -> MimeBundle {
        let table = |times| Table::headed(self.rows(times));
        table(true).mime_bundle().with_stable(table(false).text())
    }
}
