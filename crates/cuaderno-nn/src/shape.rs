//! What flows between two layers.

use std::fmt;

/// The size of one example between two layers; the batch axis comes in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A picture or a stack of feature maps.
    Image {
        /// Colours or feature maps.
        channels: usize,
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
    },
    /// A flat row of values.
    Features(usize),
}

impl Shape {
    /// A picture's shape, in the order `[channels, height, width]`.
    pub const fn image([channels, height, width]: [usize; 3]) -> Self {
        Self::Image { channels, height, width }
    }

    /// Number of values.
    pub const fn len(self) -> usize {
        match self {
            Self::Image { channels, height, width } => channels * height * width,
            Self::Features(n) => n,
        }
    }

    /// Whether there is no value at all.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether this is a picture.
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Image { .. })
    }

    /// Channels of a picture, length of a row: the last axis as it lies in memory.
    pub const fn channels(self) -> usize {
        match self {
            Self::Image { channels, .. } => channels,
            Self::Features(n) => n,
        }
    }

    /// `[height, width]`; one by one for a row.
    pub const fn size(self) -> [usize; 2] {
        match self {
            Self::Image { height, width, .. } => [height, width],
            Self::Features(_) => [1, 1],
        }
    }

    /// Whether two shapes are the same, where `==` is not allowed: in constants.
    pub const fn same_as(self, other: Self) -> bool {
        let ([h, w], [oh, ow]) = (self.size(), other.size());
        self.is_image() == other.is_image() && self.channels() == other.channels() && h == oh && w == ow
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image { channels, height, width } => write!(f, "[{channels}, {height}, {width}]"),
            Self::Features(n) => write!(f, "[{n}]"),
        }
    }
}
