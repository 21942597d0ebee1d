//! For cells that grade: checks with points, part of the points where part is right, and words that help.
//!
//! [`check!`](crate::check) runs checks and shows what they found; its cell's result is the number of points, which is how nbgrader reads
//! partial credit. [`close`], [`same`] and [`share`] compare.

mod check;
mod compare;

pub use check::Score;
pub use compare::{Comparable, Values, Verdict, close, same, share};
