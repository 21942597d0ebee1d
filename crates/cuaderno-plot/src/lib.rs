//! Figures for reports, as SVG, PNG and PDF that read well on a notebook page, in print and in greyscale.
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
//! | how are values spread | [`Histogram`], [`Density`], [`BoxPlot`] |
//! | how do two measures go together | [`Scatter`], [`Line`] |
//! | which of many pairs stand out | [`HeatMap`] |
//! | how does a model learn, and what does it confuse | [`TrainingCurves`], [`ConfusionMatrix`] |
//! | what do pictures look like | [`ImageGrid`] |
//! | what becomes of an input in a network | [`NetworkDiagram`] |
//! | several of these side by side | [`Facets`] |
//!
//! Drawing never fails: what cannot be drawn (missing values, infinities, zero on a log axis) is left out and counted under
//! the figure. How it works: a figure is a description until it is shown; then it reads its table if it is of one, computes what to
//! draw (`shown`), `plane` and `sheet` lay out title, legend, axes and small
//! print with measured text, and `canvas` writes SVG elements; `raster` and `pdf` make the other formats of that SVG.

mod axis;
mod bar;
mod bar_drawing;
mod bins;
mod box_plot;
mod canvas;
mod confusion_matrix;
mod date;
mod density;
mod error;
mod extent;
mod facets;
mod figure;
mod file;
mod frame;
mod groups;
mod hatch;
mod heat_map;
mod heated;
mod histogram;
mod hypot;
mod image_grid;
mod indexed;
mod kernel_density;
mod legend;
mod line;
mod line_bands;
mod marker;
mod network_diagram;
mod number;
mod omitted;
mod pdf;
mod picture;
mod plane;
mod quantile;
mod raster;
mod reference;
mod scale;
mod scatter;
mod shade;
mod sheet;
mod shown;
mod source;
mod svg;
mod text;
mod theme;
mod training_curves;
mod trend;
mod vega;
mod violin;

pub use bar::Bar;
pub use box_plot::BoxPlot;
pub use confusion_matrix::ConfusionMatrix;
pub use density::Density;
pub use error::PlotError;
pub use facets::{Facets, Panel};
pub use figure::Figure;
#[doc(hidden)]
pub use file::write_whole;
pub use groups::{Group, Groups};
pub use heat_map::HeatMap;
pub use histogram::Histogram;
pub use image_grid::ImageGrid;
pub use kernel_density::{DensityEstimate, kernel_density, silverman_bandwidth};
pub use line::Line;
pub use network_diagram::NetworkDiagram;
pub use picture::Picture;
pub use reference::Place;
pub use scale::TimeUnit;
pub use scatter::Scatter;
#[doc(hidden)]
pub use shade::shade_of;
#[doc(hidden)]
pub use source::{Part, Rows, Source};
pub use svg::Svg;
pub use training_curves::TrainingCurves;
pub use vega::Interactive;
