//! The crates from crates.io that a cell may use.
#[doc(inline)]
pub use ::{dfdx, image, plotters, polars, serde_json};
