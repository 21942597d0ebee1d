//! Comparing what a student found with what should be found.

use dfdx::prelude::{HasShape, Shape, Tensor};
use dfdx::tensor::Cpu;
use polars::prelude::{AnyValue, DataFrame, Series};

/// How much of what was asked is there, and what is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    share: f64,
    message: String,
}

impl Verdict {
    /// All of it.
    pub fn right() -> Self {
        Self { share: 1.0, message: String::new() }
    }

    /// None of it, and why.
    pub fn wrong(message: impl Into<String>) -> Self {
        Self { share: 0.0, message: message.into() }
    }

    /// Share of the points, `0.0..=1.0`.
    pub fn share(&self) -> f64 {
        self.share
    }

    /// What was expected and found, for the student.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl From<bool> for Verdict {
    fn from(holds: bool) -> Self {
        if holds { Self::right() } else { Self::wrong("this does not hold") }
    }
}

/// For part of the points: `right` things of `all`.
pub fn share(right: usize, all: usize) -> Verdict {
    let share = if all == 0 { 0.0 } else { (right as f64 / all as f64).min(1.0) };
    let message = if share < 1.0 { format!("{right} of {all} right") } else { String::new() };
    Verdict { share, message }
}

/// Whether two values are equal.
pub fn same<T: PartialEq<E> + std::fmt::Debug, E: std::fmt::Debug>(found: T, expected: E) -> Verdict {
    if found == expected {
        return Verdict::right();
    }
    Verdict::wrong(format!("expected {}, found {}", short(&format!("{expected:?}")), short(&format!("{found:?}"))))
}

/// Whether numbers, lists of numbers, tensors or tables are equal up to `tolerance` in each number.
///
/// Tables must have the same columns, in any order, and the same rows in the same order; text and dates must be equal.
pub fn close(found: impl Comparable, expected: impl Comparable, tolerance: f64) -> Verdict {
    match difference(found.values(), expected.values(), tolerance) {
        None => Verdict::right(),
        Some(difference) => Verdict::wrong(difference),
    }
}

/// What [`close`] compares.
pub trait Comparable {
    /// The values, in a form that does not depend on the type.
    fn values(&self) -> Values;
}

/// Values of any [`Comparable`].
#[derive(Clone, Debug)]
pub enum Values {
    /// One number.
    Number(f64),
    /// A list or tensor: its shape, and its numbers, the last axis first.
    Numbers(Vec<usize>, Vec<f64>),
    /// A table.
    Table(DataFrame),
}

impl Values {
    fn kind(&self) -> String {
        match self {
            Self::Number(_) => "a number".to_owned(),
            Self::Numbers(shape, _) if shape.len() == 1 => format!("{} numbers", shape[0]),
            Self::Numbers(shape, _) => format!("a tensor of shape {shape:?}"),
            Self::Table(_) => "a table".to_owned(),
        }
    }
}

fn difference(found: Values, expected: Values, tolerance: f64) -> Option<String> {
    match (&found, &expected) {
        (Values::Number(found), Values::Number(expected)) => number(*found, *expected, tolerance),
        (Values::Numbers(shape, found), Values::Numbers(expected_shape, expected)) if shape == expected_shape => {
            let mut pairs = found.iter().zip(expected).enumerate();
            pairs.find_map(|(index, (found, expected))| {
                Some(format!("at {}: {}", place(index, shape), number(*found, *expected, tolerance)?))
            })
        }
        (Values::Table(found), Values::Table(expected)) => table(found, expected, tolerance),
        _ => Some(format!("expected {}, found {}", expected.kind(), found.kind())),
    }
}

fn number(found: f64, expected: f64, tolerance: f64) -> Option<String> {
    let equal = (found - expected).abs() <= tolerance || found == expected || (found.is_nan() && expected.is_nan());
    (!equal).then(|| {
        let margin = if tolerance > 0.0 { format!(" ± {tolerance}") } else { String::new() };
        format!("expected {expected}{margin}, found {found}")
    })
}

/// Where a number stands, counted from 0 along each axis.
fn place(mut index: usize, shape: &[usize]) -> String {
    let mut place: Vec<usize> = Vec::new();
    for length in shape.iter().rev() {
        place.insert(0, index % length);
        index /= length;
    }
    format!("{place:?}")
}

fn table(found: &DataFrame, expected: &DataFrame, tolerance: f64) -> Option<String> {
    let names = |table: &DataFrame| {
        let mut names: Vec<String> = table.columns().iter().map(|column| column.name().to_string()).collect();
        names.sort();
        names
    };
    if names(found) != names(expected) {
        return Some(format!("expected the columns {}, found {}", names(expected).join(", "), names(found).join(", ")));
    }
    if found.height() != expected.height() {
        return Some(format!("expected {} rows, found {}", expected.height(), found.height()));
    }
    expected.columns().iter().find_map(|wanted| {
        let there = found.column(wanted.name()).ok()?;
        let unequal = column(there.as_materialized_series(), wanted.as_materialized_series(), tolerance)?;
        Some(format!("column `{}`, {unequal}", wanted.name()))
    })
}

fn column(found: &Series, expected: &Series, tolerance: f64) -> Option<String> {
    let (found, expected) = (found.rechunk(), expected.rechunk());
    found.iter().zip(expected.iter()).enumerate().find_map(|(row, (found, expected))| {
        let unequal = match (float(&found), float(&expected)) {
            (Some(found), Some(expected)) => number(found, expected, tolerance)?,
            _ if found == expected || (found.is_null() && expected.is_null()) => return None,
            _ => format!("expected {}, found {}", short(&expected.to_string()), short(&found.to_string())),
        };
        Some(format!("row {}: {unequal}", row + 1))
    })
}

fn float(value: &AnyValue<'_>) -> Option<f64> {
    if value.is_primitive_numeric() { value.extract() } else { None }
}

fn short(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl Comparable for $number {
            fn values(&self) -> Values {
                Values::Number(*self as f64)
            }
        }

        impl Comparable for [$number] {
            fn values(&self) -> Values {
                Values::Numbers(vec![self.len()], self.iter().map(|&number| number as f64).collect())
            }
        }
    )+};
}
numbers!(f32, f64, i32, i64, u8, u32, u64, usize);

impl<T: Comparable + ?Sized> Comparable for &T {
    fn values(&self) -> Values {
        (**self).values()
    }
}

impl<T> Comparable for Vec<T>
where
    [T]: Comparable,
{
    fn values(&self) -> Values {
        self.as_slice().values()
    }
}

impl<T, const N: usize> Comparable for [T; N]
where
    [T]: Comparable,
{
    fn values(&self) -> Values {
        self.as_slice().values()
    }
}

impl<S: Shape, T> Comparable for Tensor<S, f32, Cpu, T> {
    fn values(&self) -> Values {
        Values::Numbers(
            self.shape().concrete().into_iter().collect(),
            self.as_vec().into_iter().map(f64::from).collect(),
        )
    }
}

impl Comparable for DataFrame {
    fn values(&self) -> Values {
        Values::Table(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dfdx::prelude::*;
    use polars::prelude::df;

    fn message(verdict: Verdict) -> String {
        assert_eq!(verdict.share(), 0.0, "{verdict:?}");
        verdict.message().to_owned()
    }

    #[test]
    fn numbers_of_any_type_compare() {
        assert_eq!(close(2_usize, 2.0, 0.0), Verdict::right());
        assert_eq!(close(f32::NAN, f64::NAN, 0.0), Verdict::right());
        assert_eq!(message(close(0.5_f32, 0.75, 0.1)), "expected 0.75 ± 0.1, found 0.5");
        assert_eq!(message(close(f64::NAN, 0.75, 0.1)), "expected 0.75 ± 0.1, found NaN");
    }

    #[test]
    fn lists_name_the_first_difference() {
        assert_eq!(close(vec![1.0, 2.0], [1.05, 1.95], 0.1), Verdict::right());
        assert_eq!(message(close(&[1, 2, 4][..], vec![1, 2, 3], 0.0)), "at [2]: expected 3, found 4");
        assert_eq!(message(close(vec![1.0], [1.0, 2.0], 0.0)), "expected 2 numbers, found 1 numbers");
    }

    #[test]
    fn tensors_compare_shapes_first() {
        let cpu = Cpu::default();
        let found = cpu.tensor([[1.0_f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(close(&found, &found, 0.0), Verdict::right());
        let flat: dfdx::tensor::Tensor<Rank1<6>, f32, Cpu> = cpu.tensor([1.0; 6]);
        assert_eq!(message(close(&found, flat, 0.0)), "expected 6 numbers, found a tensor of shape [2, 3]");
        let other = cpu.tensor([[1.0_f32, 2.0, 3.0], [4.0, 7.0, 6.0]]);
        assert_eq!(message(close(&found, &other, 0.5)), "at [1, 1]: expected 7 ± 0.5, found 5");
    }

    #[test]
    fn tables_compare_by_name_and_row() {
        let expected = df!("class" => ["Other", "Disinformation"], "count" => [3_u32, 4]).unwrap();
        let reordered = df!("count" => [3.0, 4.0], "class" => ["Other", "Disinformation"]).unwrap();
        assert_eq!(close(&reordered, &expected, 0.0), Verdict::right());
        let wrong = df!("class" => ["Other", "other"], "count" => [3, 4]).unwrap();
        let said = message(close(&wrong, &expected, 0.0));
        assert_eq!(said, "column `class`, row 2: expected \"Disinformation\", found \"other\"");
        let renamed = df!("kind" => ["Other"], "count" => [3]).unwrap();
        assert_eq!(message(close(&renamed, &expected, 0.0)), "expected the columns class, count, found count, kind");
        assert_eq!(message(close(expected.head(Some(1)), &expected, 0.0)), "expected 2 rows, found 1");
    }

    #[test]
    fn long_values_are_cut() {
        let said = message(same("x".repeat(1000), "y".repeat(1000)));
        assert!(said.chars().count() < 300, "{said}");
    }
}
