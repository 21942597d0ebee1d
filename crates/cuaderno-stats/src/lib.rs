//! What intervals and tests are made of: distributions, and the few tests that tables and networks share.
//!
//! Logarithms and exponentials are libm's, so that the same numbers give the same bits on every system.

mod beta;
mod gamma;
mod holm;
mod normal;
mod paired;
mod sign;
mod student;
mod wilson;

pub use gamma::chi_square_tail;
pub use holm::holm;
pub use normal::normal_quantile;
pub use paired::{Paired, paired_t_test};
pub use sign::sign_test;
pub use student::{student_quantile, student_two_sided};
pub use wilson::wilson_interval;
