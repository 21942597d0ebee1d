//! What every cell sees.
pub mod cuaderno {
    #[doc(inline)]
    pub use ::cuaderno::{data, display, eda, ids_and_classes, images, is_sample, nn, plot, prelude, stamp};
}
