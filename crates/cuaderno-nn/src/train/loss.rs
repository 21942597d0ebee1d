//! How wrong a batch of scores is.

use super::Batch;
use super::mixup::Mixed;
use crate::layers::Head;
use crate::network::Graph;
use crate::{Examples, NetworkError};
use cuaderno_ops::{Targets, binary_cross_entropy, mean_absolute_error, mean_squared_error, softmax_cross_entropy};

/// What training makes small. All are computed from the scores before a final softmax or sigmoid, so that no logarithm of
/// a rounded probability is taken. A model without either is trained by the same numbers as with the one that belongs to the loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Cross-entropy of one class among many. Keras's categorical and sparse forms differ in how labels are stored, which
    /// [`Examples`](crate::Examples) decide.
    CategoricalCrossEntropy,
    /// The same as [`CategoricalCrossEntropy`](Self::CategoricalCrossEntropy).
    SparseCategoricalCrossEntropy,
    /// Cross-entropy of independent yes-no outputs. A model that ends in one output says whether the class is 1.
    BinaryCrossEntropy,
    /// Mean of the squared errors of numbers: for examples with [`target_names`](crate::Examples::target_names).
    MeanSquaredError,
    /// Mean of the absolute errors of numbers, which single large ones pull less.
    MeanAbsoluteError,
}

impl Loss {
    /// Whether it compares numbers, not classes.
    pub(crate) fn is_of_numbers(self) -> bool {
        matches!(self, Self::MeanSquaredError | Self::MeanAbsoluteError)
    }

    /// What a model's last layer suggests, and what its examples are.
    pub(crate) fn suggested(graph: &Graph, examples: &dyn Examples) -> Self {
        if !examples.target_names().is_empty() {
            Self::MeanSquaredError
        } else if graph.head == Head::Sigmoid || graph.layers.output().len() == 1 {
            Self::BinaryCrossEntropy
        } else {
            Self::CategoricalCrossEntropy
        }
    }

    /// The loss to train with: the one that was asked for, else what the last layer suggests.
    ///
    /// # Errors
    /// If it does not belong to the model's last layer, or to the examples.
    pub(crate) fn chosen(wanted: Option<Self>, graph: &Graph, examples: &dyn Examples) -> Result<Self, NetworkError> {
        let outputs = graph.layers.output().len();
        let refused = |loss: Self, why: String, advice: &str| {
            let found = format!("{loss:?}, which {why}");
            Err(NetworkError::Setting { setting: "loss", found, advice: advice.into() })
        };
        match wanted {
            None => Ok(Self::suggested(graph, examples)),
            Some(loss) if loss.is_of_numbers() == examples.target_names().is_empty() => match loss.is_of_numbers() {
                true => refused(loss, "is for numbers, and these examples have classes".into(), "leave the loss out"),
                false => refused(
                    loss,
                    "is for classes, and these examples have numbers".into(),
                    "use Loss::MeanSquaredError or Loss::MeanAbsoluteError",
                ),
            },
            // Of two probabilities that sum to 1, both losses are minus the logarithm of the right one.
            Some(Self::BinaryCrossEntropy) if graph.head == Head::Softmax && outputs == 2 => {
                Ok(Self::CategoricalCrossEntropy)
            }
            Some(loss @ Self::BinaryCrossEntropy) if graph.head == Head::Softmax => {
                let why = "is for independent yes-no outputs, and the model ends in softmax".into();
                refused(loss, why, "use Loss::CategoricalCrossEntropy, or end the model in sigmoid")
            }
            Some(loss @ (Self::CategoricalCrossEntropy | Self::SparseCategoricalCrossEntropy)) if outputs == 1 => {
                let why = "needs one output for each class, and the model has one".into();
                refused(loss, why, "use Loss::BinaryCrossEntropy, or end the model in dense(2)")
            }
            Some(loss @ (Self::CategoricalCrossEntropy | Self::SparseCategoricalCrossEntropy))
                if graph.head == Head::Sigmoid =>
            {
                let why = "is for classes of which one is right, and the model ends in sigmoid".into();
                refused(loss, why, "use Loss::BinaryCrossEntropy, or end the model in softmax")
            }
            Some(loss) => Ok(loss),
        }
    }

    /// Mean loss of a batch of scores `[batch, outputs]`; writes the gradient if wanted. Of the targets, a share of `smoothing` is
    /// spread over all classes.
    pub(crate) fn compute(
        self,
        outputs: usize,
        logits: &[f32],
        batch: &Batch,
        smoothing: f32,
        weights: Option<&[f32]>,
        d_logits: Option<&mut [f32]>,
    ) -> f32 {
        let Batch { labels, targets, mixed, .. } = batch;
        // As Keras: of two sides half, of `n` classes an `n`th.
        let smoothed = |parts: usize| {
            let hit = |label: usize, output: usize| (label == if outputs == 1 { 1 } else { output }) as u8 as f32;
            let share = |index: usize, output: usize| match mixed {
                None => hit(labels[index], output),
                Some(Mixed { labels: others, shares, .. }) => {
                    shares[index] * hit(labels[index], output) + (1.0 - shares[index]) * hit(others[index], output)
                }
            };
            let target = |at: usize| share(at / outputs, at % outputs) * (1.0 - smoothing) + smoothing / parts as f32;
            (0..labels.len() * outputs).map(target).collect::<Vec<_>>()
        };
        match self {
            Self::CategoricalCrossEntropy | Self::SparseCategoricalCrossEntropy
                if smoothing == 0.0 && mixed.is_none() =>
            {
                softmax_cross_entropy(outputs, logits, Targets::Labels(labels), weights, d_logits)
            }
            Self::CategoricalCrossEntropy | Self::SparseCategoricalCrossEntropy => {
                softmax_cross_entropy(outputs, logits, Targets::Probabilities(&smoothed(outputs)), weights, d_logits)
            }
            Self::BinaryCrossEntropy => binary_cross_entropy(logits, &smoothed(2), weights, d_logits),
            Self::MeanSquaredError => mean_squared_error(logits, targets, d_logits),
            Self::MeanAbsoluteError => mean_absolute_error(logits, targets, d_logits),
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
