//! How much memory training takes, known before it begins.

use super::Fit;
use crate::free_memory::check_memory;
use crate::{Network, NetworkError};
use cuaderno_display::{MimeBundle, Rich, Table};

/// Bytes that a training run needs, by what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainingMemory {
    /// Parameters and their gradient.
    pub parameters: usize,
    /// What the optimizer remembers, and the best epoch's parameters if they are kept.
    pub optimizer: usize,
    /// Values between the layers of one batch, kept for the way back, and the gradients that travel it.
    pub activations: usize,
    /// Pictures of the batch in work, the one that is ready and the one in the making.
    pub pictures: usize,
}

impl TrainingMemory {
    /// All of it.
    pub fn total(&self) -> usize {
        self.parameters + self.optimizer + self.activations + self.pictures
    }
}

impl Network {
    /// How much memory [`fit`](Self::fit) will take with these settings, besides that of the examples themselves. Frozen
    /// layers keep no values and the optimizer remembers nothing of them.
    pub fn training_memory(&self, how: &Fit) -> TrainingMemory {
        const FLOAT: usize = size_of::<f32>();
        let graph = &*self.graph;
        let all = graph.layers.trainable();
        let trained = all - graph.first_trained(self.trained_from);
        let best = if how.early_stopping.is_some_and(|rule| rule.restore_best) { all } else { 0 };
        let (frozen, kept) = graph.nodes.split_at(self.trained_from.min(graph.nodes.len()));
        let len = |slot: usize| graph.slots[slot].len();
        // A frozen layer needs its input and its output; a block's shortcut waits besides.
        let passing = frozen.iter().map(|node| 2 * len(node.input) + len(node.output)).max().unwrap_or(0);
        let keeping: usize = kept.iter().map(|node| len(node.output)).sum();
        let returning = kept.iter().map(|node| 2 * len(node.input) + len(node.output)).max().unwrap_or(0);
        let batch = how.batch_size * FLOAT;
        TrainingMemory {
            parameters: 2 * all * FLOAT,
            optimizer: (how.optimizer.values_per_parameter() * trained + best) * FLOAT,
            activations: (passing + keeping + returning) * batch,
            pictures: 3 * graph.layers.input().len() * batch,
        }
    }
}

impl Network {
    /// Whether there is memory to train with these settings on so many examples.
    pub(super) fn check_training_memory(&self, how: &Fit, examples: usize) -> Result<(), NetworkError> {
        let how = how.clone().batch_size(how.batch_size.min(examples));
        let advice = "use smaller batches or pictures, or fewer filters";
        check_memory(self.name(), "to train", self.training_memory(&how).total(), advice)
    }
}

impl Rich for TrainingMemory {
    fn mime_bundle(&self) -> MimeBundle {
        let megabytes = |bytes: usize| format!("{:.0} MB", bytes as f64 / 1e6);
        let line = |name: &str, bytes: usize| vec![name.to_owned(), megabytes(bytes)];
        let rows = [
            line("memory of training", self.total()),
            line("parameters and gradient", self.parameters),
            line("optimizer", self.optimizer),
            line("between the layers", self.activations),
            line("pictures", self.pictures),
        ];
        Table::headed(rows).mime_bundle()
    }
}
