//! The protocol, spoken with a language that needs no compiler.

mod client;
mod conversations;
mod echo;
