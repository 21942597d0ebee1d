//! What an analysis can start from.

use crate::Result;
use crate::error::{EdaError, quoted};
use crate::waiting::Waiting;
use cuaderno_display::nearest_name;
use polars::prelude::{
    Column, DataFrame, DataType, Engine, Expr, IntoLazy, LazyFrame, NonExistent, PlSmallStr, PlanCallback, Schema,
    SchemaRef, TimeUnit, lit,
};
use std::sync::{Arc, Mutex, PoisonError};

/// A table that is computed ([`DataFrame`]) or described ([`LazyFrame`]); every analysis takes both, and steps that change
/// a table give the same kind back.
///
/// A lazy table is computed by polars' streaming engine, which holds only the rows at work and what the result needs.
pub trait Table: Sized {
    /// The table as a plan. Costs nothing: data is shared.
    fn plan(&self) -> LazyFrame;

    /// The table of this kind that a plan describes.
    ///
    /// # Errors
    /// What polars reports while reading or computing, for a computed table.
    fn from_plan(plan: LazyFrame) -> Result<Self>;

    /// The table of this kind with these rows. Costs nothing.
    fn from_rows(rows: DataFrame) -> Self;

    /// The table itself if it is computed.
    fn computed(&self) -> Option<&DataFrame>;

    /// The table computed. Costs nothing for a [`DataFrame`].
    ///
    /// # Errors
    /// What polars reports while reading or computing.
    fn rows(&self) -> Result<DataFrame> {
        self.computed().cloned().map_or_else(|| stream(self.plan()), Ok)
    }
}

impl Table for DataFrame {
    fn plan(&self) -> LazyFrame {
        self.clone().lazy()
    }

    fn from_plan(plan: LazyFrame) -> Result<Self> {
        stream(plan)
    }

    fn from_rows(rows: DataFrame) -> Self {
        rows
    }

    fn computed(&self) -> Option<&DataFrame> {
        Some(self)
    }
}

impl Table for LazyFrame {
    fn plan(&self) -> LazyFrame {
        self.clone()
    }

    fn from_plan(plan: LazyFrame) -> Result<Self> {
        Ok(plan)
    }

    fn from_rows(rows: DataFrame) -> Self {
        rows.lazy()
    }

    fn computed(&self) -> Option<&DataFrame> {
        None
    }
}

/// Computes a plan with the streaming engine.
pub(crate) fn stream(plan: LazyFrame) -> Result<DataFrame> {
    // One plan has one result; only collect_all gives several.
    Ok(plan.collect_with_engine(Engine::Streaming)?.unwrap_single())
}

/// Gives every piece of a lazy table to `fold`, in the order of the rows, holding one piece at a time; `waiting` counts rows.
/// Ends early, with [`EdaError::Interrupted`], when the user interrupts.
pub(crate) fn fold_batches<S: Send + 'static>(
    plan: LazyFrame,
    waiting: Waiting,
    state: S,
    fold: impl Fn(&mut S, &DataFrame) -> Result<()> + Send + Sync + 'static,
) -> Result<S> {
    let shared = Arc::new(Mutex::new((Some(state), Ok(()))));
    let inner = Arc::clone(&shared);
    // The callback answers whether to stop.
    let callback = PlanCallback::new(move |batch: DataFrame| {
        let mut guard = inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (state, outcome) = &mut *guard;
        if let Some(state) = state {
            *outcome = fold(state, &batch).and_then(|()| waiting.more(batch.height() as u64));
        }
        Ok(outcome.is_err())
    });
    plan.sink_batches(callback, true, None)?.collect_with_engine(Engine::Streaming)?;
    let mut guard = shared.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::replace(&mut guard.1, Ok(()))?;
    guard.0.take().ok_or(EdaError::Interrupted)
}

/// The column of this name. polars' own `col` takes `*` and `^…$` for patterns over all columns.
pub(crate) fn named(name: impl Into<PlSmallStr>) -> Expr {
    Expr::Column(name.into())
}

/// Dates and times as the clocks of the column's own zone showed them, in microseconds and without a zone: what a day or an
/// hour is depends on where one looks.
pub(crate) fn wall_clock(dates: Expr, dtype: &DataType) -> Expr {
    let local = match dtype {
        DataType::Datetime(_, Some(_)) => dates.dt().replace_time_zone(None, lit("earliest"), NonExistent::Raise),
        _ => dates,
    };
    local.cast(DataType::Datetime(TimeUnit::Microseconds, None))
}

/// [`wall_clock`] of a column.
pub(crate) fn wall_clock_column(dates: &Column) -> Result<Column> {
    let (name, dtype) = (dates.name().clone(), dates.dtype().clone());
    let table = DataFrame::new(dates.len(), vec![dates.clone()])?;
    let local = table.lazy().select([wall_clock(named(name.clone()), &dtype)]).collect()?;
    Ok(local.column(&name)?.clone())
}

/// The columns of a plan with their types.
pub(crate) fn schema(plan: &LazyFrame) -> Result<SchemaRef> {
    Ok(plan.clone().collect_schema()?)
}

/// The type of a column.
///
/// # Errors
/// [`EdaError::NoSuchColumn`], naming the columns there are.
pub(crate) fn dtype_of(schema: &Schema, column: &str) -> Result<DataType> {
    schema.get(column).cloned().ok_or_else(|| {
        let near = nearest_name(column, schema.iter_names().map(PlSmallStr::as_str));
        EdaError::NoSuchColumn {
            column: column.to_owned(),
            near: near.map(|near| format!(" did you mean \"{near}\"?")).unwrap_or_default(),
            available: quoted(schema.iter_names()),
        }
    })
}

/// The type of a column that must satisfy a test.
///
/// # Errors
/// [`EdaError::NoSuchColumn`], or [`EdaError::WrongType`] with these words.
pub(crate) fn expect_type(
    schema: &Schema,
    column: &str,
    what: &'static str,
    expected: &'static str,
    test: impl Fn(&DataType) -> bool,
) -> Result<DataType> {
    let dtype = dtype_of(schema, column)?;
    if test(&dtype) {
        return Ok(dtype);
    }
    Err(EdaError::WrongType { what, column: column.to_owned(), found: dtype.to_string(), expected })
}
