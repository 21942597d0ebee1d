//! Rows of a table as examples: some columns go into a network, others are to be predicted.

use crate::display::{MimeBundle, Rich, Table as Shown};
use crate::eda::{self, Classes, EdaError, Names, Table};
use crate::nn::{Examples, NetworkError, PREPARED_ROWS};
use polars::prelude::DataFrame;
use std::fmt;
use std::sync::Arc;

/// Rows of numbers with their classes, or with the numbers that are to be predicted. Networks whose input is a row, `[14]`, learn from
/// them as others do from pictures.
///
/// ```
/// use cuaderno::prelude::*;
///
/// let titles = df!("capitals" => [3, 40, 5, 38], "words" => [9, 11, 8, 12], "class" => ["Other", "Satire", "Other", "Satire"])?;
/// let train = Rows::from_table(&titles, ["capitals", "words"], "class")?.standardized();
/// cnn! { Titles: [2] => [dense(8), relu, dense(2), softmax] }
/// let mut model = Titles::new(42);
/// model.fit(&train, &Fit::new().epochs(20).optimizer(Optimizer::adam(0.05)))?;
///
/// // New rows are prepared as those that were learnt from.
/// let new = df!("capitals" => [41], "words" => [10], "class" => ["Satire"])?;
/// assert_eq!(model.predict(&train.like(&new)?)?.classes, [1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Rows {
    columns: Arc<[String]>,
    /// `[rows, columns]`.
    values: Arc<[f32]>,
    answers: Arc<Answers>,
    scales: Option<Arc<[Scale]>>,
}

/// What is to be predicted.
enum Answers {
    /// Nothing is known.
    None,
    /// Of a column.
    Classes(String, Classes),
    Numbers(eda::Matrix),
}

/// How a column's values are brought to a mean of 0 and a deviation of 1.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    mean: f64,
    deviation: f64,
}

impl Rows {
    /// These columns of a table, and the class of each row: texts, whole numbers or true and false.
    ///
    /// # Errors
    /// A column is absent or holds something else, or a value is missing: nothing is left out in silence.
    pub fn from_table<T: Table>(table: &T, columns: impl Names, class: &str) -> eda::Result<Self> {
        Self::of(&table.rows()?, columns.names(), Asked::Class(class))
    }

    /// These columns of a table, and the numbers that are to be predicted from them: `Rows::regression(&flats, ["rooms", "area"],
    /// "rent")?`. A network has one output for each, without softmax or sigmoid.
    ///
    /// # Errors
    /// As [`from_table`](Self::from_table).
    pub fn regression<T: Table>(table: &T, columns: impl Names, numbers: impl Names) -> eda::Result<Self> {
        Self::of(&table.rows()?, columns.names(), Asked::Numbers(&numbers.names()))
    }

    /// These columns of a table, of which nothing else is known: a network can predict them, but not learn from them.
    ///
    /// # Errors
    /// As [`from_table`](Self::from_table).
    pub fn unlabelled<T: Table>(table: &T, columns: impl Names) -> eda::Result<Self> {
        Self::of(&table.rows()?, columns.names(), Asked::Nothing)
    }

    fn of(table: &DataFrame, columns: Vec<String>, asked: Asked) -> eda::Result<Self> {
        let mut known = columns.iter();
        let twice = match asked {
            Asked::Class(class) => known.find(|column| *column == class),
            Asked::Numbers(numbers) => known.find(|column| numbers.contains(column)),
            Asked::Nothing => None,
        };
        if let Some(column) = twice {
            return Err(EdaError::BadArgument(format!(
                "column \"{column}\" is to be predicted and stands among those to predict from; leave it out there"
            )));
        }
        let answers = match asked {
            Asked::Nothing => Answers::None,
            Asked::Class(class) => Answers::Classes(class.to_owned(), eda::classes(table, class)?),
            Asked::Numbers(numbers) => Answers::Numbers(eda::matrix(table, numbers)?),
        };
        let found = eda::matrix(table, columns)?;
        Ok(Self {
            columns: found.columns.into(),
            values: found.values.into(),
            answers: Arc::new(answers),
            scales: None,
        })
    }

    /// The same rows, each column minus its mean, divided by its deviation (with divisor n, as scikit-learn's `StandardScaler`), both
    /// taken over these rows: for the training part, [`like`](Self::like) gives the others. A column that never changes is divided by 1.
    pub fn standardized(&self) -> Self {
        if self.scales.is_some() {
            return self.clone();
        }
        let (width, count) = (self.columns.len(), self.len().max(1) as f64);
        let scale = |column: usize| {
            let values = || self.values.iter().skip(column).step_by(width).map(|value| f64::from(*value));
            let mean = values().sum::<f64>() / count;
            let deviation = (values().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt();
            Scale { mean, deviation: if deviation > 0.0 { deviation } else { 1.0 } }
        };
        self.scaled((0..width).map(scale).collect())
    }

    /// Values as they are in the table, scaled.
    fn scaled(&self, scales: Arc<[Scale]>) -> Self {
        let scaled = |(value, scale): (&f32, &Scale)| ((f64::from(*value) - scale.mean) / scale.deviation) as f32;
        let values = self.values.iter().zip(scales.iter().cycle()).map(scaled).collect();
        Self { values, scales: Some(scales), ..self.clone() }
    }

    /// The rows of another table, prepared as these: the same columns, the same classes in the same order or the same numbers, scaled by
    /// means and deviations of these. A table without what is to be predicted gives rows that can be predicted only.
    ///
    /// # Errors
    /// As [`from_table`](Self::from_table), or if a class is not among those of these rows.
    pub fn like<T: Table>(&self, table: &T) -> eda::Result<Self> {
        self.like_rows(&table.rows()?)
    }

    fn like_rows(&self, table: &DataFrame) -> eda::Result<Self> {
        let has = |name: &String| table.get_column_index(name).is_some();
        let asked = match &*self.answers {
            Answers::Classes(class, _) if has(class) => Asked::Class(class),
            Answers::Numbers(numbers) if numbers.columns.iter().all(has) => Asked::Numbers(&numbers.columns),
            _ => Asked::Nothing,
        };
        let mut rows = Self::of(table, self.columns.to_vec(), asked)?;
        if let (Answers::Classes(column, known), Answers::Classes(_, found)) = (&*self.answers, &*rows.answers) {
            let label = |(row, label): (usize, &usize)| {
                let name = &found.names[*label];
                known.names.iter().position(|class| class == name).ok_or_else(|| {
                    EdaError::BadArgument(format!(
                        "column \"{column}\": row {row} is \"{name}\", which is not among the classes that are known ({}); leave such \
                         rows out, or make both parts from one table",
                        known.names.join(", ")
                    ))
                })
            };
            let labels = found.labels.iter().enumerate().map(label).collect::<Result<_, _>>()?;
            rows.answers = Arc::new(Answers::Classes(column.clone(), Classes { names: known.names.clone(), labels }));
        }
        Ok(match &self.scales {
            Some(scales) => rows.scaled(scales.clone()),
            None => rows,
        })
    }

    /// These rows, and beside each the values that another set has for the same example: features of its picture, what another network
    /// says of it. Both have the same examples in the same order.
    ///
    /// # Errors
    /// If there are not as many examples, or one has another class.
    pub fn beside(&self, other: &dyn Examples) -> Result<Self, NetworkError> {
        let refused =
            |setting, found, advice: &str| Err(NetworkError::Setting { setting, found, advice: advice.into() });
        if other.len() != self.len() {
            let found = format!("{} beside {} rows", other.len(), self.len());
            return refused("the number of examples", found, "both need the same examples in the same order");
        }
        let differs = |index: &usize| match &*self.answers {
            Answers::Classes(_, classes) => {
                classes.names.get(classes.labels[*index]) != other.class_names().get(other.label(*index))
            }
            _ => false,
        };
        if let Some(row) = (0..self.len()).find(|index| !other.class_names().is_empty() && differs(index)) {
            let class = other.class_names().get(other.label(row)).map_or("", String::as_str);
            let found = format!("{class:?} there, another here");
            return refused(
                "the class of a row",
                format!("{found}, in row {row}"),
                "both need the same examples in the same order",
            );
        }
        let [channels, height, width] = other.image_shape();
        let more = channels * height * width;
        let mut values = Vec::with_capacity(self.values.len() + other.len() * more);
        let mut row = vec![0.0; more];
        for index in 0..self.len() {
            values.extend_from_slice(self.row(index));
            other.write_plain(index, &mut row);
            values.extend_from_slice(&row);
        }
        let names = self.columns.iter().cloned().chain((1..=more).map(|value| format!("value {value}")));
        // The new columns are not in any table, so there is nothing to scale them by.
        Ok(Self { columns: names.collect(), values: values.into(), scales: None, ..self.clone() })
    }

    /// The rows with these indices, in this order.
    ///
    /// # Errors
    /// If there is no such row.
    pub fn subset(&self, indices: &[usize]) -> Result<Self, NetworkError> {
        if let Some(index) = indices.iter().find(|index| **index >= self.len()) {
            let advice = format!("there are {} rows, counted from 0", self.len());
            return Err(NetworkError::Setting { setting: "the row", found: index.to_string(), advice });
        }
        let chosen = |values: &[f32], width: usize| -> Vec<f32> {
            indices.iter().flat_map(|index| &values[index * width..(index + 1) * width]).copied().collect()
        };
        let answers = match &*self.answers {
            Answers::None => Answers::None,
            Answers::Classes(column, Classes { names, labels }) => {
                let labels = indices.iter().map(|index| labels[*index]).collect();
                Answers::Classes(column.clone(), Classes { names: names.clone(), labels })
            }
            Answers::Numbers(eda::Matrix { columns, values }) => {
                Answers::Numbers(eda::Matrix { columns: columns.clone(), values: chosen(values, columns.len()) })
            }
        };
        let values = chosen(&self.values, self.columns.len()).into();
        Ok(Self { values, answers: Arc::new(answers), ..self.clone() })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.values.len() / self.columns.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// What goes into the network, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The values of one row, as the network sees them.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, index: usize) -> &[f32] {
        let width = self.columns.len();
        &self.values[index * width..(index + 1) * width]
    }
}

/// What is to be predicted, by its columns.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Nothing,
    Class(&'a str),
    Numbers(&'a [String]),
}

impl Examples for Rows {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn image_shape(&self) -> [usize; 3] {
        [self.columns.len(), 1, 1]
    }

    fn class_names(&self) -> &[String] {
        match &*self.answers {
            Answers::Classes(_, classes) => &classes.names,
            Answers::None | Answers::Numbers(_) => &[],
        }
    }

    fn label(&self, index: usize) -> usize {
        match &*self.answers {
            Answers::Classes(_, classes) => classes.labels[index],
            Answers::None | Answers::Numbers(_) => 0,
        }
    }

    fn target_names(&self) -> &[String] {
        match &*self.answers {
            Answers::Numbers(numbers) => &numbers.columns,
            Answers::None | Answers::Classes(..) => &[],
        }
    }

    fn write_targets(&self, index: usize, out: &mut [f32]) {
        if let Answers::Numbers(numbers) = &*self.answers {
            out.copy_from_slice(&numbers.values[index * out.len()..(index + 1) * out.len()]);
        }
    }

    /// A network that has learnt from rows takes only such as were prepared in the same way: others would be answered without sense.
    fn preparation(&self) -> Option<String> {
        let columns = self.columns.join(", ");
        Some(match &self.scales {
            None => format!("{PREPARED_ROWS}{columns}"),
            Some(scales) => {
                // The numbers themselves, every bit.
                let scales = scales.iter().map(|scale| format!("{}/{}", scale.mean, scale.deviation));
                format!("{PREPARED_ROWS}{columns}; standardized by {}", scales.collect::<Vec<_>>().join(" "))
            }
        })
    }

    fn varies(&self) -> bool {
        false
    }

    fn write_image(&self, index: usize, _: usize, out: &mut [f32]) {
        out.copy_from_slice(self.row(index));
    }
}

impl Rich for Rows {
    fn mime_bundle(&self) -> MimeBundle {
        let predicted = match &*self.answers {
            Answers::None => "of which nothing is to be predicted".to_owned(),
            Answers::Classes(column, classes) => {
                let counts = classes.names.iter().enumerate().map(|(label, name)| {
                    let count = classes.labels.iter().filter(|known| **known == label).count();
                    format!("{name} {count}")
                });
                format!("to predict {column}: {}", counts.collect::<Vec<_>>().join(", "))
            }
            Answers::Numbers(numbers) => format!("to predict {}", numbers.columns.join(", ")),
        };
        let heading = ["column", "mean", "deviation"].map(String::from).to_vec();
        let rows = self.columns.iter().enumerate().map(|(place, name)| {
            let scale = self.scales.as_ref().map(|scales| scales[place]);
            let shown =
                |value: fn(Scale) -> f64| scale.map_or("–".to_owned(), |scale| format!("{:.4}", value(scale)));
            vec![name.clone(), shown(|scale| scale.mean), shown(|scale| scale.deviation)]
        });
        let scaled = if self.scales.is_some() { "standardized by" } else { "not standardized" };
        let note =
            format!("{} rows {predicted}; {scaled}{}", self.len(), if self.scales.is_some() { " these" } else { "" });
        Shown::headed([heading].into_iter().chain(rows)).note(note).mime_bundle()
    }
}

/// Not the values.
impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Rows");
        shown.field("len", &self.len()).field("columns", &self.columns).field("class_names", &self.class_names());
        shown.field("target_names", &self.target_names()).finish_non_exhaustive()
    }
}
