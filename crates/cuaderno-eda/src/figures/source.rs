//! A table as the source of a figure.

use super::columns;
use crate::EdaError;
use cuaderno_plot::{PlotError, Rows, Source};
use polars::prelude::LazyFrame;
use std::fmt;

/// A table, whole or still to be computed, that figures read columns from.
#[derive(Clone)]
pub(super) struct TableSource(pub(super) LazyFrame);

impl fmt::Debug for TableSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table")
    }
}

impl Source for TableSource {
    fn read(&self, names: &[String], by: Option<&str>, facet: Option<&str>) -> std::result::Result<Rows, PlotError> {
        columns::read(&self.0, names, by, facet).map_err(|error| match error {
            EdaError::Plot(error) => error,
            error => PlotError::Table(Box::new(error)),
        })
    }
}
