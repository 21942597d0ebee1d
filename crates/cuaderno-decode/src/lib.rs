//! From a file that may hold anything to pixels: links, sizes, formats and damage are looked at, nothing is trusted.
//!
//! Apart from `cuaderno-images` because the decoders are generic: whoever calls them compiles them, for more than a minute.
//!
//! ```
//! use cuaderno_decode::{Unreadable, decode};
//!
//! assert_eq!(decode(b"no picture"), Err(Unreadable::UnknownFormat));
//! ```

mod decode;
mod jpeg;
mod source;
mod unreadable;

pub use decode::{decode, decode_upright};
pub use source::{Source, read};
pub use unreadable::Unreadable;
