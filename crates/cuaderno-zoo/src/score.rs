//! How good probabilities are, whoever said them.

use cuaderno_nn::{Evaluation, Examples, Predictions};

/// Cross-entropy and accuracy of probabilities.
pub(crate) fn scored(predictions: Predictions, examples: &dyn Examples) -> Evaluation {
    let labels: Vec<usize> = (0..predictions.len()).map(|index| examples.label(index)).collect();
    let count = labels.len().max(1) as f32;
    // Keras's smallest probability
    let loss = |(index, label): (usize, &usize)| -libm::logf(predictions.row(index)[*label].max(1e-7));
    let loss = labels.iter().enumerate().map(loss).sum::<f32>() / count;
    let right = labels.iter().zip(&predictions.classes).filter(|(label, said)| label == said).count();
    Evaluation { loss, accuracy: right as f32 / count, labels, predictions }
}
