//! From a table of posts to the labels of their pictures.

use polars::prelude::*;

/// Pairs of id and class, as `ImageSet::from_ids` takes them. A row without one of the two has no picture to learn from and is left out.
///
/// ```
/// use cuaderno::prelude::*;
/// let posts = df!("id" => ["a", "b"], "class" => [Some("Other"), None])?;
/// assert_eq!(ids_and_classes(&posts, "id", "class")?, [("a".to_string(), "Other".to_string())]);
/// # Ok::<(), PolarsError>(())
/// ```
///
/// # Errors
/// When a column is missing or holds no text.
pub fn ids_and_classes(table: &DataFrame, id: &str, class: &str) -> PolarsResult<Vec<(String, String)>> {
    let (ids, classes) = (table.column(id)?.str()?, table.column(class)?.str()?);
    let pairs = ids.iter().zip(classes.iter()).filter_map(|(id, class)| Some((id?.to_owned(), class?.to_owned())));
    Ok(pairs.collect())
}
