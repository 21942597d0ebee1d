//! How good a trained network is.

mod compare;
mod confusion;
mod maps;
mod outputs;
mod predict;
mod repeat;
mod roc;
mod score;
mod summary;

pub use compare::{compare, compare_runs};
pub use confusion::{ClassLine, ClassReport, Confusion};
pub use predict::Predictions;
pub use repeat::{Run, RunValues, Runs, repeat};
pub use roc::Roc;
pub use score::Evaluation;
pub use summary::{Summary, SummaryRow};

pub(crate) use score::score;
