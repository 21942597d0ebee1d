//! The precompiled core of every model: layers, parameters and what is done with them, sizes known at run time only.

mod backward;
mod build;
mod fold;
mod forward;
mod freeze;
mod graph;
mod init;
mod mirror;
mod pass;
mod step;

use crate::free_memory::check_memory;
use crate::{Loss, Sequential, Shape};
use cuaderno_display::{MimeBundle, Rich};
use dfdx::prelude::{Cpu, Rank1, Tensor as DfdxTensor};
use mirror::Mirror;
use std::fmt;
use std::sync::Arc;

pub(crate) use backward::GradientBuffers;
pub(crate) use forward::Mode;
pub(crate) use graph::{Graph, Slot, Tensor};
pub(crate) use pass::{Memory, Pass, all_finite, dropout_key};
pub(crate) use step::Step;

/// A network with its parameters. [`cnn!`](crate::cnn!) wraps one in a type of its own, whose shapes the compiler knows.
///
/// As the last expression of a cell it shows its [`summary`](Self::summary).
pub struct Network {
    pub(crate) graph: Arc<Graph>,
    /// Trainable parameters, tensor by tensor in the order of the layers. Read them by [`current`](Self::current).
    weights: Arc<Vec<f32>>,
    mirror: Mirror,
    /// Running statistics of batch normalization.
    pub(crate) state: Vec<f32>,
    pub(crate) seed: u64,
    /// First node that training changes; those before it are frozen.
    pub(crate) trained_from: usize,
    /// Normalizations before this node use their running statistics in training, frozen or not.
    statistics_from: usize,
    /// What it was last trained to make small.
    pub(crate) loss: Option<Loss>,
    /// What it was last trained on, if it still has those weights.
    pub(crate) taught: Option<Arc<Taught>>,
    /// The network whose last layers these are.
    whole: Option<Arc<Network>>,
    /// Training passes on dfdx's tape so far; gives each its own dropout masks.
    pub(crate) passes: u64,
}

/// What is to be known of the examples that a network was trained on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taught {
    pub classes: Vec<String>,
    /// See [`Examples::preparation`](crate::Examples::preparation).
    pub preparation: Option<String>,
}

/// Not the parameters: there are too many.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters = self.parameters();
        f.debug_struct(self.name()).field("parameters", &parameters).field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl Rich for Network {
    fn mime_bundle(&self) -> MimeBundle {
        self.summary().mime_bundle()
    }
}

/// A copy has its own parameters; training one leaves the other as it is.
impl Clone for Network {
    fn clone(&self) -> Self {
        Self {
            graph: self.graph.clone(),
            weights: self.current(),
            mirror: Mirror::default(),
            state: self.state.clone(),
            taught: self.taught.clone(),
            whole: self.whole.clone(),
            ..*self
        }
    }
}

/// For what asks a network, be it alone or inside another model.
impl AsRef<Self> for Network {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Network {
    /// A network with random weights: the same seed gives the same bits on every machine.
    ///
    /// # Panics
    /// If there is no memory for its parameters.
    pub fn new(layers: impl Into<Sequential>, seed: u64) -> Self {
        let layers = layers.into();
        let bytes = layers.parameters().saturating_mul(size_of::<f32>());
        if let Err(error) =
            check_memory(layers.name(), "for its parameters", bytes, "make its layers smaller, or pool more")
        {
            panic!("{error}"); // an allocation that fails would end the process
        }
        let graph = Graph::new(layers);
        let (weights, state) = init::initialize(&graph, seed);
        Self {
            graph: Arc::new(graph),
            weights: Arc::new(weights),
            mirror: Mirror::default(),
            state,
            seed,
            trained_from: 0,
            statistics_from: 0,
            loss: None,
            taught: None,
            whole: None,
            passes: 0,
        }
    }

    /// The name of the model.
    pub fn name(&self) -> &str {
        self.layers().name()
    }

    /// The layers and shapes it was built from.
    pub fn layers(&self) -> &Sequential {
        &self.graph.layers
    }

    /// The shape of one input.
    pub fn input(&self) -> Shape {
        self.layers().input()
    }

    /// The shape of one output.
    pub fn output(&self) -> Shape {
        self.layers().output()
    }

    /// The seed it was made with.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The classes that it was trained on, in the order of its outputs; `None` before training, and for weights whose file names none.
    pub fn class_names(&self) -> Option<&[String]> {
        self.taught.as_deref().map(|taught| &*taught.classes)
    }

    /// How the pictures were prepared that it was trained on: [`Examples::preparation`](crate::Examples::preparation).
    pub fn preparation(&self) -> Option<&str> {
        self.taught.as_deref()?.preparation.as_deref()
    }

    /// Number of values that are saved: trainable ones and running statistics.
    pub fn parameters(&self) -> usize {
        self.layers().parameters()
    }

    /// A copy of the trainable parameters, tensor by tensor in the order of the layers.
    pub fn current_weights(&self) -> Vec<f32> {
        self.current().to_vec()
    }

    /// The trainable parameters, with what dfdx's optimizers made of them.
    pub(crate) fn current(&self) -> Arc<Vec<f32>> {
        self.mirror.changes().map_or_else(|| self.weights.clone(), Arc::new)
    }

    /// Replaces the trainable parameters.
    pub(crate) fn set_weights(&mut self, weights: Arc<Vec<f32>>) {
        self.mirror.set(&weights);
        self.weights = weights;
    }

    /// The position of a layer's operation, which seeds its dropout masks; for tests.
    #[doc(hidden)]
    pub fn position(&self, layer: &str) -> Option<usize> {
        self.graph.find(layer).ok()
    }

    /// The trainable parameters as a dfdx tensor.
    #[doc(hidden)]
    pub fn tensor<const N: usize>(&self) -> &DfdxTensor<Rank1<N>, f32, Cpu> {
        self.mirror.get(&self.weights)
    }

    /// The trainable parameters as a dfdx tensor that dfdx may change.
    #[doc(hidden)]
    pub fn tensor_mut<const N: usize>(&mut self) -> &mut DfdxTensor<Rank1<N>, f32, Cpu> {
        self.mirror.get_mut(&self.weights)
    }
}
