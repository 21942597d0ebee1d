//! Predictions as a table, to be filtered, joined and written.

use crate::images::ImageSet;
use crate::nn::{Examples as _, Predictions};
use polars::prelude::*;

/// The table of a set's predictions.
pub trait PredictionsTable {
    /// One row a picture, in the set's order: `picture` (its id or path), `class` (where the set has classes), `predicted` and the
    /// `probability` of that.
    ///
    /// ```
    /// use cuaderno::prelude::*;
    /// let photos = ImageSet::from_arrays(&[0, 255], &[0, 1], [1, 1, 1], &["dark", "light"])?;
    /// cnn! { Small: [1, 1, 1] => [flatten, dense(2), softmax] }
    /// let table = Small::new(7).predict(&photos)?.table(&photos)?;
    /// assert_eq!(table.get_column_names(), ["picture", "class", "predicted", "probability"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the predictions are those of another number of pictures.
    fn table(&self, pictures: &ImageSet) -> PolarsResult<DataFrame>;
}

impl PredictionsTable for Predictions {
    fn table(&self, pictures: &ImageSet) -> PolarsResult<DataFrame> {
        let count = ImageSet::len(pictures);
        polars_ensure!(
            self.len() == count,
            ShapeMismatch: "{} predictions do not belong to {count} pictures; hand over the set that was predicted", self.len()
        );
        let name_of = |class: usize| self.class_names.get(class).map_or("", String::as_str);
        let pictures_named: Vec<&str> = (0..count).filter_map(|index| pictures.name(index).ok()).collect();
        let probabilities: Vec<f64> =
            self.classes.iter().enumerate().map(|(index, &class)| f64::from(self.row(index)[class])).collect();
        let predicted: Vec<&str> = self.classes.iter().map(|&class| name_of(class)).collect();
        let mut table = df!("picture" => pictures_named, "predicted" => predicted, "probability" => probabilities)?;
        let names = pictures.class_names();
        if !names.is_empty() {
            let classes: Vec<&str> = (0..count).map(|index| names[pictures.label(index)].as_str()).collect();
            table.insert_column(1, Column::new("class".into(), classes))?;
        }
        Ok(table)
    }
}
