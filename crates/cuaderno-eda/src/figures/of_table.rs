//! A figure that remembers its table.

use super::columns::Columns;
use crate::Result;
use cuaderno_display::{MimeBundle, Rich};
use cuaderno_plot::{BoxPlot, Density, Figure, Histogram, Line, PlotError, Scatter};
use polars::prelude::LazyFrame;
use std::ops::Deref;
use std::sync::Arc;

/// A figure of a table's columns, that can still be split [`by`](OfTable::by) another column. Everything else it does is what
/// the figure inside does: it shows itself, and `describe`, `svg`, `png`, `save` are there.
#[derive(Clone)]
pub struct OfTable<F> {
    figure: F,
    plan: LazyFrame,
    columns: Vec<String>,
    /// What was said about looks, to say again when the figure is made anew in groups.
    dress: Vec<Dress<F>>,
}

/// One thing said about a figure's looks.
type Dress<F> = Arc<dyn Fn(F) -> std::result::Result<F, PlotError> + Send + Sync>;

/// A figure that can be made from columns of numbers.
pub trait FromColumns: Sized + Figure {
    /// Makes the figure; `names` are the names of the columns.
    ///
    /// # Errors
    /// What the figure finds wrong with them.
    fn from_columns(columns: Columns, names: &[String]) -> Result<Self>;
}

impl<F: FromColumns> OfTable<F> {
    pub(super) fn new(plan: LazyFrame, columns: Vec<String>) -> Result<Self> {
        let figure = F::from_columns(Columns::read(&plan, &columns, None)?, &columns)?;
        Ok(Self { figure, plan, columns, dress: Vec::new() })
    }

    /// Splits the figure by the values of a column: a colour for each, in the order of the values, rows without a value last.
    ///
    /// # Errors
    /// The column is absent or has more than 20 different values.
    pub fn by(self, column: &str) -> Result<Self> {
        let mut figure = F::from_columns(Columns::read(&self.plan, &self.columns, Some(column))?, &self.columns)?;
        for dress in &self.dress {
            figure = dress(figure)?;
        }
        Ok(Self { figure, ..self })
    }

    /// The figure alone, for example as a panel of `Facets`.
    pub fn figure(self) -> F {
        self.figure
    }

    fn dressed(
        mut self,
        dress: impl Fn(F) -> std::result::Result<F, PlotError> + Send + Sync + 'static,
    ) -> std::result::Result<Self, PlotError> {
        self.figure = dress(self.figure)?;
        self.dress.push(Arc::new(dress));
        Ok(self)
    }

    /// As [`dressed`](Self::dressed) for what cannot fail. It takes the figure out of the table's hands and back.
    fn with(self, dress: impl Fn(F) -> F + Send + Sync + 'static) -> Self {
        let Self { figure, plan, columns, dress: mut before } = self;
        let figure = dress(figure);
        before.push(Arc::new(move |figure| Ok(dress(figure))));
        Self { figure, plan, columns, dress: before }
    }
}

impl<F> Deref for OfTable<F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.figure
    }
}

impl<F: Rich> Rich for OfTable<F> {
    fn mime_bundle(&self) -> MimeBundle {
        self.figure.mime_bundle()
    }
}

impl<F: std::fmt::Debug> std::fmt::Debug for OfTable<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.figure.fmt(f)
    }
}

/// Passes methods on to the figure inside.
macro_rules! pass_on {
    ($figure:ident: $($(#[$doc:meta])* $method:ident($($argument:ident: $type:ty),*);)*) => {
        impl OfTable<$figure> {
            /// Sets the title; long ones are broken into lines.
            pub fn title(self, title: impl Into<String>) -> Self {
                let title = title.into();
                self.with(move |figure| figure.title(title.clone()))
            }

            /// Names the x axis, with its unit.
            pub fn x_label(self, label: impl Into<String>) -> Self {
                let label = label.into();
                self.with(move |figure| figure.x_label(label.clone()))
            }

            /// Names the y axis, with its unit.
            pub fn y_label(self, label: impl Into<String>) -> Self {
                let label = label.into();
                self.with(move |figure| figure.y_label(label.clone()))
            }

            /// Adds a line of small print under the figure.
            pub fn caption(self, caption: impl Into<String>) -> Self {
                let caption = caption.into();
                self.with(move |figure| figure.caption(caption.clone()))
            }

            /// Sets width and height in pixels.
            pub fn size(self, width: u32, height: u32) -> Self {
                self.with(move |figure| figure.size(width, height))
            }

            /// Shows x from `low` to `high` only; what lies outside is cut off or counted. For dates in milliseconds since 1970,
            /// UTC, as polars' `timestamp(TimeUnit::Milliseconds)` gives them.
            pub fn x_range(self, low: f64, high: f64) -> Self {
                self.with(move |figure| figure.x_range(low, high))
            }

            /// Shows y from `low` to `high` only.
            pub fn y_range(self, low: f64, high: f64) -> Self {
                self.with(move |figure| figure.y_range(low, high))
            }

            $($(#[$doc])* pub fn $method(self, $($argument: $type),*) -> Self {
                self.with(move |figure| figure.$method($($argument),*))
            })*
        }
    };
}

pass_on! { Histogram:
    /// Spreads the x axis by the logarithm to base 10; values that are not positive are left out and counted.
    log_x();
    /// This many bins of equal width from the least to the greatest value.
    bins(count: usize);
    /// Sets the bars of the groups side by side instead of stacking them.
    side_by_side();
    /// Draws the groups over one another, half transparent.
    overlaid();
}

pass_on! { Density:
    /// Spreads the x axis by the logarithm to base 10; values that are not positive are left out and counted.
    log_x();
}

impl OfTable<Density> {
    /// Sets the standard deviation of the kernel for every group, in units of the x axis; on a log axis, in powers of ten.
    ///
    /// # Errors
    /// If it is not a positive number.
    pub fn bandwidth(self, bandwidth: f64) -> std::result::Result<Self, PlotError> {
        self.dressed(move |figure| figure.bandwidth(bandwidth))
    }
}

pass_on! { BoxPlot:
    /// Spreads the y axis by the logarithm to base 10; values that are not positive are left out and counted.
    log_y();
}

pass_on! { Scatter:
    /// Spreads the x axis by the logarithm to base 10; points that are not positive are left out and counted.
    log_x();
    /// Spreads the y axis by the logarithm to base 10; points that are not positive are left out and counted.
    log_y();
}

pass_on! { Line:
    /// Spreads the x axis by the logarithm to base 10; points that are not positive are left out and counted.
    log_x();
    /// Spreads the y axis by the logarithm to base 10; points that are not positive are left out and counted.
    log_y();
}
