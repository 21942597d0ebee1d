//! Figures straight from tables.
//!
//! `histogram(&posts, "created_at")?.by("class")?` reads the columns, splits them by class, and hands plain slices to
//! `cuaderno_plot`, whose figures say how they look.

mod bars;
mod columns;
mod kinds;
mod source;

pub use bars::{bar, hbar};
pub use kinds::{box_plot, density, heat_map, histogram, line, scatter};
