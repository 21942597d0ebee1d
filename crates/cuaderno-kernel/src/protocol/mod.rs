//! Jupyter's messaging protocol, independent of the language behind it.
//!
//! One task a socket; cells run on a thread of their own (`executor`), so that the kernel answers while one runs.

mod executor;
mod expressions;
mod incoming;
mod information;
mod interrupts;
mod limit;
mod outgoing;
mod parent;
mod server;

pub use executor::{CellRunner, Stopper};
pub use server::{STACK_BYTES, ServerError, serve};
