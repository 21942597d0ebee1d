//! Figures as their users get them.

#![allow(clippy::disallowed_methods)] // the C library as a judge, and for made up numbers

#[path = "../../examples/gallery/figures.rs"]
mod figures;

mod as_drawn; // numbers read back from the SVG are those of matplotlib, scipy and exact fractions
mod density; // curves have the values that scipy computes
mod formats; // SVG, PNG, PDF, Vega-Lite: all there, of the right size, small
mod histogram; // counts and edges are numpy's
mod layout; // text stays inside the figure and apart, also where names are long
mod reading; // how numbers are read back
mod robust; // no data make a figure panic, and what is left out is counted
mod save; // files in both formats
mod snapshots; // the pictures themselves, byte for byte
mod standalone; // valid XML without ids, small enough for a notebook
