//! What a training run was like, epoch by epoch.

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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Mean loss over the epoch's batches, each before its step.
    pub loss: f32,
    /// Share of right answers in them, `0.0..=1.0`.
    pub accuracy: f32,
    /// Loss on the validation examples at the epoch's end.
    pub val_loss: Option<f32>,
    /// Share of right answers on them.
    pub val_accuracy: Option<f32>,
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

    /// The number, from 1, and results of the epoch with the least validation loss, or loss without validation. Where some
    /// epochs were validated, the others (one that was interrupted) do not count.
    pub fn best(&self) -> Option<(usize, &Epoch)> {
        let (number, _) = self.watched().min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some((number, &self.epochs[number - 1]))
    }

    /// What says how good an epoch is, after the epoch's number: the validation loss, or the loss where no epoch was
    /// validated. An epoch whose loss is no number is no candidate.
    pub(super) fn watched(&self) -> impl Iterator<Item = (usize, f32)> {
        let validated = self.epochs.iter().any(|epoch| epoch.val_loss.is_some());
        let watched = move |epoch: &Epoch| if validated { epoch.val_loss } else { Some(epoch.loss) };
        self.epochs.iter().enumerate().filter_map(move |(index, epoch)| {
            let loss = watched(epoch).filter(|loss| loss.is_finite())?;
            Some((index + 1, loss))
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

    /// Loss and accuracy over the epochs, training against validation.
    pub fn curves(&self) -> TrainingCurves {
        TrainingCurves::new()
            .loss(&self.loss(), &self.val_loss())
            .accuracy(&self.accuracy(), &self.val_accuracy())
            .epochs(self.epochs.len())
    }

    /// The table's cells, header first; times are the last column.
    fn rows(&self, times: bool) -> Vec<Vec<String>> {
        let validated = self.epochs.iter().any(|epoch| epoch.val_loss.is_some());
        let mut header = vec!["epoch", "loss", "accuracy"];
        if validated {
            header.extend(["val_loss", "val_accuracy"]);
        }
        header.extend(times.then_some("seconds"));
        let number = |x: f32| format!("{x:.4}");
        let line = |(index, epoch): (usize, &Epoch)| {
            let mut cells = vec![(index + 1).to_string(), number(epoch.loss), number(epoch.accuracy)];
            if validated {
                cells.extend([epoch.val_loss, epoch.val_accuracy].map(|x| x.map_or("–".into(), number)));
            }
            cells.extend(times.then(|| format!("{:.1}", epoch.seconds)));
            cells
        };
        std::iter::once(header.into_iter().map(String::from).collect())
            .chain(self.epochs.iter().enumerate().map(line))
            .collect()
    }
}

impl Rich for History {
    fn mime_bundle(&self) -> MimeBundle {
        let note = self.stopped.as_deref().unwrap_or_default();
        let table = |times| Table::headed(self.rows(times)).note(note);
        table(true).mime_bundle().with_stable(table(false).text())
    }
}
