//! Convolutional networks on dfdx tensors.

mod examples;

pub use examples::Examples;
