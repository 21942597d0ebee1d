//! Copies that cost nothing.

use polars::prelude::{DataFrame, Expr, LazyFrame, Series};

/// A value whose copies share what it holds. A cell that moves such a variable and fails gives it back as it was.
pub trait Saved {
    /// A copy.
    fn saved(&self) -> Self;
}

macro_rules! saved {
    ($($type:ty)*) => {
        $(impl Saved for $type {
            fn saved(&self) -> Self {
                self.clone()
            }
        })*
    };
}

saved! { DataFrame Expr LazyFrame Series }
