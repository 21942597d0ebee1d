//! Tests of networks from outside.

#![allow(clippy::disallowed_methods)] // the C library as a judge, and for made up numbers

mod architectures; // the networks of the reports have the sizes they should
mod deciding; // intervals, comparisons with tests, frequent mistakes, calibration
mod explaining; // Grad-CAM, saliency, features on a plane
mod files; // weights and checkpoints on disk
mod fusion; // operations that run at once give the same results
mod fuzz; // random networks against a plain reference
mod held_back; // which examples are kept for validation
mod interrupts; // what is unfinished does not count
mod keras; // training takes the steps of Keras
mod limits; // mistakes get one clear line, odd sizes work
mod metrics; // confusion, report, ROC, repeated runs
mod misfits; // what does not fit does not compile
mod regression; // numbers are learnt and judged as elsewhere
mod shown; // what cells show of values
mod steering; // functions after each epoch, rates that fall, monitors
mod support; // a small data set in memory
mod tape; // models inside hand-written dfdx code
mod training; // networks learn, and learn the same every time
mod trials; // cross-validation, grids, learning curves, logs of experiments
