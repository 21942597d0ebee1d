//! Why a file does not fit: all differences, the first one explained.

use crate::architecture::Family;
use crate::{ZooError, mobilenet};
use std::path::{Path, PathBuf};

/// Differences that are written out.
const LISTED: usize = 8;

/// Differences between a file and a model, in the order of the layers.
pub(crate) struct Mismatches {
    path: PathBuf,
    model: String,
    family: Family,
    /// Name and kind of each difference, and advice.
    found: Vec<(String, String)>,
    /// The alpha that a file of MobileNetV2 was made for, where a shape tells.
    alpha: Option<f64>,
}

impl Mismatches {
    pub fn new(path: &Path, model: &str, family: Family) -> Self {
        Self { path: path.into(), model: model.to_owned(), family, found: Vec::new(), alpha: None }
    }

    pub fn missing(&mut self, name: &str, expected: &[usize]) {
        let is_top = ["predictions", "fc", "classifier"].iter().any(|top| name.starts_with(top));
        let advice = if is_top {
            "the file is without top; leave out `.with_top(…)`"
        } else {
            "it belongs to another network, or names its layers otherwise than Keras and torchvision do"
        };
        self.found.push((format!("{name} {expected:?} is missing"), advice.into()));
    }

    pub fn dtype(&mut self, name: &str, found: &str) {
        let advice = "store 32-bit numbers".into();
        self.found.push((format!("{name} is stored as {found}, not F32"), advice));
    }

    pub fn shape(&mut self, name: &str, found: &[usize], expected: &[usize]) {
        if name == "block_16_project/kernel" && matches!(self.family, Family::MobileNetV2 { .. }) {
            self.alpha = found.last().and_then(|channels| mobilenet::alpha_of(*channels));
        }
        self.found.push((format!("{name} is {found:?}, the model's {expected:?}"), self.reason(name, found, expected)));
    }

    pub fn unknown(&mut self, name: &str) {
        let advice = "the file is of a larger or of another network".into();
        self.found.push((format!("{name} is not in the model"), advice));
    }

    /// What probably went wrong with a shape.
    fn reason(&self, name: &str, found: &[usize], expected: &[usize]) -> String {
        let sorted = |shape: &[usize]| {
            let mut shape = shape.to_vec();
            shape.sort_unstable();
            shape
        };
        if name.starts_with("fc1/") || name.starts_with("classifier.0") {
            return "a top with dense layers fits one size of pictures; use .input([3, 224, 224])".into();
        }
        if ["predictions", "classifier", "fc."].iter().any(|top| name.starts_with(top)) {
            return "the file's top has another number of classes; set it by .with_top(classes)".into();
        }
        if sorted(found) == sorted(expected) {
            return "the axes are in another order: names of one library, layout of another".into();
        }
        match self.family {
            Family::MobileNetV2 { .. } => "the file was made for another alpha".into(),
            _ => "the file is of another network".into(),
        }
    }

    /// The first difference, explained, and the names of the others.
    pub fn verdict(mut self) -> Result<(), ZooError> {
        let Some((first, mut advice)) = self.found.first().cloned() else { return Ok(()) };
        if let Some(alpha) = self.alpha {
            advice = format!("the file is of alpha {alpha}: use mobilenet_v2({alpha})");
        }
        let count = self.found.len();
        let others: Vec<String> = self.found.drain(1..).map(|(difference, _)| difference).collect();
        let mut list = if others.is_empty() {
            String::new()
        } else {
            format!("; also: {}", others[..others.len().min(LISTED)].join(", "))
        };
        if others.len() > LISTED {
            list += &format!(" and {} more", others.len() - LISTED);
        }
        let first = format!("{first}; {advice}");
        Err(ZooError::Mismatch { path: self.path, model: self.model, count, first, others: list })
    }
}
