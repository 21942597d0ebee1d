//! Convolutional networks on dfdx tensors.

mod cnn;
mod error;
mod evaluate;
mod examples;
mod files;
mod layer;
mod network;
mod random;
mod shape;
mod stack;
mod subset;
mod table;
mod train;
pub mod typed;

#[doc(hidden)]
pub use dfdx;
pub use error::NetworkError;
pub use evaluate::{
    ClassLine, ClassReport, Confusion, Evaluation, Predictions, Roc, Runs, Summary, SummaryRow, repeat,
};
pub use examples::Examples;
pub use layer::{Layer, Pool};
pub use network::Network;
pub use shape::Shape;
pub use stack::Stack;
pub use subset::Subset;
pub use train::{EarlyStopping, Epoch, Fit, History, Loss, Optimizer, Schedule};
