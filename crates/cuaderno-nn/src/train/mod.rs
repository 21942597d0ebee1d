//! Training.

mod batches;
mod check;
mod checkpoint;
mod clip;
mod early_stopping;
mod fit;
mod history;
mod identity;
mod loss;
mod memory;
mod optimizer;
mod run;
mod schedule;
mod show;

pub use early_stopping::EarlyStopping;
pub use fit::Fit;
pub use history::{Epoch, History};
pub use loss::Loss;
pub use memory::TrainingMemory;
pub use optimizer::{Adam, Optimizer, RmsProp, Sgd};
pub use schedule::Schedule;

pub(crate) use batches::{Batch, fill};
pub(crate) use check::{check_input, check_known};
pub(crate) use loss::{count_right, predicted_class};
