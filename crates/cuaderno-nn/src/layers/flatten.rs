//! A picture becomes a row: `[c, h, w]` to `[h * w * c]`. Channels lie last already, so it changes the name of the memory, not
//! the memory, and there is nothing to run.

use crate::{Layer, Shape, Stack};

impl Stack {
    /// A picture becomes a row: `[c, h, w]` to `[h * w * c]`, the channels of a pixel side by side (as in Keras).
    #[track_caller]
    pub const fn flatten(self) -> Self {
        let length = self.output().len();
        self.push(Layer::Flatten, Shape::Features(length), 0, 0)
    }
}
