//! What training sees first.

use super::batches::{Order, prepared};
use super::check::check_settings;
use super::{Batch, Fit};
use crate::{Examples, NetworkError};

/// The first batch of a run.
#[doc(hidden)]
#[derive(Debug)]
pub struct FirstBatch {
    /// `[batch, height, width, channels]`
    pub images: Vec<f32>,
    /// Of each example the classes that it is made of, and their shares.
    pub parts: Vec<Vec<(usize, f32)>>,
}

impl FirstBatch {
    /// In the order of the settings' seed; 0 where they have none.
    ///
    /// # Errors
    /// If a setting makes no sense.
    pub fn of(examples: &dyn Examples, how: &Fit) -> Result<Self, NetworkError> {
        check_settings(how, examples.class_names().len())?;
        if examples.is_empty() {
            return Err(NetworkError::Empty { what: "training" });
        }
        let order = Order::new(examples, how, how.seed.unwrap_or_default());
        let batch = prepared(examples, &order, 0..1, |batches| batches.next()).unwrap_or_default();
        let Batch { images, labels, mixed, .. } = batch;
        let parts = |(index, label): (usize, usize)| match &mixed {
            None => vec![(label, 1.0)],
            Some(mixed) => vec![(label, mixed.shares[index]), (mixed.labels[index], 1.0 - mixed.shares[index])],
        };
        let parts = labels.into_iter().enumerate().map(parts).collect();
        Ok(Self { images, parts })
    }
}
