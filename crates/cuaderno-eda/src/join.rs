//! Posts with their comments.

use crate::table::{dtype_of, named as col, schema};
use crate::{EdaError, Result, Table};
use polars::prelude::{JoinType, LazyFrame, MaintainOrderJoin, UniqueKeepStrategy};

/// Every row of `left` with all rows of `right` whose key is the same, or with missing values where there is none: a left
/// join, as `left_join(posts, comments, by = c("id" = "submission_id"), suffix = …)` in R.
///
/// `on` names the key in each table; the result has it once, under the left name. Of other columns that both tables have, the
/// left one gets the first suffix and the right one the second: `author.publication`, `author.comment`. A column of the right
/// table with the name of the left key gets its suffix too. Missing keys match nothing. The result is of the kind of `right`:
/// lazy comments stay lazy.
///
/// Computed rows keep the order of `left`, and where one has several matches, that of `right`. The rows of a lazy result come
/// in any order, another one each time: an order would hold all of `right` in memory and cost about twice the time. Sort them
/// before drawing from them.
///
/// # Errors
/// A key is absent, the keys are of different types, or a suffixed name is taken.
pub fn left_join<T: Table>(left: &impl Table, right: &T, on: [&str; 2], suffixes: [&str; 2]) -> Result<T> {
    // Few posts and all comments: polars would hold a table of all of them to find those of the posts.
    let is_few = left.computed().is_some_and(|left| match right.computed() {
        Some(right) => right.height() / FEW > left.height(),
        None => left.height() <= FEW_ROWS,
    });
    let order = match right.computed() {
        Some(_) => MaintainOrderJoin::LeftRight,
        None => MaintainOrderJoin::None,
    };
    T::from_plan(joined(left.plan(), right.plan(), on, suffixes, order, is_few)?)
}

/// The left table is few rows against a right one so many times as long, and of any length up to this.
const FEW: usize = 4;
const FEW_ROWS: usize = 1 << 20;

/// The rows of the right table whose key is among those of the left, in their order where that matters.
fn of_these(right: LazyFrame, left: &LazyFrame, on: [&str; 2], order: MaintainOrderJoin) -> LazyFrame {
    let keys = left.clone().select([col(on[0])]).unique(None, UniqueKeepStrategy::Any);
    let order = match order {
        MaintainOrderJoin::None => MaintainOrderJoin::None,
        _ => MaintainOrderJoin::Left,
    };
    let join = right.join_builder().with(keys).left_on([col(on[1])]).right_on([col(on[0])]);
    join.how(JoinType::Semi).maintain_order(order).finish()
}

fn joined(
    left: LazyFrame,
    right: LazyFrame,
    on: [&str; 2],
    suffixes: [&str; 2],
    order: MaintainOrderJoin,
    is_few: bool,
) -> Result<LazyFrame> {
    let (left_schema, right_schema) = (schema(&left)?, schema(&right)?);
    let types = [dtype_of(&left_schema, on[0])?, dtype_of(&right_schema, on[1])?];
    if types[0] != types[1] {
        return Err(EdaError::BadArgument(format!(
            "left_join compares \"{}\" ({}) with \"{}\" ({}); cast one to the type of the other",
            on[0], types[0], on[1], types[1]
        )));
    }
    let left_names: Vec<String> = left_schema
        .iter_names()
        .map(|name| {
            let shared = name.as_str() != on[0] && name.as_str() != on[1] && right_schema.contains(name);
            if shared { format!("{name}{}", suffixes[0]) } else { name.to_string() }
        })
        .collect();
    let right_names: Vec<String> = right_schema
        .iter_names()
        .map(|name| {
            let shared = name.as_str() != on[1] && left_schema.contains(name);
            if shared { format!("{name}{}", suffixes[1]) } else { name.to_string() }
        })
        .collect();
    let mut all: Vec<&String> = left_names.iter().chain(right_names.iter().filter(|name| *name != on[1])).collect();
    all.sort_unstable();
    if let Some(pair) = all.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(EdaError::BadArgument(format!(
            "left_join would make two columns \"{}\"; choose two different suffixes, or rename one",
            pair[0]
        )));
    }
    let right = match is_few {
        true => of_these(right, &left, on, order),
        false => right,
    };
    let left = left.rename(left_schema.iter_names(), &left_names, true);
    let right = right.rename(right_schema.iter_names(), &right_names, true);
    let join = left.join_builder().with(right).left_on([col(on[0])]).right_on([col(on[1])]);
    Ok(join.how(JoinType::Left).maintain_order(order).finish())
}
