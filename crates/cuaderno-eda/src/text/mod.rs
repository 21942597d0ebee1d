//! What is in a text, counted.

mod counts;
mod emoji;
mod features;

pub use counts::TextCounts;
pub use features::{text_features, text_features_only};
