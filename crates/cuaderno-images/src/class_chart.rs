//! How many pictures each class has, drawn.

use crate::{ImageSet, ImagesError};
use cuaderno_plot::Bar;

/// More names than these do not fit side by side.
const BESIDE: usize = 10;

impl ImageSet {
    /// A bar chart of how many pictures each class has, in the order of the classes; horizontal where there are more than ten.
    ///
    /// # Errors
    /// [`ImagesError::Unlabelled`] if the set has no classes.
    pub fn class_chart(&self) -> Result<Bar, ImagesError> {
        let (names, counts): (Vec<String>, Vec<usize>) = self.class_counts().into_iter().unzip();
        let heights: Vec<f64> = counts.into_iter().map(|count| count as f64).collect();
        if names.is_empty() {
            return Err(ImagesError::Unlabelled { what: "counted by class" });
        }
        let chart = Bar::new(&names, heights).expect("one count for each class");
        let (chart, across, along) = match names.len() > BESIDE {
            true => (chart.horizontal(), "pictures", "class"),
            false => (chart, "class", "pictures"),
        };
        Ok(chart.title("Pictures of each class").x_label(across).y_label(along))
    }
}
