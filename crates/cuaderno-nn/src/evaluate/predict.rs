//! What the network says about pictures.

use crate::free_memory::check_memory;
use crate::layers::Head;
use crate::network::{Graph, Memory, Mode, Pass, Slot};
use crate::train::{Batch, Loss, check_input, check_known, fill, predicted_class};
use crate::{Examples, Network, NetworkError};
use cuaderno_display::{MimeBundle, Rich, Table, counted};
use cuaderno_ops::{sigmoid, softmax_forward};
use rayon::prelude::*;

/// Pictures that go through the network at once.
pub(super) const BATCH: usize = 64;

/// Batches on their way at once.
const MOST_WAYS: usize = 4;

/// Values of a batch in one slot that still fit into a processor's cache.
const CACHE: usize = 1 << 22;

/// Class probabilities of each example.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictions {
    /// `[examples, classes]`, row by row.
    pub probabilities: Vec<f32>,
    /// The most probable class of each example.
    pub classes: Vec<usize>,
    /// Their names.
    pub class_names: Vec<String>,
}

/// How many examples, or classes of a single one, a table of predictions shows.
const SHOWN: usize = 10;

impl Predictions {
    pub(super) fn none(class_names: &[String]) -> Self {
        Self { probabilities: Vec::new(), classes: Vec::new(), class_names: class_names.to_vec() }
    }

    /// Adds what a batch's scores say: softmax, or sigmoid where the outputs are independent; of a single output the two sides.
    pub(super) fn add(&mut self, independent: bool, outputs: usize, logits: &[f32]) {
        self.classes.extend(logits.chunks_exact(outputs).map(predicted_class));
        if outputs == 1 {
            self.probabilities.extend(logits.iter().flat_map(|x| [sigmoid(-x), sigmoid(*x)]));
        } else if independent {
            self.probabilities.extend(logits.iter().map(|x| sigmoid(*x)));
        } else {
            let start = self.probabilities.len();
            self.probabilities.resize(start + logits.len(), 0.0);
            softmax_forward(outputs, logits, &mut self.probabilities[start..]);
        }
    }

    /// Number of examples.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// The probabilities of one example's classes; empty for one that is not there.
    pub fn row(&self, example: usize) -> &[f32] {
        let classes = self.class_names.len();
        self.probabilities.get(example * classes..(example + 1) * classes).unwrap_or_default()
    }
}

impl Predictions {
    /// The classes of the only example, the most probable first.
    fn ranking(&self) -> Table {
        let mut ranked: Vec<_> = self.class_names.iter().zip(self.row(0)).collect();
        ranked.sort_by(|one, other| other.1.total_cmp(one.1));
        let heading = ["class", "probability"].map(String::from).to_vec();
        let rows = ranked.iter().take(SHOWN).map(|(name, p)| vec![(*name).clone(), format!("{p:.4}")]);
        let more = ranked.len().saturating_sub(SHOWN);
        let note = if more == 0 { String::new() } else { format!("and {} less probable ones", more) };
        Table::headed([heading].into_iter().chain(rows)).note(note)
    }
}

/// Of one example the probabilities of its classes, of several the class of each.
impl Rich for Predictions {
    fn mime_bundle(&self) -> MimeBundle {
        if self.len() == 1 {
            return self.ranking().mime_bundle();
        }
        let heading = ["example", "class", "probability"].map(String::from).to_vec();
        let row = |(example, class): (usize, &usize)| {
            let name = self.class_names.get(*class).cloned().unwrap_or_else(|| class.to_string());
            let probability = self.row(example).get(*class).map(|p| format!("{p:.4}"));
            vec![example.to_string(), name, probability.unwrap_or_default()]
        };
        let rows = self.classes.iter().enumerate().take(SHOWN).map(row);
        let note = match self.len().checked_sub(SHOWN) {
            None | Some(0) => String::new(),
            Some(more) => format!("and {} more", counted(more, "example")),
        };
        Table::headed([heading].into_iter().chain(rows)).left(2).note(note).mime_bundle()
    }
}

impl Network {
    /// Whether each output says yes or no by itself: it ends in sigmoid, or in scores that were trained as if it did.
    pub(super) fn is_independent(&self) -> bool {
        let as_trained = self.loss == Some(Loss::BinaryCrossEntropy);
        self.graph.head == Head::Sigmoid || (self.graph.head == Head::Scores && as_trained)
    }

    /// What its outputs stand for: the classes it was trained on, or their numbers.
    pub(super) fn known_classes(&self) -> Result<Vec<String>, NetworkError> {
        let output = self.output();
        if output.is_image() {
            return Err(NetworkError::NoScores {
                model: self.name().to_owned(),
                shape: output.to_string(),
                classes: 2,
            });
        }
        let count = output.len().max(2);
        let numbers = || (0..count).map(|class| format!("class {class}")).collect();
        Ok(self.class_names().map_or_else(numbers, <[String]>::to_vec))
    }

    /// The class probabilities of every example. Examples without classes get the names of those that the network was trained on.
    ///
    /// # Errors
    /// If the examples do not fit the model, or an interrupt came.
    pub fn predict(&self, examples: &dyn Examples) -> Result<Predictions, NetworkError> {
        let mut predictions = if examples.class_names().is_empty() && examples.target_names().is_empty() {
            check_input(self, examples, "prediction")?;
            Predictions::none(&self.known_classes()?)
        } else {
            check_known(self, examples, "prediction")?;
            Predictions::none(examples.class_names())
        };
        let (independent, outputs) = (self.is_independent(), self.output().len());
        for_each_batch(self, examples, BATCH, |logits, _| predictions.add(independent, outputs, logits))?;
        Ok(predictions)
    }
}

/// Calls `visit` with the scores of each batch and what they should have been, in order. An interrupt before the last one is an error.
pub(super) fn for_each_batch(
    network: &Network,
    examples: &dyn Examples,
    batch_size: usize,
    visit: impl FnMut(&[f32], &Batch),
) -> Result<(), NetworkError> {
    let logits = network.graph.logits;
    let (graph, weights) = network.graph.folded(&network.current(), &network.state, logits);
    for_each_output(network, (&graph, &weights), examples, batch_size, logits, visit)
}

/// One batch on its way.
#[derive(Default)]
struct Way {
    batch: Batch,
    pass: Pass,
    memory: Memory,
}

/// The same for the values of any slot in a plan of the network, which comes with its weights.
pub(super) fn for_each_output(
    network: &Network,
    (graph, weights): (&Graph, &[f32]),
    examples: &dyn Examples,
    batch_size: usize,
    slot: Slot,
    mut visit: impl FnMut(&[f32], &Batch),
) -> Result<(), NetworkError> {
    let nodes = graph.nodes.iter().position(|node| node.output == slot).map_or(0, |index| index + 1);
    // Values that go to main memory and back between the layers would cost more time than the arithmetic.
    let largest = graph.slots.iter().map(|shape| shape.len()).max().unwrap_or(1).max(1);
    let batch_size = batch_size.min((CACHE / largest).max(4));
    let total = examples.len();
    let starts: Vec<usize> = (0..total).step_by(batch_size).collect();
    // What a batch passes on its way, and the pictures it came from.
    let values = 3 * largest + graph.slots[0].len();
    let bytes = values.saturating_mul(batch_size.min(total)).saturating_mul(size_of::<f32>() * MOST_WAYS);
    check_memory(network.name(), "to predict", bytes, "use smaller pictures, or fewer filters")?;
    // A batch for each core: none waits for the others after each layer. Not many, as each has its own memory.
    let count = rayon::current_num_threads().min(MOST_WAYS).clamp(1, starts.len().max(1));
    let mut ways: Vec<Way> = (0..count).map(|_| Way { pass: Pass::new(graph), ..Way::default() }).collect();
    for starts in starts.chunks(count) {
        ways.par_iter_mut().zip(starts).for_each(|(way, &start)| {
            let indices: Vec<usize> = (start..(start + batch_size).min(total)).collect();
            fill(examples, &indices, 0, &mut way.batch);
            way.pass.batch = indices.len();
            std::mem::swap(&mut way.pass.values[0], &mut way.batch.images);
            let mode = Mode::Infer(&network.state);
            graph.forward(weights, mode, usize::MAX, nodes, &mut way.pass, &mut way.memory);
        });
        for way in &mut ways[..starts.len()] {
            visit(way.pass.slot(graph, slot), &way.batch);
            std::mem::swap(&mut way.pass.values[0], &mut way.batch.images);
            if slot != 0 {
                way.memory.give(std::mem::take(&mut way.pass.values[slot]));
            }
        }
        let done = starts.last().map_or(0, |start| (start + batch_size).min(total));
        if done < total && cuaderno_display::interrupt::requested() {
            return Err(NetworkError::Interrupted { done, total, what: "images", kept: false });
        }
    }
    Ok(())
}
