//! Figures for reports, as SVG that reads well on a notebook page, in print and in greyscale.
//!
//! A figure is made from slices, dressed with chained calls, and shows itself as the last expression of a cell:
//!
//! ```
//! use cuaderno_plot::{Bar, Figure};
//!
//! let figure = Bar::new(&["Disinformation", "Other"], vec![5932.0, 4063.0])?
//!     .title("Posts by class")
//!     .x_label("class")
//!     .y_label("posts");
//! assert!(figure.svg().starts_with("<svg"));
//! assert!(figure.describe().contains("5,932"));
//! # Ok::<(), cuaderno_plot::PlotError>(())
//! ```
//!
//! | question | figure |
//! |---|---|
//! | how many of each | [`Bar`] |
//! | how are values spread | [`Histogram`], [`Density`] |
//! | how does a model learn | [`TrainingCurves`] |
//!
//! Drawing never fails: what cannot be drawn (missing values, infinities, zero on a log axis) is left out and counted under
//! the figure. How it works: a figure computes what to draw, [`plane`] lays out title, legend, axes and caption with
//! measured text, and [`canvas`] writes SVG elements through plotters.

mod axis;
mod bar;
mod bins;
mod canvas;
mod date;
mod density;
mod error;
mod figure;
mod frame;
mod groups;
mod histogram;
mod kernel_density;
mod legend;
mod number;
mod plane;
mod raster;
mod scale;
mod sheet;
mod text;
mod theme;
mod training_curves;

pub use bar::Bar;
pub use density::Density;
pub use error::PlotError;
pub use figure::Figure;
pub use frame::Frame;
pub use groups::{Group, Groups};
pub use histogram::Histogram;
pub use kernel_density::{DensityEstimate, kernel_density, silverman_bandwidth};
pub use scale::TimeUnit;
pub use training_curves::TrainingCurves;
