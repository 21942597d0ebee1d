//! Gathering what a summary needs, batch by batch.

use super::Summary;
use super::quartiles::five_numbers;
use crate::Result;
use crate::table::{named as col, wall_clock_column};
use polars::prelude::{Column, DataFrame, DataType, LazyFrame, PlSmallStr, Schema, TimeUnit};

/// What is known of every column so far.
pub(super) struct Columns {
    rows: usize,
    columns: Vec<(PlSmallStr, DataType, Known)>,
}

/// What is known of one column so far.
enum Known {
    /// The values, for quartiles. Eight bytes a row: ten million rows take 80 MB.
    Numbers {
        values: Vec<f64>,
        sum: f64,
        missing: usize,
    },
    Logicals {
        truths: usize,
        missing: usize,
    },
    Texts {
        missing: usize,
    },
}

impl Columns {
    pub fn new(schema: &Schema) -> Self {
        let columns = schema
            .iter()
            .map(|(name, dtype)| {
                let known = match dtype {
                    DataType::Boolean => Known::Logicals { truths: 0, missing: 0 },
                    dtype if is_number(dtype) || is_date(dtype) => {
                        Known::Numbers { values: Vec::new(), sum: 0.0, missing: 0 }
                    }
                    _ => Known::Texts { missing: 0 },
                };
                (name.clone(), dtype.clone(), known)
            })
            .collect();
        Self { rows: 0, columns }
    }

    /// The plan that reads what is needed: of texts, only whether they are there.
    pub fn reading(&self, plan: LazyFrame) -> LazyFrame {
        let columns: Vec<_> = self
            .columns
            .iter()
            .map(|(name, _, known)| match known {
                Known::Texts { .. } => col(name.clone()).is_not_null().alias(name.clone()),
                _ => col(name.clone()),
            })
            .collect();
        plan.select(columns)
    }

    /// Adds the rows of a batch, read as they are or by [`reading`](Self::reading).
    pub fn add(&mut self, batch: &DataFrame) -> Result<()> {
        self.rows += batch.height();
        for (name, dtype, known) in &mut self.columns {
            let column = batch.column(name)?;
            match known {
                Known::Texts { missing } => {
                    *missing += match column.bool() {
                        Ok(there) if *dtype != DataType::Boolean => there.len() - there.sum().unwrap_or(0) as usize,
                        _ => column.null_count(),
                    }
                }
                Known::Logicals { truths, missing } => {
                    *truths += column.bool()?.sum().unwrap_or(0) as usize;
                    *missing += column.null_count();
                }
                Known::Numbers { values, sum, missing } => {
                    let before = values.len();
                    let numbers = as_numbers(column)?;
                    values.extend(numbers.f64()?.iter().flatten().filter(|value| !value.is_nan()));
                    *missing += batch.height() - (values.len() - before);
                    *sum += block_sum(&values[before..]);
                }
            }
        }
        Ok(())
    }

    pub fn finish(self) -> Result<Summary> {
        let rows = self.rows;
        let (mut numbers, mut dates, mut logicals, mut texts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (name, dtype, known) in self.columns {
            match known {
                Known::Numbers { mut values, sum, missing } => {
                    let mean = sum / values.len() as f64;
                    let six =
                        five_numbers(&mut values).map(|[min, q1, median, q3, max]| [min, q1, median, mean, q3, max]);
                    if is_date(&dtype) {
                        let six = six.map(|six| local(six, &dtype)).transpose()?;
                        dates.push((name, six, missing));
                    } else {
                        numbers.push((name, six, missing));
                    }
                }
                Known::Logicals { truths, missing } => logicals.push((name, rows - missing - truths, truths, missing)),
                Known::Texts { missing } => texts.push((name, rows, dtype.to_string(), missing)),
            }
        }
        Ok(Summary {
            rows,
            numbers: numbers_frame(&numbers)?,
            dates: with_dates(numbers_frame(&dates)?)?,
            logicals: DataFrame::new(
                logicals.len(),
                vec![
                    names(logicals.iter().map(|row| &row.0)),
                    counts("false", logicals.iter().map(|row| row.1)),
                    counts("true", logicals.iter().map(|row| row.2)),
                    counts("missing", logicals.iter().map(|row| row.3)),
                ],
            )?,
            texts: DataFrame::new(
                texts.len(),
                vec![
                    names(texts.iter().map(|row| &row.0)),
                    counts("length", texts.iter().map(|row| row.1)),
                    Column::new("class".into(), texts.iter().map(|row| row.2.as_str()).collect::<Vec<_>>()),
                    counts("missing", texts.iter().map(|row| row.3)),
                ],
            )?,
        })
    }
}

/// The six numbers of each column, in the order R prints them.
const SIX: [&str; 6] = ["min", "q1", "median", "mean", "q3", "max"];

fn numbers_frame(rows: &[(PlSmallStr, Option<[f64; 6]>, usize)]) -> Result<DataFrame> {
    let mut columns = vec![names(rows.iter().map(|row| &row.0))];
    for (place, name) in SIX.into_iter().enumerate() {
        let values: Vec<Option<f64>> = rows.iter().map(|row| row.1.map(|six| six[place])).collect();
        columns.push(Column::new(name.into(), values));
    }
    columns.push(counts("missing", rows.iter().map(|row| row.2)));
    Ok(DataFrame::new(rows.len(), columns)?)
}

/// Microseconds back to dates and times.
fn with_dates(mut frame: DataFrame) -> Result<DataFrame> {
    for name in SIX {
        let dates =
            frame.column(name)?.cast(&DataType::Int64)?.cast(&DataType::Datetime(TimeUnit::Microseconds, None))?;
        frame.with_column(dates)?;
    }
    Ok(frame)
}

/// Microseconds since 1970 in UTC as the clocks of the column's zone showed them.
fn local(microseconds: [f64; 6], dtype: &DataType) -> Result<[f64; 6]> {
    let DataType::Datetime(_, zone @ Some(_)) = dtype else { return Ok(microseconds) };
    let instants = Column::new("instants".into(), microseconds.map(|at| at as i64).to_vec());
    let instants = instants.cast(&DataType::Datetime(TimeUnit::Microseconds, zone.clone()))?;
    let shown = wall_clock_column(&instants)?.cast(&DataType::Int64)?;
    Ok(std::array::from_fn(|place| shown.i64().ok().and_then(|shown| shown.get(place)).unwrap_or_default() as f64))
}

fn names<'n>(names: impl Iterator<Item = &'n PlSmallStr>) -> Column {
    Column::new("column".into(), names.map(PlSmallStr::as_str).collect::<Vec<_>>())
}

fn counts(name: &'static str, counts: impl Iterator<Item = usize>) -> Column {
    Column::new(name.into(), counts.map(|count| count as u64).collect::<Vec<_>>())
}

/// A sum whose rounding error does not grow with the number of values.
fn block_sum(values: &[f64]) -> f64 {
    values.chunks(4096).map(|block| block.iter().sum::<f64>()).sum()
}

fn is_number(dtype: &DataType) -> bool {
    dtype.is_primitive_numeric() || dtype.is_decimal()
}

fn is_date(dtype: &DataType) -> bool {
    matches!(dtype, DataType::Date | DataType::Datetime(..))
}

/// Numbers as they are, dates and times as microseconds since 1970 (exact in a float until the year 2255).
fn as_numbers(column: &Column) -> Result<Column> {
    let column = match column.dtype() {
        DataType::Date | DataType::Datetime(..) => {
            column.cast(&DataType::Datetime(TimeUnit::Microseconds, None))?.cast(&DataType::Int64)?
        }
        _ => column.clone(),
    };
    Ok(column.cast(&DataType::Float64)?)
}
