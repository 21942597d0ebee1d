//! Architectures laid out for one input: what a model is built from.

use crate::block::{Block, Kind, Layer};
use crate::source::Source;
use crate::{Architecture, Pooling};
use cuaderno_nn::{Rescaling, Sequential, Shape, Stack};

/// A pretrained network without its parameters.
#[derive(Debug)]
pub(crate) struct Design {
    pub name: String,
    pub source: Source,
    pub input: Shape,
    pub rescaling: Rescaling,
    pub blocks: Vec<Block>,
    pub has_top: bool,
}

impl Design {
    /// The layout of checked settings.
    pub fn of(architecture: &Architecture, source: Source) -> Self {
        let input = Shape::image(architecture.input);
        let mut blocks = architecture.family.blocks(input, source);
        let shape = blocks.last().map_or(input, Block::output);
        match (architecture.classes, architecture.pooling) {
            (Some(classes), _) => blocks.push(architecture.family.top(shape, classes)),
            (None, Pooling::None) => {}
            (None, pooling) => {
                let mut block = Block::new("pooling", shape);
                match pooling {
                    Pooling::Max => block.plain("global_max_pooling2d", |stack| stack.global_max_pool()),
                    _ => block.plain("global_average_pooling2d", |stack| stack.global_avg_pool()),
                }
                blocks.push(block);
            }
        }
        Self {
            name: architecture.family.to_string(),
            source,
            input,
            rescaling: architecture.family.rescaling(source),
            blocks,
            has_top: architecture.classes.is_some(),
        }
    }

    /// Layers of the network: preprocessing and the blocks.
    pub fn len(&self) -> usize {
        1 + self.blocks.len()
    }

    /// The whole network, with a head behind it if one is given.
    pub fn with_head(&self, head: Option<&Sequential>) -> Sequential {
        self.without_first(0, head)
    }

    /// The same without its first `start` layers.
    pub fn without_first(&self, start: usize, head: Option<&Sequential>) -> Sequential {
        let input = match start {
            0 | 1 => self.input,
            _ => self.blocks[start - 2].output(),
        };
        let mut layers = Sequential::new(&self.name, input);
        if start == 0 {
            layers = layers.then(&Stack::strict("preprocessing", input).rescale(self.rescaling));
        }
        for block in &self.blocks[start.saturating_sub(1)..] {
            layers = layers.model(Sequential::from(&block.stack).named(&block.name));
        }
        match head {
            Some(head) => layers.model(head.clone()),
            None => layers,
        }
    }

    /// A dense head: `units` values with relu, then a score for each class.
    pub fn dense_head(input: Shape, units: usize, classes: usize) -> Sequential {
        let stack = Stack::strict("head", input);
        let stack = if input.is_image() { stack.flatten() } else { stack };
        Sequential::from(&stack.dense(units).relu().dense(classes).softmax())
    }

    /// A softmax layer over the probabilities of several networks.
    pub fn combiner(inputs: usize, classes: usize) -> Sequential {
        Sequential::from(&Stack::strict("combiner", Shape::Features(inputs)).dense(classes).softmax())
    }

    /// Keras's list of layers.
    pub fn layers(&self) -> impl DoubleEndedIterator<Item = &Layer> {
        self.blocks.iter().flat_map(|block| &block.layers)
    }

    /// Those with parameters.
    pub fn with_parameters(&self) -> impl Iterator<Item = &Layer> {
        self.layers().filter(|layer| layer.kind != Kind::Plain)
    }
}
