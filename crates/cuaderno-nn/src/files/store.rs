//! Named tensors in a safetensors file, written so that a half-written file never bears the name.

use crate::NetworkError;
use crate::network::Taught;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use std::collections::HashMap;
use std::path::Path;

/// The key under which a file says what it holds.
const NOTE: &str = "cuaderno";

/// The key under which a file of weights names the classes they know.
const CLASSES: &str = "classes";

/// The key under which it says how the pictures were prepared.
const PREPARATION: &str = "preparation";

/// What a file holds.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// One line on where the tensors come from.
    pub note: String,
    /// What the weights were trained on, if that is known.
    pub taught: Option<Taught>,
    tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)>,
}

impl Store {
    pub fn new(note: String) -> Self {
        Self { note, ..Self::default() }
    }

    pub fn push(&mut self, name: String, shape: &[usize], values: &[f32]) {
        let bytes = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.tensors.push((name, Dtype::F32, shape.to_vec(), bytes));
    }

    pub fn push_f64(&mut self, name: String, shape: &[usize], values: &[f64]) {
        let bytes = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.tensors.push((name, Dtype::F64, shape.to_vec(), bytes));
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.iter().map(|(name, ..)| name.as_str())
    }

    /// What kind of numbers a tensor holds.
    pub fn dtype(&self, name: &str) -> Option<Dtype> {
        self.tensors.iter().find(|(known, ..)| known == name).map(|(_, dtype, ..)| *dtype)
    }

    /// Shape and values of a tensor of 32-bit numbers.
    pub fn get(&self, name: &str) -> Option<(&[usize], Vec<f32>)> {
        let (_, dtype, shape, bytes) = self.tensors.iter().find(|(known, ..)| known == name)?;
        let values = bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        (*dtype == Dtype::F32).then_some((shape, values))
    }

    /// Values of a tensor of 64-bit numbers.
    pub fn get_f64(&self, name: &str) -> Option<Vec<f64>> {
        let (_, dtype, _, bytes) = self.tensors.iter().find(|(known, ..)| known == name)?;
        (*dtype == Dtype::F64).then(|| bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect())
    }

    /// Writes a file beside the target and then gives it its name.
    pub fn write(&self, path: &Path) -> Result<(), NetworkError> {
        let failed = |source| NetworkError::File { path: path.to_owned(), action: "writing", source };
        let refused = |error: safetensors::SafeTensorError| failed(std::io::Error::other(error.to_string()));
        let views = self
            .tensors
            .iter()
            .map(|(name, dtype, shape, bytes)| Ok((name.as_str(), TensorView::new(*dtype, shape.clone(), bytes)?)));
        let views = views.collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let mut notes = HashMap::from([(NOTE.to_owned(), self.note.clone())]);
        if let Some(Taught { classes, preparation }) = &self.taught {
            notes.insert(CLASSES.to_owned(), joined(classes));
            notes.extend(preparation.iter().map(|preparation| (PREPARATION.to_owned(), preparation.clone())));
        }
        let bytes = serialize(views, Some(notes)).map_err(refused)?;
        cuaderno_plot::write_whole(path, &bytes).map_err(failed)
    }

    pub fn read(path: &Path) -> Result<Self, NetworkError> {
        let failed = |source| NetworkError::File { path: path.to_owned(), action: "reading", source };
        let bytes = cuaderno_display::read_file(path).map_err(failed)?;
        let damaged = |error: safetensors::SafeTensorError| NetworkError::Format {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(damaged)?;
        let said = |key| metadata.metadata().as_ref().and_then(|notes| notes.get(key));
        let note = said(NOTE).cloned().unwrap_or_default();
        let taught =
            said(CLASSES).map(|classes| Taught { classes: parted(classes), preparation: said(PREPARATION).cloned() });
        let found = SafeTensors::deserialize(&bytes).map_err(damaged)?;
        let mut tensors: Vec<_> = found
            .iter()
            .map(|(name, view)| (name.to_owned(), view.dtype(), view.shape().to_vec(), view.data().to_vec()))
            .collect();
        tensors.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Self { note, taught, tensors })
    }
}

/// Names in one text, one a line.
fn joined(names: &[String]) -> String {
    names.iter().map(|name| name.replace('\\', "\\\\").replace('\n', "\\n")).collect::<Vec<_>>().join("\n")
}

/// The names of such a text.
fn parted(text: &str) -> Vec<String> {
    let name = |line: &str| {
        let mut characters = line.chars();
        let next = || match characters.next()? {
            '\\' if characters.next()? == 'n' => Some('\n'),
            '\\' => Some('\\'),
            other => Some(other),
        };
        std::iter::from_fn(next).collect()
    };
    text.split('\n').map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_names_come_back() {
        let names = ["", "a\nb", "c\\nd", "\\", "é, \"f\""].map(String::from);
        assert_eq!(parted(&joined(&names)), names);
    }
}
