//! Networks in files.

mod store;
mod weights;

pub(crate) use store::Store;
