//! Layers that are known at run time only.

use crate::layers::Layer;
use crate::{Shape, Stack};
use std::sync::Arc;

/// Layers one behind the other with the shapes between them: what a network is built from.
///
/// [`cnn!`](crate::cnn!) makes one from a [`Stack`], which the compiler has checked. Here parts that were checked, each by itself,
/// are joined while the program runs, as many as there are.
///
/// ```
/// use cuaderno_nn::{Network, Sequential, Shape, Stack};
///
/// let block = |input| Sequential::from(&Stack::strict("block", input).same().conv2d(8, 3).relu());
/// let mut layers = Sequential::new("Tall", Shape::image([3, 8, 8]));
/// for _ in 0..300 {
///     let next = block(layers.output());
///     layers = layers.model(next);
/// }
/// assert_eq!(Network::new(layers, 7).parameters(), (9 * 3 + 1) * 8 + 299 * (9 * 8 + 1) * 8);
/// ```
#[derive(Clone, Debug)]
pub struct Sequential {
    name: Arc<str>,
    input: Shape,
    layers: Vec<(Part, Shape)>,
    trainable: usize,
    parameters: usize,
}

/// One of the layers.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    Layer(Layer),
    Model(Sequential),
}

impl Part {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Layer(layer) => layer.kind(),
            Self::Model(_) => "model",
        }
    }
}

impl Sequential {
    /// No layers yet.
    pub fn new(name: &str, input: Shape) -> Self {
        Self { name: name.into(), input, layers: Vec::new(), trainable: 0, parameters: 0 }
    }

    /// The same layers under another name.
    pub fn named(self, name: &str) -> Self {
        Self { name: name.into(), ..self }
    }

    /// With the layers of a stack behind these, each a layer of its own.
    ///
    /// # Panics
    /// If the stack takes another shape than these put out.
    pub fn then(mut self, stack: &Stack) -> Self {
        self.check(stack.name(), stack.input());
        let part = |layer: &Layer| match layer {
            Layer::Model(inner) => Part::Model(Self::from(*inner)),
            layer => Part::Layer(*layer),
        };
        self.layers.extend(stack.layers().iter().map(part).zip(stack.shapes().iter().copied()));
        self.trainable += stack.trainable();
        self.parameters += stack.parameters();
        self
    }

    /// With a whole model behind these, as one layer.
    ///
    /// # Panics
    /// If the model takes another shape than these put out.
    pub fn model(mut self, inner: Self) -> Self {
        self.check(&inner.name, inner.input);
        self.trainable += inner.trainable;
        self.parameters += inner.parameters;
        let output = inner.output();
        self.layers.push((Part::Model(inner), output));
        self
    }

    /// With a residual block behind these: the branch's output and the shortcut's are added, or the branch's and its input.
    ///
    /// # Panics
    /// If one of them takes another shape than these put out, or the two do not put out the same.
    pub fn residual(mut self, branch: Self, shortcut: Option<Self>) -> Self {
        let (input, output) = (self.output(), branch.output());
        let other = shortcut.as_ref().map_or(input, Self::output);
        assert!(output.same_as(other), "a residual block's branch puts out {output}, its shortcut {other}");
        self.layers.push((Part::Layer(Layer::ResidualBegin), input));
        for (path, mark) in [(Some(branch), None), (shortcut, Some(Layer::Shortcut))] {
            let Some(path) = path else { continue };
            self.layers.extend(mark.map(|mark| (Part::Layer(mark), input)));
            assert!(
                input.same_as(path.input),
                "{} takes {}, but {} puts out {input}",
                path.name,
                path.input,
                self.name
            );
            self.trainable += path.trainable;
            self.parameters += path.parameters;
            self.layers.extend(path.layers);
        }
        self.layers.push((Part::Layer(Layer::ResidualEnd), output));
        self
    }

    /// The models inside, by name, with their places among the layers, from 1.
    pub(crate) fn models(&self) -> impl Iterator<Item = (&str, usize)> {
        self.layers.iter().enumerate().filter_map(|(index, (part, _))| match part {
            Part::Model(inner) => Some((inner.name(), index + 1)),
            Part::Layer(_) => None,
        })
    }

    /// Each layer, those of models inside in their place.
    #[doc(hidden)]
    pub fn for_each_layer(&self, visit: &mut dyn FnMut(&Layer)) {
        for (part, _) in &self.layers {
            match part {
                Part::Layer(layer) => visit(layer),
                Part::Model(inner) => inner.for_each_layer(visit),
            }
        }
    }

    fn check(&self, name: &str, input: Shape) {
        let output = self.output();
        assert!(output.same_as(input), "{name} takes {input}, but {} puts out {output}", self.name);
    }

    /// The name of the model.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The shape of one input.
    pub fn input(&self) -> Shape {
        self.input
    }

    /// The shape of one output.
    pub fn output(&self) -> Shape {
        self.layers.last().map_or(self.input, |(_, shape)| *shape)
    }

    /// How many layers there are; a model within the model is one.
    pub fn len(&self) -> usize {
        self.layers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// What each layer puts out.
    pub fn shapes(&self) -> impl ExactSizeIterator<Item = Shape> {
        self.layers.iter().map(|(_, shape)| *shape)
    }

    /// The layers, and what each puts out.
    pub(crate) fn parts(&self) -> impl ExactSizeIterator<Item = (&Part, Shape)> {
        self.layers.iter().map(|(part, shape)| (part, *shape))
    }

    /// Values that training changes.
    pub fn trainable(&self) -> usize {
        self.trainable
    }

    /// All values that are saved: trainable ones and running statistics.
    pub fn parameters(&self) -> usize {
        self.parameters
    }
}

impl From<&Stack> for Sequential {
    fn from(stack: &Stack) -> Self {
        Self::new(stack.name(), stack.input()).then(stack)
    }
}
