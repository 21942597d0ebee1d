//! How good a trained network is.

mod calibration;
mod compare;
mod comparison;
mod confusion;
mod cross_validation;
mod embedding;
mod experiments;
mod explanation;
mod fused;
mod grid;
mod interval;
mod learning_curve;
mod maps;
mod most_confused;
mod outputs;
mod predict;
mod principal;
mod regression;
mod repeat;
mod roc;
mod run_curves;
mod score;
mod strongest;
mod summary;
mod trials;

pub use calibration::{Calibration, CalibrationBin};
pub use compare::{Comparable, compare};
pub use comparison::{Compared, Comparison, Pair, PairTest, Pairs, Verdict};
pub use confusion::{ClassLine, ClassReport, Confusion};
pub use cross_validation::{CrossValidation, Fold, Folds};
pub use embedding::Embedding;
pub use experiments::{Experiment, Experiments};
pub use explanation::{ClassChoice, Explanation, Method};
pub use grid::{Grid, GridPoint, GridSearch, SettingValue};
pub use interval::Interval;
pub use learning_curve::{LearningCurve, TrainingSizes};
pub use most_confused::{Mistaken, MostConfused};
pub use predict::Predictions;
pub use regression::{NumberErrors, RegressionEvaluation};
pub use repeat::{Run, RunValues, Runs, repeat};
pub use roc::Roc;
pub use score::Evaluation;
pub use summary::{Summary, SummaryRow};

pub(crate) use score::{Scored, validate};
