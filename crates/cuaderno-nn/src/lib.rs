//! Convolutional networks on dfdx tensors, their shapes checked by the compiler, trained by a precompiled core.
//!
//! ```
//! use cuaderno_nn::{Fit, Optimizer, cnn};
//!
//! cnn! { Cifar10: [3, 32, 32] => [
//!     conv2d(32, 3), relu, max_pool(2),
//!     conv2d(64, 3), relu, max_pool(2),
//!     conv2d(64, 3), relu,
//!     flatten, dense(64), relu, dense(10),
//! ] }
//! const _: () = assert!(Cifar10::PARAMETERS == 122_570);
//!
//! # fn train(train: &dyn cuaderno_nn::Examples, test: &dyn cuaderno_nn::Examples) -> Result<(), cuaderno_nn::NetworkError> {
//! let mut model = Cifar10::new(42);
//! let history = model.fit(train, &Fit::new().epochs(10).optimizer(Optimizer::adam(1e-3)).validation(test))?;
//! history.curves();
//! model.evaluate(test)?.confusion();
//! model.save("cifar10.safetensors")?;
//! # Ok(()) }
//! ```
//!
//! Who does what:
//! - [`cnn!`] turns a list of layers into a [`Stack`], built and checked while compiling, and a type around a [`Network`].
//! - A layer is one file in `layers`: how it is written, its parameters, forward, backward.
//! - [`Network`] holds parameters and runs batches with the operations of `cuaderno-ops`; sizes are known at run time only,
//!   so that all of it is compiled once.
//! - [`Fit`] says how to train, [`History`] what it was like, [`Evaluation`] how good the result is.
//! - [`typed`] joins models to dfdx: its tensors, tape, losses and optimizers.
//!
//! The same seed gives the same bits: weights, order and dropout are functions of the seed and of what they are for, and
//! sums are taken in an order that depends neither on the number of threads nor on the processor.

mod cnn;
mod error;
mod evaluate;
mod examples;
mod files;
mod free_memory;
mod layers;
mod network;
mod onnx;
mod random;
mod sequential;
mod shape;
mod stack;
mod subset;
mod train;
pub mod typed;

#[doc(hidden)]
pub use cuaderno_display as display;
#[doc(hidden)]
pub use dfdx;
pub use error::NetworkError;
pub use evaluate::{
    Calibration, CalibrationBin, ClassChoice, ClassLine, ClassReport, Comparable, Compared, Comparison, Confusion,
    CrossValidation, Embedding, Evaluation, Experiment, Experiments, Explanation, Fold, Folds, Grid, GridPoint,
    GridSearch, Interval, LearningCurve, Method, Mistaken, MostConfused, NumberErrors, Pair, PairTest, Pairs,
    Predictions, RegressionEvaluation, Roc, Run, RunValues, Runs, SettingValue, Summary, SummaryRow, TrainingSizes,
    Verdict, compare, repeat,
};
pub use examples::Examples;
#[doc(hidden)]
pub use examples::PREPARED_ROWS;
pub use free_memory::free_memory;
pub use layers::{BatchNorm, Conv2d, Dense, Layer, Rescaling};
pub use network::Network;
pub use sequential::Sequential;
pub use shape::Shape;
pub use stack::Stack;
pub use subset::Subset;
#[doc(hidden)]
pub use subset::copies_together;
#[doc(hidden)]
pub use train::FirstBatch;
pub use train::{
    Adam, EarlyStopping, Epoch, Fit, History, LearningRates, Loss, Monitor, Next, Optimizer, ReduceOnPlateau, RmsProp,
    Schedule, Sgd, Trainable, TrainingMemory,
};
