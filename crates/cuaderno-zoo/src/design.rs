//! Architectures laid out for one input: what a model is built from, made once and kept.
//!
//! A network refers to its layers for as long as the process lives, as the models of `cnn!` do. Layouts made at run time are
//! therefore never freed; so that building the same one again costs nothing, they are kept by name.

use crate::block::{Block, Kind, Layer};
use crate::source::Source;
use crate::{Architecture, Pooling};
use cuaderno_nn::{Rescaling, Shape, Stack};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// A pretrained network without its parameters.
#[derive(Debug)]
pub(crate) struct Design {
    pub name: &'static str,
    pub source: Source,
    pub input: Shape,
    pub rescaling: Rescaling,
    pub blocks: Vec<Block>,
    pub has_top: bool,
}

static DESIGNS: LazyLock<Mutex<HashMap<String, &'static Design>>> = LazyLock::new(Mutex::default);
static STACKS: LazyLock<Mutex<HashMap<String, &'static Stack>>> = LazyLock::new(Mutex::default);

/// What was made under this name before, or what `make` makes now.
fn keep<T>(kept: &Mutex<HashMap<String, &'static T>>, name: String, make: impl FnOnce() -> T) -> &'static T {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.entry(name).or_insert_with(|| Box::leak(Box::new(make())))
}

impl Design {
    /// The layout of checked settings.
    pub fn of(architecture: &Architecture, source: Source) -> &'static Self {
        keep(&DESIGNS, format!("{:?} {source:?}", architecture.layout()), || {
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
                name: Box::leak(architecture.family.to_string().into()),
                source,
                input,
                rescaling: architecture.family.rescaling(source),
                blocks,
                has_top: architecture.classes.is_some(),
            }
        })
    }

    /// Layers of the outer stack: preprocessing and the blocks.
    pub fn len(&self) -> usize {
        1 + self.blocks.len()
    }

    /// The whole network, with a head behind it if one is given.
    pub fn stack(&'static self, head: Option<&'static Stack>) -> &'static Stack {
        self.stack_from(0, head)
    }

    /// The same without its first `start` layers.
    pub fn stack_from(&'static self, start: usize, head: Option<&'static Stack>) -> &'static Stack {
        let address = |stack: Option<&'static Stack>| stack.map_or(0, |stack| std::ptr::from_ref(stack).addr());
        let name = format!("{:x} {start} {:x}", std::ptr::from_ref(self).addr(), address(head));
        keep(&STACKS, name, || {
            let input = match start {
                0 | 1 => self.input,
                _ => self.blocks[start - 2].output(),
            };
            let mut stack = Stack::strict(self.name, input);
            if start == 0 {
                stack = stack.rescale(self.rescaling);
            }
            for block in &self.blocks[start.saturating_sub(1)..] {
                stack = stack.model(&block.stack);
            }
            head.map_or(stack, |head| stack.model(head))
        })
    }

    /// A dense head: `units` values with relu, then a score for each class.
    pub fn dense_head(input: Shape, units: usize, classes: usize) -> &'static Stack {
        keep(&STACKS, format!("dense {input} {units} {classes}"), || {
            let stack = Stack::strict("head", input);
            let stack = if input.is_image() { stack.flatten() } else { stack };
            stack.dense(units).relu().dense(classes).softmax()
        })
    }

    /// A softmax layer over the probabilities of several networks.
    pub fn combiner(inputs: usize, classes: usize) -> &'static Stack {
        keep(&STACKS, format!("combiner {inputs} {classes}"), || {
            Stack::strict("combiner", Shape::Features(inputs)).dense(classes).softmax()
        })
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
