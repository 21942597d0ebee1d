//! A hook into training: what a notebook wants to happen after each epoch.

use super::History;
use std::fmt;
use std::sync::Arc;

/// How training goes on after an epoch: what the function given to [`Fit::on_epoch`](crate::Fit::on_epoch) answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// As before. A function that answers nothing, `()`, says the same.
    GoOn,
    /// Not at all: this epoch was the last.
    Stop,
    /// With this learning rate from now on, in place of the optimizer's own; its schedule goes on and applies to the new one.
    LearningRate(f32),
}

impl From<()> for Next {
    fn from((): ()) -> Self {
        Self::GoOn
    }
}

type Hook = dyn Fn(&History) -> Next + Send + Sync;

/// The function to call.
#[derive(Clone)]
pub(crate) struct OnEpoch(Arc<Hook>);

impl OnEpoch {
    pub fn new<N: Into<Next>>(hook: impl Fn(&History) -> N + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |history| hook(history).into()))
    }

    pub fn next(&self, history: &History) -> Next {
        (self.0)(history)
    }
}

impl fmt::Debug for OnEpoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a function")
    }
}
