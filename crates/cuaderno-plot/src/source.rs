//! Figures of tables: how a figure comes to its data, whole, in groups, and in panels.

use crate::PlotError;
use std::fmt::Debug;
use std::sync::Arc;

/// Numbers of one group.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// The group's name; empty where there are no groups.
    pub name: String,
    /// The numbers, one list for each column that the figure shows; missing ones are NaN.
    pub columns: Vec<Vec<f64>>,
}

/// A table's numbers, by panel and group.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// What the groups are; empty where there are none.
    pub heading: String,
    /// Panels with the same groups in each, also where one of them is empty.
    pub panels: Vec<(String, Vec<Part>)>,
}

/// A table that a figure can be made from.
pub trait Source: Debug + Send + Sync {
    /// Reads columns of numbers, split by the values of up to two others.
    ///
    /// # Errors
    /// If a column is not there, or has more values than a figure can tell apart.
    fn read(&self, columns: &[String], by: Option<&str>, facet: Option<&str>) -> Result<Rows, PlotError>;

    /// Whether such a reading can succeed, as far as that can be known without reading a file.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn check(&self, columns: &[String], by: Option<&str>) -> Result<(), PlotError>;
}

/// The table of a figure whose numbers are still to be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    pub(crate) source: Option<Arc<dyn Source>>,
    /// Those that the figure shows.
    pub(crate) columns: Vec<String>,
    pub(crate) by: Option<String>,
}

impl Origin {
    /// The table, which a figure of numbers has not.
    pub(crate) fn table(&self) -> Result<&dyn Source, PlotError> {
        self.source.as_deref().ok_or_else(|| PlotError::Setting {
            what: "what is split or read again",
            found: "a figure of numbers".to_owned(),
            expected: "a figure of a table, as in histogram(&posts, \"score\")?; numbers are split by `grouped`",
        })
    }

    /// Reads the table, in groups and panels.
    pub(crate) fn read(&self, facet: Option<&str>) -> Result<Rows, PlotError> {
        self.table()?.read(&self.columns, self.by.as_deref(), facet)
    }

    /// Whether the table can be read.
    pub(crate) fn check(&self) -> Result<(), PlotError> {
        self.table()?.check(&self.columns, self.by.as_deref())
    }
}

/// Gives a figure that a table can be the source of its methods for that. The figure has a field `origin`, a method
/// `fill`, which takes a panel's data, and `swatch`, how a group looks in a legend.
macro_rules! of_table {
    ($name:ident) => {
        impl $name {
            #[doc(hidden)]
            pub fn of_table(source: std::sync::Arc<dyn $crate::source::Source>, columns: Vec<String>) -> Self {
                let mut figure = Self::of_nothing();
                figure.origin = $crate::source::Origin { source: Some(source), columns, by: None };
                figure
            }

            /// Splits a figure of a table by the values of a column: a colour for each, in the order of the values, rows
            /// without a value last. At most 20 values: of a table on disk, which is read when the figure is shown, more are
            /// found only then.
            ///
            /// # Errors
            /// If the column is absent or has more than 20 different values, or the figure is not one of a table.
            pub fn by(mut self, column: &str) -> Result<Self, $crate::PlotError> {
                self.origin.by = Some(column.to_owned());
                self.origin.check()?;
                Ok(self)
            }

            /// A panel for each value of a column of the table, with the same axes in all; after `by`, with the same groups.
            ///
            /// # Errors
            /// If the column is absent or has more than 20 different values, or the figure is not one of a table.
            pub fn facet(mut self, column: &str) -> Result<$crate::Facets, $crate::PlotError> {
                let rows = self.origin.read(Some(column))?;
                let title = std::mem::take(&mut self.frame.title);
                let captions = std::mem::take(&mut self.frame.captions);
                let mut facets = $crate::Facets::new().title(title);
                facets.frame.captions = captions;
                facets.heading = rows.heading.clone();
                for (name, parts) in rows.panels {
                    facets.say_groups(&parts, |group| self.swatch(group));
                    let mut panel = self.clone().with_parts(&rows.heading, parts).title(name);
                    panel.frame.hide_legend = true;
                    facets = facets.add(panel);
                }
                Ok(facets.share_x().share_y())
            }

            /// The figure itself.
            #[doc(hidden)]
            pub fn figure(self) -> Self {
                self
            }

            /// The figure with its numbers, read if it is one of a table.
            pub(crate) fn loaded(&self) -> Result<std::borrow::Cow<'_, Self>, $crate::PlotError> {
                if self.origin.source.is_none() {
                    return Ok(std::borrow::Cow::Borrowed(self));
                }
                let mut rows = self.origin.read(None)?;
                let parts = rows.panels.pop().map(|(_, parts)| parts).unwrap_or_default();
                Ok(std::borrow::Cow::Owned(self.clone().with_parts(&rows.heading, parts)))
            }

            fn with_parts(mut self, heading: &str, parts: Vec<$crate::source::Part>) -> Self {
                self.origin = $crate::source::Origin::default();
                self.fill(heading, parts);
                self
            }
        }
    };
}
pub(crate) use of_table;
