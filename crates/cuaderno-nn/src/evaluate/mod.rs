//! How good a trained network is.

mod predict;
mod score;

pub use predict::Predictions;
pub use score::Evaluation;

pub(crate) use score::score;
