//! From a table of posts to the labels of their pictures.

use crate::eda::{self, EdaError, Table};
use crate::images::ImageSet;
use polars::prelude::*;
use std::collections::HashMap;
use std::path::Path;

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

/// Pictures that a table lists.
pub trait PicturesOfTable: Sized {
    /// The pictures of a folder that a table names, with their classes: a row each, in the table's order. `id` is the column of names,
    /// with or without the files' endings, or of paths below the folder; `class` that of the classes; `size` is `[height, width]`.
    ///
    /// ```no_run
    /// use cuaderno::prelude::*;
    /// let posts = read_posts("posts.tsv")?;
    /// let pictures = ImageSet::from_table(&posts, "id", "class", "thumbnails", [64, 64])?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Says in a line how many pictures are missing or cannot be read, and how many rows have no id or class: such are left out.
    ///
    /// # Errors
    /// In one line, if a column is absent or the folder is not there, or none of the pictures can be read.
    fn from_table<T: Table>(
        table: &T,
        id: &str,
        class: &str,
        folder: impl AsRef<Path>,
        size: [usize; 2],
    ) -> eda::Result<Self>;

    /// The rows of a table that belong to these pictures, in the pictures' order: so that what a table says and what is seen can be
    /// learnt side by side. `id` is the column by which the pictures were found.
    ///
    /// # Errors
    /// If the column is absent, or a picture has no row.
    fn rows_of<T: Table>(&self, table: &T, id: &str) -> eda::Result<DataFrame>;
}

impl PicturesOfTable for ImageSet {
    fn from_table<T: Table>(
        table: &T,
        id: &str,
        class: &str,
        folder: impl AsRef<Path>,
        size: [usize; 2],
    ) -> eda::Result<Self> {
        of_rows(&table.rows()?, id, class, folder.as_ref(), size)
    }

    fn rows_of<T: Table>(&self, table: &T, id: &str) -> eda::Result<DataFrame> {
        rows_of(self, &table.rows()?, id)
    }
}

fn of_rows(table: &DataFrame, id: &str, class: &str, folder: &Path, size: [usize; 2]) -> eda::Result<ImageSet> {
    // Whatever they are: ids are often numbers.
    let (ids, classes) = (eda::texts(table, id)?, eda::texts(table, class)?);
    let pairs: Vec<(String, String)> = ids.into_iter().zip(classes).filter_map(|(id, class)| id.zip(class)).collect();
    let without = table.height() - pairs.len();
    if without > 0 {
        println!("{without} of {} rows have no {id} or no {class} and are left out", table.height());
    }
    ImageSet::from_ids(folder, &pairs, size).map_err(|error| EdaError::BadArgument(error.to_string()))
}

fn rows_of(pictures: &ImageSet, table: &DataFrame, id: &str) -> eda::Result<DataFrame> {
    let ids = eda::texts(table, id)?;
    let mut places = HashMap::new();
    for (place, id) in ids.iter().enumerate() {
        places.entry(id.as_deref()).or_insert(place as IdxSize);
    }
    let names = (0..pictures.len()).filter_map(|index| pictures.name(index).ok());
    let place = |name: &str| {
        places.get(&Some(name)).copied().ok_or_else(|| {
            EdaError::BadArgument(format!(
                "picture \"{name}\" has no row: no value of column \"{id}\" is this; give the table by which the pictures were found"
            ))
        })
    };
    let places = names.map(place).collect::<eda::Result<Vec<IdxSize>>>()?;
    Ok(table.take(&IdxCa::from_vec("".into(), places))?)
}
