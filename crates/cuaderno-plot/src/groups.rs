//! Values in named groups.

use crate::PlotError;
use crate::source::Part;
use std::collections::BTreeMap;

/// One group: its name and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Shown in the legend.
    pub name: String,
    /// In any order; what cannot be drawn is left out and counted.
    pub values: Vec<f64>,
}

/// Values, either all together or split into named groups.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Groups {
    /// What the groups are, for example the column `class`; heads the legend.
    pub heading: String,
    /// The groups in the order they are drawn.
    pub groups: Vec<Group>,
}

impl Groups {
    /// All values together.
    pub fn single(values: impl Into<Vec<f64>>) -> Self {
        Self { heading: String::new(), groups: vec![Group { name: String::new(), values: values.into() }] }
    }

    /// Groups that are split already, in the order given. The quick way for millions of values.
    pub fn from_parts(heading: impl Into<String>, parts: Vec<(String, Vec<f64>)>) -> Self {
        let groups = parts.into_iter().map(|(name, values)| Group { name, values }).collect();
        Self { heading: heading.into(), groups }
    }

    /// Groups as a table has them, of its first column.
    pub(crate) fn of_parts(heading: &str, parts: Vec<Part>) -> Self {
        let group = |mut part: Part| Group { name: part.name, values: std::mem::take(&mut part.columns[0]) };
        Self { heading: heading.to_owned(), groups: parts.into_iter().map(group).collect() }
    }

    /// Splits values by one label for each; groups are sorted by name, so that a class has the same colour in every figure.
    ///
    /// # Errors
    /// If there is not one label for each value.
    pub fn split(heading: impl Into<String>, values: &[f64], labels: &[impl AsRef<str>]) -> Result<Self, PlotError> {
        let labels: Vec<&str> = labels.iter().map(AsRef::as_ref).collect();
        Self::split_strs(heading.into(), values, &labels)
    }

    fn split_strs(heading: String, values: &[f64], labels: &[&str]) -> Result<Self, PlotError> {
        PlotError::check_lengths(&format!("groups `{heading}`"), labels.len(), "values", values.len())?;
        let mut groups: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for (label, value) in labels.iter().zip(values) {
            groups.entry(label).or_default().push(*value);
        }
        let parts = groups.into_iter().map(|(name, values)| (name.to_owned(), values)).collect();
        Ok(Self::from_parts(heading, parts))
    }

    /// Whether there are names to show.
    pub(crate) fn named(&self) -> bool {
        self.groups.iter().any(|group| !group.name.is_empty())
    }

    /// All values of all groups together, in the order of the groups.
    pub(crate) fn all(&self) -> Vec<f64> {
        self.groups.iter().flat_map(|group| group.values.iter().copied()).collect()
    }
}
