//! What a running training shows: a progress line, and curves that grow.

use super::History;
use super::history::measures;
use cuaderno_display::{Channel, DisplayHandle, Progress, display};
use cuaderno_plot::{Figure, TrainingCurves};

/// The display of a running training.
pub(super) struct Show {
    progress: Option<Progress>,
    title: String,
    epochs: usize,
    /// Drawn after the first epoch, replaced after each further one. Where nothing can be replaced there is no figure.
    figure: Option<DisplayHandle>,
}

impl Show {
    /// A run of so many epochs over so many images, or rows, in all.
    pub fn new(title: &str, epochs: usize, examples: usize, unit: &str, quiet: bool) -> Self {
        let progress = (!quiet).then(|| Progress::new(title, examples as u64, unit));
        Self { progress, title: title.to_owned(), epochs, figure: None }
    }

    /// After each step: the epoch, from 0, and its loss and accuracy, of numbers mean absolute error, so far.
    pub fn step(&mut self, examples: usize, epoch: usize, loss: f32, accuracy: f32, mae: Option<f32>) {
        if let Some(progress) = &mut self.progress {
            let epochs = self.epochs;
            progress.note(format!("epoch {}/{epochs}, {}", epoch + 1, measures(loss, accuracy, mae)));
            progress.step(examples as u64);
        }
    }

    /// After each epoch.
    pub fn epoch(&mut self, history: &History) {
        if self.progress.is_none() || self.epochs < 2 || !Channel::current().can_update() {
            return;
        }
        // Without a PNG, which takes longer than some epochs; the last one gets it.
        let figure = self.curves(history).passing();
        match &self.figure {
            Some(handle) => handle.update(&figure),
            None => self.figure = Some(display(&figure)),
        }
    }

    fn curves(&self, history: &History) -> TrainingCurves {
        history.curves().epochs(self.epochs).title(&self.title)
    }

    /// At the end, however it came.
    pub fn finish(self, history: &History) {
        if let Some(handle) = &self.figure {
            handle.update(&self.curves(history));
        }
        if let Some(mut progress) = self.progress {
            if history.last().is_some() {
                progress.note(history.last_line());
            }
            progress.finish();
        }
    }
}
