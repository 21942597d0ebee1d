//! How good probabilities are, whoever said them.

use cuaderno_nn::{Evaluation, Examples, Predictions};

/// Cross-entropy and accuracy of probabilities for these examples.
pub(crate) fn scored(predictions: Predictions, examples: &dyn Examples) -> Evaluation {
    let labels = (0..predictions.len()).map(|index| examples.label(index)).collect();
    Evaluation::of(predictions, labels)
}
