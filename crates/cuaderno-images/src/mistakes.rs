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
    /// [`ImagesError::OtherPictures`] if the evaluation is of another set.
    pub fn mistakes(&self, evaluation: &Evaluation, count: usize) -> Result<ImageGrid, ImagesError> {
        self.check_evaluated(evaluation)?;
        let names = &evaluation.predictions.class_names;
        let name = |class: usize| names.get(class).map_or("?", String::as_str);
        let caption = |wrong: &Mistake| {
            let said = format!("{}, taken for {} ({:.2})", name(wrong.label), name(wrong.said), wrong.probability);
            (wrong.index, said)
        };
        self.show(&surest(evaluation).iter().take(count).map(caption).collect::<Vec<_>>())
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

impl ImageSet {
    /// An evaluation keeps the classes of its pictures, in their order.
    pub(crate) fn check_evaluated(&self, evaluation: &Evaluation) -> Result<(), ImagesError> {
        match evaluation.labels == self.labels() {
            true => Ok(()),
            false => Err(ImagesError::OtherPictures { found: evaluation.labels.len(), pictures: self.len() }),
        }
    }
}

/// A picture that was taken for another class.
pub(crate) struct Mistake {
    pub index: usize,
    pub label: usize,
    pub said: usize,
    /// Of the class that was said.
    pub probability: f32,
}

/// All mistakes, those first that the network was most certain of.
pub(crate) fn surest(evaluation: &Evaluation) -> Vec<Mistake> {
    let predictions = &evaluation.predictions;
    let pairs = evaluation.labels.iter().zip(&predictions.classes).enumerate();
    let mistake = |(index, (&label, &said)): (usize, (&usize, &usize))| Mistake {
        index,
        label,
        said,
        probability: confidence(predictions, index, said),
    };
    let mut wrong: Vec<Mistake> = pairs.filter(|(_, (label, said))| label != said).map(mistake).collect();
    wrong.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    wrong
}

fn confidence(predictions: &Predictions, index: usize, class: usize) -> f32 {
    predictions.row(index).get(class).copied().unwrap_or(0.0)
}
