//! Asking the compiler for the type of a variable.
//!
//! To keep a variable, the kernel must write its type in the next cell. It compiles a copy of the cell in which
//! [`name_type`] is called on every new variable; no type implements [`Named`], so each call is an error whose message is
//! the type, written with public paths.

/// Implemented by nothing. `N` is the number of the variable in the cell.
#[diagnostic::on_unimplemented(message = "cuaderno-type:{N}:{Self}")]
pub trait Named<const N: usize> {}

/// See the module.
pub fn name_type<const N: usize, T: Named<N>>(_: &T) {}
