//! What a running training shows: a progress line, and curves that grow.

use super::History;
use cuaderno_display::Progress;

/// The line of a running training.
pub(super) struct Show {
    progress: Option<Progress>,
}

impl Show {
    pub fn new(name: &str, images: usize, quiet: bool) -> Self {
        Self { progress: (!quiet).then(|| Progress::new(name, images as u64, "images")) }
    }

    pub fn step(&mut self, images: usize, epoch: usize, epochs: usize, loss: f32, accuracy: f32) {
        if let Some(progress) = &mut self.progress {
            progress.note(format!("epoch {}/{epochs}, loss {loss:.4}, accuracy {accuracy:.4}", epoch + 1));
            progress.step(images as u64);
        }
    }

    pub fn epoch(&mut self, _history: &History) {}

    pub fn finish(self, _history: &History) {
        if let Some(progress) = self.progress {
            progress.finish();
        }
    }
}
