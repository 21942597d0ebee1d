//! Dropout (Srivastava and others, 2014): in training each value is 0 with the probability `rate`, else divided by `1 - rate`.
//! The shape stays.

use super::{Backward, Follower, Forward, Operation, Values};
use crate::{Layer, Stack};

impl Stack {
    /// Zeroes this share of the values while training, and scales the others up. The shape stays.
    #[track_caller]
    pub const fn dropout(self, rate: f32) -> Self {
        let is_share = rate >= 0.0 && rate < 1.0;
        if !self.lenient && !is_share {
            const_panic::concat_panic!(
                "layer ",
                self.len + 1,
                " (dropout): the share of dropped values must be at least 0.0 and below 1.0"
            );
        }
        let shape = self.output();
        self.push(Layer::Dropout(rate), shape, 0, 0)
    }
}

#[derive(Debug)]
pub(super) struct Dropout {
    pub rate: f32,
}

impl Dropout {
    fn apply(&self, key: Option<u64>, values: &mut [f32]) {
        if let Some(key) = key {
            cuaderno_ops::Dropout { rate: self.rate }.apply(key, values);
        }
    }
}

impl Operation for Dropout {
    fn forward(&self, run: Forward) {
        run.output.copy_from_slice(run.input);
        self.apply(run.dropout_key, run.output);
    }

    fn backward(&self, run: Backward) {
        self.apply(run.dropout_key, run.d_output);
    }

    fn works_in_place(&self) -> bool {
        true
    }

    fn follower(&self, fixed: Option<Values>) -> Option<Follower> {
        fixed.map(|_| Follower::Nothing)
    }
}
