//! What a running cell says to its kernel, and hears from it.
//!
//! A cell shows things with [`display`], keeps a [`DisplayHandle`] to update them in place, counts work with
//! [`Progress`], and asks [`interrupt::requested`] whether the user wants it to stop.
//!
//! ```
//! use cuaderno_display::{MimeBundle, Rich, display};
//!
//! struct Celsius(f64);
//!
//! impl Rich for Celsius {
//!     fn mime_bundle(&self) -> MimeBundle {
//!         MimeBundle::text(format!("{} °C", self.0)).with_html(format!("<b>{}</b> °C", self.0))
//!     }
//! }
//!
//! display(&Celsius(21.5)); // in a terminal this prints the text; in a notebook it shows the HTML
//! ```
//!
//! Where output goes is decided once, by [`Channel`]: framed [events](cuaderno_wire::Event) under cuaderno's kernel, evcxr's content
//! blocks under stock evcxr, plain text anywhere else.

mod channel;
pub mod data;
mod files;
#[cfg(feature = "polars")]
mod frame;
mod handle;
mod input;
pub mod interrupt;
mod markup;
mod nearest;
mod number;
mod progress;
mod rich;
mod table;

pub use channel::Channel;
pub use cuaderno_wire::MimeBundle;
pub use files::{full_path, must_be_file, open_file, read_file};
pub use handle::{DisplayHandle, clear_output, display};
pub use input::{InputError, input, password, set_answer_source};
pub use markup::{Html, Latex, Markdown};
pub use nearest::{did_you_mean, nearest_name};
pub use number::{counted, thousands};
pub use progress::Progress;
pub use rich::{Rich, escape_html};
pub use table::Table;
