//! A table as the source of a figure.

use super::columns;
use crate::table::{named as col, schema, stream};
use crate::{EdaError, Result, Table};
use cuaderno_plot::{PlotError, Rows, Source};
use polars::prelude::{DataFrame, LazyFrame};
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// A table that a figure reads its columns from when it is shown: once, however often it is shown.
pub(super) struct TableSource {
    plan: LazyFrame,
    /// Columns that have been read, or all of a table in memory.
    known: Mutex<DataFrame>,
}

impl TableSource {
    pub(super) fn new(table: &impl Table) -> Self {
        Self { plan: table.plan(), known: Mutex::new(table.computed().cloned().unwrap_or_default()) }
    }

    /// What is known already, if these columns are.
    fn known(&self, names: &[&str]) -> Option<DataFrame> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        names.iter().all(|name| known.column(name).is_ok()).then(|| known.clone())
    }

    /// A table with at least these columns.
    fn with(&self, names: &[&str]) -> Result<DataFrame> {
        if let Some(known) = self.known(names) {
            return Ok(known);
        }
        let mut names = names.to_vec();
        names.sort_unstable();
        names.dedup();
        let rows = stream(self.plan.clone().select(names.into_iter().map(col).collect::<Vec<_>>()))?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = rows.clone();
        Ok(rows)
    }
}

impl fmt::Debug for TableSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table")
    }
}

impl Source for TableSource {
    fn read(&self, names: &[String], by: Option<&str>, facet: Option<&str>) -> std::result::Result<Rows, PlotError> {
        let wanted: Vec<&str> = names.iter().map(String::as_str).chain(by).chain(facet).collect();
        let read = || {
            columns::check(&*schema(&self.plan)?, names, wanted.iter().copied())?;
            columns::split(&self.with(&wanted)?, names, by, facet)
        };
        read().map_err(told)
    }

    fn check(&self, names: &[String], by: Option<&str>) -> std::result::Result<(), PlotError> {
        let check = || {
            columns::check(&*schema(&self.plan)?, names, names.iter().map(String::as_str).chain(by))?;
            match by.and_then(|by| Some((self.known(&[by])?, by))) {
                Some((known, by)) => columns::few_enough(&known, by),
                None => Ok(()),
            }
        };
        check().map_err(told)
    }
}

fn told(error: EdaError) -> PlotError {
    match error {
        EdaError::Plot(error) => error,
        error => PlotError::Table(Box::new(error)),
    }
}
