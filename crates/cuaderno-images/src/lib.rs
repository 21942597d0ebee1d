//! Pictures with labels: from folders, from ids in a table, from archives and binary records, into a network.
//!
//! An [`ImageSet`] holds pictures of one size, decoded, with class names; it is what `cuaderno-nn` trains on.
//!
//! ```no_run
//! use cuaderno_images::ImageSet;
//!
//! # fn main() -> Result<(), cuaderno_images::ImagesError> {
//! let cells = ImageSet::from_folder("blood-cells/TRAIN", [150, 150])?; // a class per sub-folder
//! let (train, validation) = cells.split([0.8, 0.2], 7)?;
//! let normalization = train.normalization()?; // fitted on train only
//! let (train, validation) = (train.normalized(&normalization), validation.normalized(&normalization));
//! # Ok(())
//! # }
//! ```
//!
//! Where to look: [`Loader`] for the order of classes, the way of resizing and the memory budget; [`Augmentation`] for Keras's
//! random transformations; [`open_image`] for a single picture.

mod archive;
mod arrays;
mod augmentation;
mod cifar;
mod class_chart;
mod error;
mod explained;
mod folder;
mod grid;
mod ids;
mod idx;
mod known;
mod loader;
mod mistakes;
mod normalization;
mod own;
mod picture;
mod preparation;
mod preview;
mod random;
mod resize;
mod saved;
mod scaling;
mod set;
mod split;
mod store;
mod symmetric;
mod transform;
mod warp;
mod whitening;
mod work;

pub use augmentation::Augmentation;
pub use cifar::CifarLabels;
pub use cuaderno_decode::Unreadable;
pub use cuaderno_plot::ImageGrid;
pub use error::ImagesError;
pub use known::{Split, cifar10, cifar100, fashion_mnist, fetched, mnist};
pub use loader::Loader;
pub use normalization::Normalization;
pub use own::{Classify, IntoPicture};
pub use picture::{Picture, open_image, open_upright};
pub use resize::Interpolation;
pub use scaling::Scaling;
pub use set::ImageSet;
pub use split::Fractions;
pub use warp::Fill;
pub use whitening::Whitening;
