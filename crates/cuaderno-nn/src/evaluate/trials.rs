//! Several trainings that belong together, one after the other: with progress, ended by an interrupt, continued from a file.

use super::repeat::Run;
use super::{Evaluation, Predictions};
use crate::files::Store;
use crate::network::Taught;
use crate::train::epoch_row::{COLUMNS, from_row, to_row};
use crate::{Examples, History, NetworkError};
use cuaderno_display::{Progress, interrupt};
use std::path::Path;

/// The setter of the file that keeps results, for a type with a field `checkpoint`.
macro_rules! kept_in_a_file {
    ($type:ty, $known:literal) => {
        impl $type {
            /// Keeps each result in a file as soon as it is there. Run again, it goes on behind the last one. The file knows the
            #[doc = concat!($known, ", not what is done with them: delete it when you change the network or its training.")]
            pub fn checkpoint(mut self, path: impl Into<std::path::PathBuf>) -> Self {
                self.checkpoint = Some(path.into());
                self
            }
        }
    };
}
pub(super) use kept_in_a_file;

/// What is to be done.
pub(super) struct Trials<'a> {
    /// What the progress line says.
    pub title: &'static str,
    /// `folds`, `points`.
    pub what: &'static str,
    /// A line that tells these trials from others, in the file.
    pub identity: String,
    pub seeds: Vec<u64>,
    /// Where results are kept.
    pub checkpoint: Option<&'a Path>,
}

/// What a trial gives.
pub(super) type Trained = Result<(History, Evaluation), NetworkError>;

impl Trials<'_> {
    /// Runs those that the file does not have yet, in order; each is kept as soon as it is done. An interrupt ends them; the one
    /// that it came into is left out.
    pub fn run(&self, trial: &mut dyn FnMut(usize) -> Trained) -> Result<Vec<Run>, NetworkError> {
        let mut runs = self.checkpoint.map_or_else(|| Ok(Vec::new()), |path| self.read(path))?;
        let total = self.seeds.len();
        let mut progress = Progress::new(self.title, total as u64, self.what);
        if !runs.is_empty() {
            progress.note(format!("{} from the file", runs.len()));
            progress.step(runs.len() as u64);
        }
        for index in runs.len()..total {
            let result = trial(index);
            if interrupt::requested() {
                break;
            }
            let (history, test) = result?;
            runs.push(Run { seed: self.seeds[index], history, test });
            if let Some(path) = self.checkpoint {
                write(&self.identity, &runs, path)?;
            }
            progress.step(1);
        }
        match runs.len() {
            0 if total > 0 => Err(NetworkError::Interrupted { done: 0, total, what: self.what, kept: false }),
            _ => Ok(runs),
        }
    }

    /// Where an interrupt ended them, the line that says so.
    pub fn stopped(&self, done: usize) -> Option<String> {
        let total = self.seeds.len();
        let kept = if self.checkpoint.is_some() { "; run the cell again to go on" } else { "" };
        (done < total).then(|| format!("interrupted after {done} of {total} {}{kept}", self.what))
    }

    fn read(&self, path: &Path) -> Result<Vec<Run>, NetworkError> {
        if !cuaderno_display::full_path(path).exists() {
            return Ok(Vec::new());
        }
        let (identity, runs) = read(path)?;
        if identity != self.identity {
            let (path, expected) = (path.to_owned(), self.identity.clone());
            return Err(NetworkError::OtherRun { path, found: identity, expected });
        }
        Ok(runs)
    }
}

/// A number that examples of other labels, or another order, do not share.
pub(super) fn fingerprint(examples: &dyn Examples) -> u64 {
    let mix = |sum: u64, number: usize| crate::random::finish(sum ^ number as u64);
    let places = 0..examples.len();
    places.fold(0, |sum, place| mix(mix(sum, examples.label(place)), examples.identity(place)))
}

/// Writes results to a file: all of them, in place of those before.
pub(super) fn write(identity: &str, runs: &[Run], path: &Path) -> Result<(), NetworkError> {
    // The first line is the identity; then why each training ended early, if it did.
    let stopped = runs.iter().map(|run| run.history.stopped.as_deref().unwrap_or_default().replace('\n', " "));
    let lines: Vec<String> = std::iter::once(identity.replace('\n', " ")).chain(stopped).collect();
    let mut store = Store::new(lines.join("\n"));
    let classes = runs.first().map(|run| run.test.predictions.class_names.clone()).unwrap_or_default();
    if let Some(run) = runs.iter().find(|run| run.test.predictions.class_names != classes) {
        let found = format!("of {} and of {} classes", classes.len(), run.test.predictions.class_names.len());
        let advice = "one file keeps trials on the same classes; keep the others in another".into();
        return Err(NetworkError::Setting { setting: "what is kept", found, advice });
    }
    store.taught = Some(Taught { classes, preparation: None });
    for (index, Run { seed, history, test }) in runs.iter().enumerate() {
        let name = |part: &str| format!("{index}/{part}");
        let numbers = |values: &[usize]| values.iter().map(|value| *value as f64).collect::<Vec<_>>();
        let epochs: Vec<f64> = history.epochs.iter().flat_map(to_row).collect();
        // A seed has more bits than such a number holds.
        let halves = [(seed >> 32) as f64, (seed & 0xffff_ffff) as f64];
        store.push_f64(name("seed"), &[2], &halves);
        store.push_f64(name("epochs"), &[history.epochs.len(), COLUMNS], &epochs);
        store.push(name("result"), &[2], &[test.loss, test.accuracy]);
        store.push_f64(name("labels"), &[test.labels.len()], &numbers(&test.labels));
        store.push_f64(name("classes"), &[test.labels.len()], &numbers(&test.predictions.classes));
        store.push(name("probabilities"), &[test.predictions.probabilities.len()], &test.predictions.probabilities);
    }
    store.write(path)
}

/// The identity and the results that [`write`] has written.
pub(super) fn read(path: &Path) -> Result<(String, Vec<Run>), NetworkError> {
    let store = Store::read(path)?;
    // Results have a line each.
    if !store.note.contains('\n') && store.names().next().is_some() {
        let found = format!("{}, which holds weights", path.display());
        let advice = "a network's `load` reads those; name another file".into();
        return Err(NetworkError::Setting { setting: "the file", found, advice });
    }
    let class_names = store.taught.as_ref().map(|taught| taught.classes.clone()).unwrap_or_default();
    let lacks = |name: &str| NetworkError::Format { path: path.to_owned(), reason: format!("it lacks {name}") };
    let mut lines = store.note.split('\n').map(str::to_owned);
    let identity = lines.next().unwrap_or_default();
    let mut runs = Vec::new();
    for (index, stopped) in lines.enumerate() {
        let of = |part: &str| {
            let name = format!("{index}/{part}");
            store.get_f64(&name).ok_or_else(|| lacks(&name))
        };
        let of_f32 = |part: &str| {
            let name = format!("{index}/{part}");
            Ok::<_, NetworkError>(store.get(&name).ok_or_else(|| lacks(&name))?.1)
        };
        let places = |values: Vec<f64>| values.into_iter().map(|value| value as usize).collect::<Vec<_>>();
        let epochs = of("epochs")?.chunks_exact(COLUMNS).map(from_row).collect();
        let (labels, classes) = (places(of("labels")?), places(of("classes")?));
        let probabilities = of_f32("probabilities")?;
        if classes.len() != labels.len() || probabilities.len() != labels.len() * class_names.len() {
            return Err(lacks(&format!("a probability for each class of each picture in {index}/probabilities")));
        }
        let &[high, low] = &of("seed")?[..] else { return Err(lacks("a whole seed")) };
        let &[loss, accuracy] = &of_f32("result")?[..] else { return Err(lacks("a loss and an accuracy")) };
        let predictions = Predictions { probabilities, classes, class_names: class_names.clone() };
        runs.push(Run {
            seed: ((high as u64) << 32) | low as u64,
            history: History { epochs, stopped: (!stopped.is_empty()).then_some(stopped) },
            test: Evaluation { loss, accuracy, labels, predictions },
        });
    }
    Ok((identity, runs))
}
