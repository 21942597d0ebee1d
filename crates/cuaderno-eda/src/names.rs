//! Column names and expressions, one or several, as arguments.

use crate::error::{EdaError, Result};
use crate::table::dtype_of;
use polars::prelude::{Expr, PolarsResult, Schema};

/// Names of columns: one (`"class"`) or several (`["class", "subreddit"]`).
#[diagnostic::on_unimplemented(
    message = "the name of a column, or several, is expected here, and `{Self}` is none",
    note = "write \"class\" for one column, [\"class\", \"subreddit\"] for several"
)]
pub trait Names {
    /// Whether several could have been named, even if it is one.
    const LIST: bool;

    /// The names, in their order.
    fn names(self) -> Vec<String>;
}

/// Expressions of columns: one (`col("ups").mean()`) or several (`[col("ups").mean(), len()]`).
#[diagnostic::on_unimplemented(
    message = "an expression of columns, or several, is expected here, and `{Self}` is none",
    note = "write col(\"ups\") for a column, lit(10) for a number, col(\"ups\").gt(lit(10)) for a condition"
)]
pub trait Exprs {
    /// The expressions, in their order.
    ///
    /// # Errors
    /// What polars says of one that could not be made: its `over` gives a `Result`, which may stand here as it is.
    fn exprs(self) -> Result<Vec<Expr>>;
}

macro_rules! one {
    ($($name:ty),*) => {$(
        impl Names for $name {
            const LIST: bool = false;

            fn names(self) -> Vec<String> {
                vec![self.to_string()]
            }
        }
    )*};
}
one!(&str, &&str, &String, String);

macro_rules! several {
    ($([$($of:tt)*] $name:ty),*) => {$(
        impl<$($of)*> Names for $name {
            const LIST: bool = true;

            fn names(self) -> Vec<String> {
                self.iter().map(|name| name.to_string()).collect()
            }
        }
    )*};
}
several!([const N: usize] [&str; N], [const N: usize] &[&str; N], [const N: usize] [String; N], [] &[&str], [] Vec<&str>,
    [] &Vec<&str>, [] &[String], [] Vec<String>, [] &Vec<String>);

impl Exprs for Expr {
    fn exprs(self) -> Result<Vec<Expr>> {
        Ok(vec![self])
    }
}

impl Exprs for PolarsResult<Expr> {
    fn exprs(self) -> Result<Vec<Expr>> {
        Ok(vec![self?])
    }
}

impl<const N: usize> Exprs for [Expr; N] {
    fn exprs(self) -> Result<Vec<Expr>> {
        Ok(self.into())
    }
}

impl Exprs for Vec<Expr> {
    fn exprs(self) -> Result<Vec<Expr>> {
        Ok(self)
    }
}

/// Checks that the columns are there, each once.
///
/// # Errors
/// [`EdaError::NoSuchColumn`], or a name that is there twice.
pub(crate) fn check_names(schema: &Schema, names: &[String], what: &str) -> Result<()> {
    for (place, name) in names.iter().enumerate() {
        dtype_of(schema, name)?;
        if names[..place].contains(name) {
            return Err(EdaError::BadArgument(format!("{what} names the column \"{name}\" twice; name it once")));
        }
    }
    Ok(())
}

/// Checks that the columns of expressions are there, which polars would say with its plan drawn below.
///
/// # Errors
/// [`EdaError::NoSuchColumn`].
pub(crate) fn check_exprs(schema: &Schema, exprs: &[Expr]) -> Result<()> {
    for part in exprs.iter().flatten() {
        if let Expr::Column(name) = part {
            dtype_of(schema, name)?;
        }
    }
    Ok(())
}
