//! The names every cell sees.
//!
//! All of polars' prelude, cuaderno's own names (which win where both have one), and `std` names that analysis often needs.

pub use polars::prelude::*;

pub use crate::data::data;
pub use crate::display::{
    self, DisplayHandle, Html, MimeBundle, Progress, Rich, clear_output, display, input, password,
};
pub use crate::eda::prelude::*;
pub use crate::images::{
    self, Augmentation, CifarLabels, Fill, ImageGrid, ImageSet, Interpolation, Normalization, Picture, Scaling,
    open_image,
};
pub use crate::nn::{
    self, Confusion, EarlyStopping, Evaluation, Examples, Fit, History, Loss, Network, Optimizer, Predictions, Runs,
    Schedule, cnn, repeat,
};
pub use crate::plot::{self, Facets, Figure};
pub use crate::stamp::stamp;
pub use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
