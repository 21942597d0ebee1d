//! How wrong a batch of scores is.

use crate::network::{Head, Plan};
use cuaderno_ops::{Targets, binary_cross_entropy, softmax_cross_entropy};

/// What training makes small. All are computed from the scores before a final softmax or sigmoid, so that no logarithm of
/// a rounded probability is taken; whether the model ends in one makes no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Cross-entropy of one class among many. Keras's categorical and sparse forms differ in how labels are stored, which
    /// [`Examples`](crate::Examples) decide.
    CategoricalCrossEntropy,
    /// The same as [`CategoricalCrossEntropy`](Self::CategoricalCrossEntropy).
    SparseCategoricalCrossEntropy,
    /// Cross-entropy of independent yes-no outputs. A model that ends in one output says whether the class is 1.
    BinaryCrossEntropy,
}

impl Loss {
    /// What a model's last layer suggests.
    pub(crate) fn suggested(plan: &Plan) -> Self {
        if plan.head == Head::Sigmoid || plan.stack.output().len() == 1 {
            Self::BinaryCrossEntropy
        } else {
            Self::CategoricalCrossEntropy
        }
    }

    /// Mean loss of a batch of scores `[batch, outputs]`; writes the gradient if wanted.
    pub(crate) fn compute(
        self,
        outputs: usize,
        logits: &[f32],
        labels: &[usize],
        weights: Option<&[f32]>,
        d_logits: Option<&mut [f32]>,
    ) -> f32 {
        match self {
            Self::CategoricalCrossEntropy | Self::SparseCategoricalCrossEntropy => {
                softmax_cross_entropy(outputs, logits, Targets::Labels(labels), weights, d_logits)
            }
            Self::BinaryCrossEntropy => {
                let target =
                    |label: usize, output: usize| (label == if outputs == 1 { 1 } else { output }) as u8 as f32;
                let targets: Vec<f32> =
                    labels.iter().flat_map(|&label| (0..outputs).map(move |output| target(label, output))).collect();
                binary_cross_entropy(logits, &targets, weights, d_logits)
            }
        }
    }
}

/// The class with the highest score; of one output, whether it is positive.
pub(crate) fn predicted_class(logits: &[f32]) -> usize {
    match logits {
        [one] => usize::from(*one > 0.0),
        many => {
            let best = many.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
            best.map_or(0, |(class, _)| class)
        }
    }
}

/// How many of a batch are right.
pub(crate) fn count_right(outputs: usize, logits: &[f32], labels: &[usize]) -> usize {
    logits.chunks_exact(outputs).zip(labels).filter(|(row, label)| predicted_class(row) == **label).count()
}
