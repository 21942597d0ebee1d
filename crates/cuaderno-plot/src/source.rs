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
}

/// What a figure remembers of its table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    pub(crate) source: Option<Arc<dyn Source>>,
    /// Those that the figure shows.
    pub(crate) columns: Vec<String>,
    pub(crate) by: Option<String>,
}

impl Origin {
    /// Reads the table again, in groups or panels.
    pub(crate) fn read(&self, facet: Option<&str>) -> Result<Rows, PlotError> {
        self.read_columns(&self.columns, self.by.as_deref(), facet)
    }

    /// Reads any columns of numbers.
    pub(crate) fn read_columns(
        &self,
        columns: &[String],
        by: Option<&str>,
        facet: Option<&str>,
    ) -> Result<Rows, PlotError> {
        let found = || "a figure of numbers".to_owned();
        const EXPECTED: &str =
            "a figure of a table, as in histogram(&posts, \"score\")?; numbers are split by `grouped`";
        let source = self.source.as_ref().ok_or_else(|| PlotError::Setting {
            what: "what is split or read again",
            found: found(),
            expected: EXPECTED,
        })?;
        source.read(columns, by, facet)
    }
}

/// Gives a figure that a table can be the source of its methods for that. The figure has a field `origin` and a method
/// `fill`, which takes a panel's data.
macro_rules! of_table {
    ($name:ident) => {
        impl $name {
            #[doc(hidden)]
            pub fn of_table(
                source: std::sync::Arc<dyn $crate::source::Source>,
                columns: Vec<String>,
            ) -> Result<Self, $crate::PlotError> {
                let mut figure = Self::of_nothing();
                figure.origin = $crate::source::Origin { source: Some(source), columns, by: None };
                let rows = figure.origin.read(None)?;
                Ok(figure.with_rows(rows))
            }

            /// Splits a figure of a table by the values of a column: a colour for each, in the order of the values, rows
            /// without a value last.
            ///
            /// # Errors
            /// If the column is absent or has more than 20 different values, or the figure is not one of a table.
            pub fn by(mut self, column: &str) -> Result<Self, $crate::PlotError> {
                self.origin.by = Some(column.to_owned());
                let rows = self.origin.read(None)?;
                Ok(self.with_rows(rows))
            }

            /// A panel for each value of a column of the table, with the same axes in all; after `by`, with the same colours.
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
                    facets.say_colors(&self.frame, &parts);
                    let rows =
                        $crate::source::Rows { heading: rows.heading.clone(), panels: vec![(String::new(), parts)] };
                    let mut panel = self.clone().with_rows(rows).title(name);
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

            pub(crate) fn with_rows(mut self, mut rows: $crate::source::Rows) -> Self {
                let parts = rows.panels.pop().map(|(_, parts)| parts).unwrap_or_default();
                self.fill(&rows.heading, parts);
                self
            }
        }
    };
}
pub(crate) use of_table;
