//! What a notebook cell sees.
//!
//! This crate is compiled once, as a dynamic library (the *preload*), with everything a report needs inside: polars,
//! plotters, image, dfdx, serde and cuaderno's own crates. A cell is compiled against it in a fraction of a second, and sees
//! [`prelude`] without any import.

pub use cuaderno_display as display;
pub use cuaderno_eda as eda;
pub use cuaderno_images as images;
pub use cuaderno_nn as nn;
pub use cuaderno_plot as plot;
pub use cuaderno_zoo as zoo;

// The compiler writes the type of a variable with the name of its crate, whatever it is called here.
#[doc(hidden)]
pub use {cuaderno_display, cuaderno_eda, cuaderno_images, cuaderno_nn, cuaderno_plot, cuaderno_wire, cuaderno_zoo};

pub use dfdx;
pub use image;
pub use plotters;
pub use polars;
pub use serde;
pub use serde_json;

mod checksum;
mod data;
mod diagram;
mod digest;
pub mod grade;
mod labels;
mod predicted;
pub mod prelude;
mod results;
mod rows;
pub mod rt;
mod stamp;

pub use data::{DATA_VARIABLE, data, data_or_sample, is_sample};
pub use diagram::Diagram;
pub use digest::{Bytes, Digest, Digestible, digest};
pub use labels::{PicturesOfTable, ids_and_classes};
pub use results::ResultTable;
pub use rows::Rows;
pub use stamp::{Stamp, stamp};

/// `dbg!` in a cell, which tells the cell's line; generated code calls it.
#[doc(hidden)]
#[macro_export]
macro_rules! __dbg {
    ($place:literal,) => { ::std::eprintln!("[{}]", $place) };
    ($place:literal, $value:expr $(,)?) => {
        match $value {
            value => {
                ::std::eprintln!("[{}] {} = {:#?}", $place, ::std::stringify!($value), &value);
                value
            }
        }
    };
    ($place:literal, $($value:expr),+ $(,)?) => { ($($crate::__dbg!($place, $value)),+,) };
}
