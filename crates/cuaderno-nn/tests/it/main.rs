//! Tests of networks from outside.

mod architectures; // the networks of the reports have the sizes they should
mod support; // a small data set in memory
mod training; // networks learn, and learn the same every time
