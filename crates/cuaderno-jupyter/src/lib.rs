//! Jupyter's messaging protocol, for any [`Language`].
//!
//! [`serve`] opens the sockets of a connection file and answers until the front end asks for shutdown. One task reads each socket; cells run on a
//! thread of their own (`executor.rs`), so that the kernel answers while one runs. Which function answers which request is said once, in `server.rs`.
//! The specification: <https://jupyter-client.readthedocs.io/en/stable/messaging.html>.

mod executor;
mod expressions;
mod incoming;
mod information;
mod interrupts;
mod language;
mod limit;
mod outgoing;
mod parent;
mod server;

pub use language::{About, CellRunner, Language};
pub use server::{STACK_BYTES, ServerError, serve};
