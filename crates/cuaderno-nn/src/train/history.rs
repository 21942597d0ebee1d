//! What a training run was like, epoch by epoch.

use super::Monitor;
use cuaderno_display::{MimeBundle, Rich, Table};
use cuaderno_plot::TrainingCurves;

/// One line per epoch, and why it ended early, if it did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The epochs, in order.
    pub epochs: Vec<Epoch>,
    /// Why training stopped before its last epoch.
    pub stopped: Option<String>,
}

/// Results of one epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Epoch {
    /// Mean loss over the epoch's batches, each before its step.
    pub loss: f32,
    /// Share of right answers in them, `0.0..=1.0`; NaN where numbers are learnt.
    pub accuracy: f32,
    /// Loss on the validation examples at the epoch's end.
    pub val_loss: Option<f32>,
    /// Share of right answers on them.
    pub val_accuracy: Option<f32>,
    /// Mean absolute error over the epoch's batches, where numbers are learnt.
    pub mae: Option<f32>,
    /// Mean absolute error on the validation examples.
    pub val_mae: Option<f32>,
    /// Learning rate of the last step.
    pub learning_rate: f32,
    /// Duration, validation included.
    pub seconds: f64,
}

impl History {
    /// The last epoch's results; a run without epochs has none.
    pub fn last(&self) -> Option<&Epoch> {
        self.epochs.last()
    }

    /// The median of each measure over the last `count` epochs, learning rate and duration of the last one: where a training ended,
    /// less its spikes. None of a run without epochs, or for a `count` of 0.
    ///
    /// ```
    /// # use cuaderno_nn::{Epoch, History};
    /// # let epoch = |loss| Epoch { loss, ..Epoch::default() };
    /// # let history = History { epochs: [0.9, 0.5, 0.4, 2.5].map(epoch).to_vec(), stopped: None };
    /// // losses 0.9, 0.5, 0.4, 2.5
    /// assert_eq!(history.median_of_last(3).map(|epoch| epoch.loss), Some(0.5));
    /// ```
    pub fn median_of_last(&self, count: usize) -> Option<Epoch> {
        let epochs = &self.epochs[self.epochs.len() - count.min(self.epochs.len())..];
        let of = |value: fn(&Epoch) -> Option<f32>| median(epochs.iter().filter_map(value).collect());
        Some(Epoch {
            loss: of(|epoch| Some(epoch.loss))?,
            accuracy: of(|epoch| Some(epoch.accuracy))?,
            val_loss: of(|epoch| epoch.val_loss),
            val_accuracy: of(|epoch| epoch.val_accuracy),
            mae: of(|epoch| epoch.mae),
            val_mae: of(|epoch| epoch.val_mae),
            ..*epochs.last()?
        })
    }

    /// The first `count` epochs alone: what the training would have been, had it ended there.
    pub fn first_epochs(&self, count: usize) -> Self {
        match count < self.epochs.len() {
            true => Self { epochs: self.epochs[..count].to_vec(), stopped: None },
            false => self.clone(),
        }
    }

    /// The number, from 1, and results of the epoch with the least validation loss, or loss without validation. Where some
    /// epochs were validated, the others (one that was interrupted) do not count.
    pub fn best(&self) -> Option<(usize, &Epoch)> {
        self.best_by(None)
    }

    /// The same by another measure, where one is given.
    pub(super) fn best_by(&self, monitor: Option<Monitor>) -> Option<(usize, &Epoch)> {
        let (number, _) = self.watched(monitor).min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some((number, &self.epochs[number - 1]))
    }

    /// What says how good an epoch is, turned so that less is better, after the epoch's number: without a monitor the validation
    /// loss, or the loss where no epoch was validated. An epoch where it is no number is no candidate.
    pub(super) fn watched(&self, monitor: Option<Monitor>) -> impl Iterator<Item = (usize, f32)> {
        let validated = self.epochs.iter().any(|epoch| epoch.val_loss.is_some());
        let monitor = monitor.unwrap_or(if validated { Monitor::ValLoss } else { Monitor::Loss });
        self.epochs.iter().enumerate().filter_map(move |(index, epoch)| {
            let cost = monitor.cost(epoch).filter(|cost| cost.is_finite())?;
            Some((index + 1, cost))
        })
    }

    /// Duration of all epochs.
    pub fn seconds(&self) -> f64 {
        self.epochs.iter().map(|epoch| epoch.seconds).sum()
    }

    /// Training loss, one value per epoch.
    pub fn loss(&self) -> Vec<f64> {
        self.epochs.iter().map(|epoch| epoch.loss.into()).collect()
    }

    /// Training accuracy, one value per epoch.
    pub fn accuracy(&self) -> Vec<f64> {
        self.epochs.iter().map(|epoch| epoch.accuracy.into()).collect()
    }

    /// Validation loss, one value per epoch; empty without validation.
    pub fn val_loss(&self) -> Vec<f64> {
        self.epochs.iter().filter_map(|epoch| epoch.val_loss.map(Into::into)).collect()
    }

    /// Validation accuracy, one value per epoch; empty without validation.
    pub fn val_accuracy(&self) -> Vec<f64> {
        self.epochs.iter().filter_map(|epoch| epoch.val_accuracy.map(Into::into)).collect()
    }

    /// Mean absolute error in training, one value per epoch; empty where classes are learnt.
    pub fn mae(&self) -> Vec<f64> {
        self.epochs.iter().filter_map(|epoch| epoch.mae.map(Into::into)).collect()
    }

    /// Mean absolute error on the validation examples, one value per epoch; empty without them, and where classes are learnt.
    pub fn val_mae(&self) -> Vec<f64> {
        self.epochs.iter().filter_map(|epoch| epoch.val_mae.map(Into::into)).collect()
    }

    /// Whether numbers were learnt, not classes.
    fn is_of_numbers(&self) -> bool {
        self.epochs.iter().any(|epoch| epoch.mae.is_some())
    }

    /// Loss and accuracy over the epochs, of numbers loss and mean absolute error, training against validation.
    pub fn curves(&self) -> TrainingCurves {
        let curves = TrainingCurves::new().loss(&self.loss(), &self.val_loss());
        let curves = match self.is_of_numbers() {
            true => {
                let (train, validation) = (self.mae(), self.val_mae());
                curves.panel("mean absolute error", &[("train", &train), ("validation", &validation)])
            }
            false => curves.accuracy(&self.accuracy(), &self.val_accuracy()),
        };
        curves.epochs(self.epochs.len())
    }

    /// The results of the last epoch in one line.
    pub(super) fn last_line(&self) -> String {
        let Some(last) = self.last() else { return String::new() };
        let mut line = measures(last.loss, last.accuracy, last.mae);
        for (name, value) in [("loss", last.val_loss), ("accuracy", last.val_accuracy), ("mae", last.val_mae)] {
            line += &value.map_or_else(String::new, |value| format!(", val_{name} {value:.4}"));
        }
        line
    }

    /// The table's cells, header first; times are the last column.
    fn rows(&self, times: bool) -> Vec<Vec<String>> {
        let validated = self.epochs.iter().any(|epoch| epoch.val_loss.is_some());
        let of_numbers = self.is_of_numbers();
        let mut header = vec!["epoch", "loss", if of_numbers { "mae" } else { "accuracy" }];
        if validated {
            header.extend(["val_loss", if of_numbers { "val_mae" } else { "val_accuracy" }]);
        }
        header.extend(times.then_some("seconds"));
        let number = |x: f32| format!("{x:.4}");
        let line = |(index, epoch): (usize, &Epoch)| {
            let (own, validation) = match of_numbers {
                true => (epoch.mae.unwrap_or(f32::NAN), epoch.val_mae),
                false => (epoch.accuracy, epoch.val_accuracy),
            };
            let mut cells = vec![(index + 1).to_string(), number(epoch.loss), number(own)];
            if validated {
                cells.extend([epoch.val_loss, validation].map(|x| x.map_or("–".into(), number)));
            }
            cells.extend(times.then(|| format!("{:.1}", epoch.seconds)));
            cells
        };
        std::iter::once(header.into_iter().map(String::from).collect())
            .chain(self.epochs.iter().enumerate().map(line))
            .collect()
    }
}

/// The middle one, of an even number the mean of the middle two; none of none.
fn median(mut values: Vec<f32>) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    let (low, high) = (values.get(values.len().checked_sub(1)? / 2)?, values.get(values.len() / 2)?);
    Some((low + high) / 2.0)
}

/// Loss and accuracy, or mean absolute error.
pub(super) fn measures(loss: f32, accuracy: f32, mae: Option<f32>) -> String {
    match mae {
        Some(mae) => format!("loss {loss:.4}, mae {mae:.4}"),
        None => format!("loss {loss:.4}, accuracy {accuracy:.4}"),
    }
}

impl Rich for History {
    fn mime_bundle(&self) -> MimeBundle {
        let note = self.stopped.as_deref().unwrap_or_default();
        let table = |times| Table::headed(self.rows(times)).note(note);
        table(true).mime_bundle().with_stable(table(false).text())
    }
}
