//! What was tried in a report, one line each.

use super::comparison::{better_first, mcnemar, shown_p};
use super::trials;
use super::{Comparable, Comparison, Evaluation, Run};
use crate::{Epoch, Examples, Fit, History, NetworkError, Trainable};
use cuaderno_display::{MimeBundle, Rich, Table, interrupt};
use cuaderno_plot::{Bar, TrainingCurves};
use std::path::Path;

/// A log of experiments, which becomes a report's last table and figure.
///
/// ```
/// use cuaderno_nn::{Experiments, Fit, cnn};
/// cnn! { Small: [3, 8, 8] => [flatten, dense(2), softmax] }
///
/// # fn run(train: &dyn cuaderno_nn::Examples, test: &dyn cuaderno_nn::Examples) -> Result<(), cuaderno_nn::NetworkError> {
/// let mut log = Experiments::new("cifar100");
/// let how = Fit::new().epochs(5);
/// log.run("as they are", &mut Small::new(7), train, &how, test)?;
/// // … more networks, more lines …
/// log.figure();
/// # Ok(()) }
/// ```
///
/// As the last expression of a cell it shows its table. The first experiment is what the others are compared with: `change` is
/// the difference in accuracy, `p` how likely such a one is by chance (McNemar's exact test, where both saw the same pictures).
#[derive(Clone, Debug, PartialEq)]
pub struct Experiments {
    /// What they are about.
    pub name: String,
    /// Each experiment, in the order in which they were added.
    pub entries: Vec<Experiment>,
    /// Over how many epochs, from the last one back, training measures are taken.
    median_over: usize,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// What was tried.
    pub name: String,
    /// How the training went.
    pub history: History,
    /// How good the result is.
    pub test: Evaluation,
}

impl Experiment {
    /// How far the accuracy in training, in the last epoch, is ahead of the one on the test examples.
    pub fn gap(&self) -> f64 {
        self.history.last().map_or(f64::NAN, |epoch| f64::from(epoch.accuracy)) - f64::from(self.test.accuracy)
    }
}

impl Experiments {
    /// No experiments yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), entries: Vec::new(), median_over: 1 }
    }

    /// Tables show the median of a training's last `epochs` epochs, not the last one, which may be a spike. A file that
    /// [`save`](Self::save) writes does not keep this.
    pub fn median_of_last(mut self, epochs: usize) -> Self {
        self.median_over = epochs.max(1);
        self
    }

    /// Trains `model` on `train`, evaluates it on `test`, and adds the result, which it returns as well. The curves' title is
    /// `name`, unless `how` has one.
    ///
    /// # Errors
    /// As [`Network::fit`](crate::Network::fit) and [`Network::evaluate`](crate::Network::evaluate). After an interrupt nothing
    /// is added; the model keeps what it has learnt.
    pub fn run<M: Trainable>(
        &mut self,
        name: &str,
        model: &mut M,
        train: &dyn Examples,
        how: &Fit,
        test: &dyn Examples,
    ) -> Result<Experiment, M::Error> {
        check_alike(train, test)?;
        let titled = how.title.is_none().then(|| how.clone().title(name));
        let how = titled.as_ref().unwrap_or(how);
        let history = model.fit(train, how)?;
        if interrupt::requested() {
            let cut_short = usize::from(history.stopped.is_some());
            let done = history.epochs.len().saturating_sub(cut_short);
            return Err(NetworkError::Interrupted {
                done,
                total: how.epochs,
                what: "epochs",
                kept: how.checkpoint.is_some(),
            }
            .into());
        }
        let test = model.evaluate(test)?;
        self.add(name, &history, &test);
        Ok(Experiment { name: name.to_owned(), history, test })
    }

    /// Adds an experiment. One of the same name takes the place of the earlier, so that a cell may be run again.
    pub fn add(&mut self, name: &str, history: &History, test: &Evaluation) {
        let entry = Experiment { name: name.to_owned(), history: history.clone(), test: test.clone() };
        match self.entries.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = entry,
            None => self.entries.push(entry),
        }
    }

    /// The experiment of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn get(&self, name: &str) -> Result<&Experiment, NetworkError> {
        self.entries.iter().find(|entry| entry.name == name).ok_or_else(|| match self.entries.is_empty() {
            true => {
                let advice = "the log is empty".into();
                NetworkError::Setting { setting: "the experiment", found: format!("{name:?}"), advice }
            }
            false => {
                NetworkError::unknown("the experiment", name, self.entries.iter().map(|entry| entry.name.as_str()))
            }
        })
    }

    /// These experiments alone, in the order given.
    ///
    /// # Errors
    /// If there is none of one of the names.
    pub fn only(&self, names: &[&str]) -> Result<Self, NetworkError> {
        let entries = names.iter().map(|name| self.get(name).cloned()).collect::<Result<_, _>>()?;
        Ok(Self { name: self.name.clone(), entries, median_over: self.median_over })
    }

    /// The experiment with the highest accuracy, of equal ones the one with the lowest loss; none of none.
    pub fn best(&self) -> Option<&Experiment> {
        let scores = |entry: &Experiment| (entry.test.accuracy.into(), entry.test.loss.into());
        self.entries.iter().min_by(|one, other| better_first(scores(one), scores(other)))
    }

    /// Which are better by more than chance: [`compare`](crate::compare) of their evaluations.
    ///
    /// # Errors
    /// If they were not all evaluated on the same pictures.
    pub fn comparison(&self) -> Result<Comparison, NetworkError> {
        let tests: Vec<(&str, &Evaluation)> =
            self.entries.iter().map(|entry| (entry.name.as_str(), &entry.test)).collect();
        Evaluation::compared(&tests)
    }

    /// How an experiment's training ended: its last epoch, or the median of as many as
    /// [`median_of_last`](Self::median_of_last) said.
    pub fn end_of(&self, experiment: &Experiment) -> Option<Epoch> {
        experiment.history.median_of_last(self.median_over)
    }

    /// Beside the first: the difference in accuracy, and how likely it is by chance where both saw the same pictures. None
    /// for the first itself.
    pub fn change(&self, index: usize) -> Option<(f64, Option<f64>)> {
        let (first, other) = (&self.entries.first()?.test, &self.entries.get(index).filter(|_| index > 0)?.test);
        let difference = f64::from(other.accuracy) - f64::from(first.accuracy);
        let p = (first.labels == other.labels).then(|| mcnemar(&("", first), &("", other)).p);
        Some((difference, p.flatten()))
    }

    /// Test accuracies as bars, each with its 95 % interval.
    pub fn figure(&self) -> Bar {
        let names: Vec<&str> = self.entries.iter().map(|entry| entry.name.as_str()).collect();
        let accuracies: Vec<f64> = self.entries.iter().map(|entry| entry.test.accuracy.into()).collect();
        let interval = |entry: &Experiment| entry.test.interval(super::interval::LEVEL);
        let (low, high): (Vec<f64>, Vec<f64>) =
            self.entries.iter().map(interval).map(|interval| (interval.low, interval.high)).unzip();
        let figure = Bar::new(&names, accuracies).and_then(|bar| bar.error_bars(&low, &high));
        let figure = figure.expect("one of each for every experiment").percent().y_label("test accuracy");
        figure.title(self.name.as_str()).caption("95 % intervals")
    }

    /// The trainings' curves in one figure.
    pub fn curves(&self) -> TrainingCurves {
        let histories: Vec<(&str, &History)> =
            self.entries.iter().map(|entry| (entry.name.as_str(), &entry.history)).collect();
        History::compared(&histories)
    }

    /// Writes the log to a file, for [`open`](Self::open).
    ///
    /// # Errors
    /// If the file cannot be written, or the experiments do not share their classes.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), NetworkError> {
        let run = |entry: &Experiment| Run { seed: 0, history: entry.history.clone(), test: entry.test.clone() };
        let runs: Vec<Run> = self.entries.iter().map(run).collect();
        let names: Vec<String> = std::iter::once(&self.name)
            .chain(self.entries.iter().map(|entry| &entry.name))
            .map(|name| quoted(name))
            .collect();
        trials::write(&names.join("\t"), &runs, path.as_ref())
    }

    /// Reads a log that [`save`](Self::save) wrote: of another notebook, or of an earlier day.
    ///
    /// # Errors
    /// If the file cannot be read or is none of these.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, NetworkError> {
        let (names, runs) = trials::read(path.as_ref())?;
        let mut names = names.split('\t').map(unquoted);
        let name = names.next().unwrap_or_default();
        let names: Vec<String> = names.collect();
        if names.len() != runs.len() {
            let reason = format!("{} names for {} experiments", names.len(), runs.len());
            return Err(NetworkError::Format { path: path.as_ref().to_owned(), reason });
        }
        let entry = |(name, run): (String, Run)| Experiment { name, history: run.history, test: run.test };
        Ok(Self { name, entries: names.into_iter().zip(runs).map(entry).collect(), median_over: 1 })
    }

    /// The table's cells, header first; times are the last column.
    fn rows(&self, times: bool) -> Vec<Vec<String>> {
        let header = ["experiment", "epochs", "training", "accuracy", "95 % interval", "change", "p"];
        let mut rows = vec![header.into_iter().chain(times.then_some("seconds")).map(String::from).collect::<Vec<_>>()];
        for (index, entry) in self.entries.iter().enumerate() {
            let Experiment { name, history, test } = entry;
            let training = self.end_of(entry).map_or("–".into(), |epoch| format!("{:.4}", epoch.accuracy));
            let interval = test.interval(super::interval::LEVEL).to_string();
            let change = self.change(index);
            let difference = change.map_or("–".into(), |(difference, _)| format!("{difference:+.4}"));
            let mut cells = vec![name.clone(), history.epochs.len().to_string(), training];
            cells.extend([format!("{:.4}", test.accuracy), interval, difference, shown_p(change.and_then(|(_, p)| p))]);
            cells.extend(times.then(|| format!("{:.1}", history.seconds())));
            rows.push(cells);
        }
        rows
    }
}

/// Before an hour of training: whether what has learnt from `train` can be evaluated on `test`.
pub(super) fn check_alike(train: &dyn Examples, test: &dyn Examples) -> Result<(), NetworkError> {
    if test.class_names().is_empty() {
        return Err(NetworkError::Unlabelled { what: "test" });
    }
    let facts = |examples: &dyn Examples| (examples.image_shape(), examples.class_names().to_vec());
    if facts(train) == facts(test) {
        return Ok(());
    }
    let found = format!("{:?} in {} classes", test.image_shape(), test.class_names().len());
    let advice = format!(
        "those to train on are {:?} in {} classes; take the same size and classes, in the same order",
        train.image_shape(),
        train.class_names().len()
    );
    Err(NetworkError::Setting { setting: "the test examples", found, advice })
}

/// A name without the signs that part names and lines.
fn quoted(name: &str) -> String {
    name.replace('%', "%25").replace('\t', "%09").replace('\n', "%0A")
}

fn unquoted(name: &str) -> String {
    name.replace("%0A", "\n").replace("%09", "\t").replace("%25", "%")
}

impl Rich for Experiments {
    fn mime_bundle(&self) -> MimeBundle {
        let table = |times| {
            let training = match self.median_over {
                1 => String::new(),
                epochs => format!("training: median of the last {epochs} epochs; "),
            };
            let note = format!("{training}change and p: beside the first, McNemar's exact test");
            Table::headed(self.rows(times)).note(note)
        };
        table(true).mime_bundle().with_stable(table(false).text())
    }
}
