//! The names every cell sees.

pub use crate::display::{self, DisplayHandle, Html, MimeBundle, Progress, Rich, clear_output, display, input, password};
pub use polars::prelude::*;
