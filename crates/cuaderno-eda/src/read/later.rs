//! Files too large for memory, as a plan: polars asks for rows and columns when a result is wanted, and holds only those at work.
//!
//! polars cuts a table in memory into pieces of about 100,000 rows and works on a piece for each thread at a time. So the plan
//! begins with a table of nothing but row numbers, under the names of the columns, and the function behind it puts in their
//! place what the file holds in these rows. Columns that nobody asks for are dropped before.
//!
//! A plain `collect` does not cut tables, it calls each function once. So the plan is made of several such tables, one below
//! the other: polars takes them in turn, filters each before the next, and stops when a `limit` is reached.

use super::block::{self, Layout};
use super::compact::{compact, one_below_the_other};
use super::field::{Field, schema};
use super::file::bytes;
use crate::Result;
use crate::waiting::Waiting;
use polars::prelude::{
    AllowedOptimizations, DataFrame, IdxSize, IntoColumn, IntoLazy, LazyFrame, NamedFrom, PlSmallStr, PolarsError,
    PolarsResult, Schema, SchemaExt, Series,
};
use rayon::prelude::*;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Places of a table, about 64 MB of text. The first tables are smaller, for those who want to see a few rows.
const MOST_PLACES: usize = 16;
/// For this many tables polars plans at once; of larger files they are larger.
const MOST_TABLES: usize = 200;

/// Rows of a file, known but not held.
#[derive(Debug)]
pub(super) struct Place {
    /// Which of the files.
    pub file: usize,
    pub bytes: Range<u64>,
    pub rows: usize,
}

/// Files and where their rows stand.
pub(super) struct Files {
    fields: &'static [Field<'static>],
    files: Vec<(PathBuf, Layout<'static>)>,
    places: Vec<Place>,
    /// The row each place begins with, and at the end the number of all rows.
    first_rows: Vec<usize>,
    waiting: Mutex<Option<Arc<Waiting>>>,
}

impl Files {
    pub fn new(fields: &'static [Field<'static>], files: Vec<(PathBuf, Layout<'static>)>, places: Vec<Place>) -> Self {
        let mut first_rows = vec![0];
        first_rows.extend(places.iter().scan(0, |rows, place| {
            *rows += place.rows;
            Some(*rows)
        }));
        Self { fields, files, places, first_rows, waiting: Mutex::new(None) }
    }

    /// The rows as a plan.
    pub fn plan(self) -> Result<LazyFrame> {
        let files = Arc::new(self);
        let (mut tables, mut places, mut size) = (Vec::new(), 0..0, 1);
        let most = MOST_PLACES.max(files.places.len() / MOST_TABLES);
        while tables.is_empty() || places.end < files.places.len() {
            places = places.end..files.places.len().min(places.end + size);
            tables.push(Self::table_plan(&files, places.clone())?);
            size = (2 * size).min(most);
        }
        match &tables[..] {
            [table] => Ok(table.clone()),
            _ => Ok(one_below_the_other(tables)?),
        }
    }

    /// The rows at these places as a plan.
    fn table_plan(files: &Arc<Self>, places: Range<usize>) -> Result<LazyFrame> {
        let rows = files.first_rows[places.start] as IdxSize..files.first_rows[places.end] as IdxSize;
        let numbers = Series::new(PlSmallStr::EMPTY, rows.collect::<Vec<_>>());
        // The columns share their memory: four bytes a row.
        let columns =
            files.fields.iter().map(|field| numbers.clone().with_name(field.name.into()).into_column()).collect();
        let fields = schema(files.fields);
        let columns_of = move |numbers: &Schema| -> PolarsResult<Arc<Schema>> {
            Ok(Arc::new(numbers.iter_names().filter_map(|name| fields.get_field(name)).collect()))
        };
        let allowed = AllowedOptimizations::PROJECTION_PUSHDOWN | AllowedOptimizations::STREAMING;
        let rows = DataFrame::new(numbers.len(), columns)?.lazy();
        let files = Arc::clone(files);
        let filled =
            rows.map(move |numbers| files.fill(&numbers), allowed, Some(Arc::new(columns_of)), Some("rows of files"));
        Ok(compact(filled))
    }

    /// The rows with these numbers, which follow each other.
    fn fill(&self, numbers: &DataFrame) -> PolarsResult<DataFrame> {
        let names = numbers.get_column_names();
        let wanted = |field: &Field<'_>| names.iter().any(|name| name.as_str() == field.name);
        let first = match numbers.columns().first() {
            Some(column) if !column.is_empty() => column.get(0)?.extract::<usize>().unwrap_or(0),
            _ => return DataFrame::empty_with_schema(&schema(self.fields)).select(names),
        };
        let end = first + numbers.height();
        self.waiting(first).reached(end as u64).map_err(|error| PolarsError::ComputeError(error.to_string().into()))?;
        let from = self.first_rows.partition_point(|row| *row <= first) - 1;
        let to = self.first_rows.partition_point(|row| *row < end);
        let tables: Vec<DataFrame> =
            self.places[from..to].par_iter().map(|place| self.table(place, wanted)).collect::<PolarsResult<_>>()?;
        stack(tables)?.slice((first - self.first_rows[from]) as i64, numbers.height()).select(names)
    }

    fn table(&self, place: &Place, wanted: impl Fn(&Field<'_>) -> bool) -> PolarsResult<DataFrame> {
        let (path, layout) = &self.files[place.file];
        let changed = |what: &dyn std::fmt::Display| {
            let message = format!("{}: {what}; run the cell that reads it again", path.display());
            PolarsError::ComputeError(message.into())
        };
        let bytes = bytes(path, place.bytes.clone()).map_err(|error| changed(&error))?;
        let block = block::read(&bytes, 0..bytes.len(), layout, wanted, true).map_err(|error| changed(&error))?;
        if block.rows == place.rows { Ok(block.table) } else { Err(changed(&"the file has changed")) }
    }

    /// The progress of the query at work. A new one begins with the first row.
    fn waiting(&self, first: usize) -> Arc<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if first == 0 {
            *waiting = None;
        }
        let total = *self.first_rows.last().unwrap_or(&0) as u64;
        Arc::clone(waiting.get_or_insert_with(|| Arc::new(Waiting::new("reading", total, "rows"))))
    }
}

/// Tables of the same columns, one below the other.
pub(super) fn stack(tables: impl IntoIterator<Item = DataFrame>) -> PolarsResult<DataFrame> {
    let mut tables = tables.into_iter();
    let mut all = tables.next().unwrap_or_default();
    for table in tables {
        all.vstack_mut_owned(table)?;
    }
    Ok(all)
}
