//! Training.

mod batches;
mod check;
mod checkpoint;
mod clip;
mod early_stopping;
pub(crate) mod epoch_row;
mod first_batch;
mod fit;
mod history;
mod identity;
mod loss;
mod memory;
mod mixup;
mod monitor;
mod on_epoch;
mod optimizer;
mod plateau;
mod rate_finder;
mod run;
mod schedule;
mod show;
mod totals;
mod trainable;

pub use early_stopping::EarlyStopping;
pub use first_batch::FirstBatch;
pub use fit::Fit;
pub use history::{Epoch, History};
pub use loss::Loss;
pub use memory::TrainingMemory;
pub use monitor::Monitor;
pub use on_epoch::Next;
pub use optimizer::{Adam, Optimizer, RmsProp, Sgd};
pub use plateau::ReduceOnPlateau;
pub use rate_finder::LearningRates;
pub use schedule::Schedule;
pub use trainable::Trainable;

pub(crate) use batches::{Batch, fill};
pub(crate) use check::{check_input, check_known, check_targets};
pub(crate) use loss::{count_right, predicted_class};
