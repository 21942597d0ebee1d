//! Predictions beside their pictures.

use crate::{ImageSet, ImagesError};
use cuaderno_nn::{Evaluation, Predictions};
use cuaderno_plot::ImageGrid;

impl ImageSet {
    /// A figure of the pictures that a model was most certain of and wrong about, each with its class and what the model took
    /// it for.
    ///
    /// ```no_run
    /// # fn show(model: &cuaderno_nn::Network, test: &cuaderno_images::ImageSet) -> Result<(), Box<dyn std::error::Error>> {
    /// test.mistakes(&model.evaluate(test)?, 12)?
    /// # ; Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ImagesError::Index`] if the evaluation is of a larger set.
    pub fn mistakes(&self, evaluation: &Evaluation, count: usize) -> Result<ImageGrid, ImagesError> {
        let predictions = &evaluation.predictions;
        let wrong =
            evaluation.labels.iter().zip(&predictions.classes).enumerate().filter(|(_, (label, said))| label != said);
        let mut wrong: Vec<(usize, usize, f32)> =
            wrong.map(|(index, (label, said))| (index, *label, confidence(predictions, index, *said))).collect();
        wrong.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
        let name = |class: usize| predictions.class_names.get(class).map_or("?", String::as_str);
        let caption = |&(index, label, p): &(usize, usize, f32)| {
            (index, format!("{}, taken for {} ({p:.2})", name(label), name(predictions.classes[index])))
        };
        self.show(&wrong.iter().take(count).map(caption).collect::<Vec<_>>())
    }

    /// A figure of the first `count` pictures, each with the most probable class and its probability.
    ///
    /// # Errors
    /// [`ImagesError::Index`] if the predictions are of a larger set.
    pub fn predicted(&self, predictions: &Predictions, count: usize) -> Result<ImageGrid, ImagesError> {
        let caption = |(index, &class): (usize, &usize)| {
            let name = predictions.class_names.get(class).map_or("?", String::as_str);
            (index, format!("{name} ({:.2})", confidence(predictions, index, class)))
        };
        self.show(&predictions.classes.iter().enumerate().take(count).map(caption).collect::<Vec<_>>())
    }
}

fn confidence(predictions: &Predictions, index: usize, class: usize) -> f32 {
    predictions.row(index).get(class).copied().unwrap_or(0.0)
}
