//! A whole model as one layer; the graph takes its layers in one by one.

use crate::stack::mismatch::wrong_model;
use crate::{Layer, Stack};

impl Stack {
    /// A whole model as one layer, written `model(Name)`, with parameters of its own.
    #[track_caller]
    pub const fn model(self, inner: &'static Stack) -> Self {
        if !self.output().same_as(inner.input()) {
            wrong_model(&self, inner);
        }
        self.push(Layer::Model(inner), inner.output(), inner.trainable, inner.non_trainable)
    }
}
