//! Networks in files.

mod store;
mod tensors;
mod weights;

pub(crate) use store::Store;
