//! A figure in the moment it is shown: what it computes from its data, once.

use crate::frame::Frame;
use std::borrow::Cow;
use std::ops::Deref;

/// Limits that a figure takes over from the panels beside it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shared {
    pub(crate) x: Option<(f64, f64)>,
    pub(crate) y: Option<(f64, f64)>,
}

/// A figure with its data read, and what is computed from them: measured, drawn and described from the same numbers.
#[derive(Debug)]
pub(crate) struct Shown<'a, F: Clone, C> {
    figure: Cow<'a, F>,
    pub(crate) frame: Frame,
    pub(crate) computed: C,
}

impl<'a, F: Clone, C> Shown<'a, F, C> {
    /// Computes what is shown of a figure with this frame.
    pub(crate) fn new(
        figure: Cow<'a, F>,
        frame: &Frame,
        shared: Shared,
        compute: impl FnOnce(&F, &Frame) -> C,
    ) -> Self {
        let mut frame = frame.clone();
        frame.x_range = shared.x.or(frame.x_range);
        frame.y_range = shared.y.or(frame.y_range);
        let computed = compute(&figure, &frame);
        Self { figure, frame, computed }
    }
}

/// The figure's own settings and data.
impl<F: Clone, C> Deref for Shown<'_, F, C> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.figure
    }
}
