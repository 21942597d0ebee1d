//! Files of weights as named tensors: safetensors, and Keras's `.h5` and `.keras`.

use crate::ZooError;
use crate::keras_h5::{self, Stored};
use safetensors::tensor::{Dtype, SafeTensors};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The key under which a safetensors file may bring the names of its classes: a JSON list.
const LABELS: &str = "labels";
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";
const ZIP: &[u8] = b"PK\x03\x04";

/// A file's content.
pub(crate) struct TensorFile {
    pub path: PathBuf,
    pub tensors: BTreeMap<String, Tensor>,
    /// Names of the classes, if the file brings them.
    pub labels: Option<Arc<Vec<String>>>,
    /// Of a file of Keras's the layers that have tensors; of one kind the first is the model's first.
    pub layers: Vec<String>,
    /// Whether that order is not known.
    pub unordered: bool,
    /// The first of them that no layer of a network's own is like, and what it is.
    pub foreign: Option<(String, String)>,
    /// What it says of the model itself, if it does.
    pub config: Option<serde_json::Value>,
    /// Why layers are called by class and number, if they are.
    pub unnamed: Option<&'static str>,
}

/// One of its tensors, in the file's layout.
pub(crate) struct Tensor {
    pub shape: Vec<usize>,
    /// The type's name instead if it is not a 32-bit number.
    pub values: Result<Vec<f32>, String>,
}

impl TensorFile {
    /// Reads a file; its first bytes say of which kind it is.
    pub fn read(path: &Path) -> Result<Self, ZooError> {
        let bytes = cuaderno_display::read_file(path).map_err(|source| ZooError::File { path: path.into(), source })?;
        let broken = |reason| ZooError::Format { path: path.into(), reason };
        let stored = if bytes.starts_with(HDF5) {
            keras_h5::from_h5(bytes).map_err(broken)?
        } else if bytes.starts_with(ZIP) {
            keras_h5::from_keras(&bytes).map_err(broken)?
        } else {
            let (tensors, labels) = from_safetensors(&bytes).map_err(|error| broken(error.to_string()))?;
            return Ok(Self {
                path: path.into(),
                tensors,
                labels,
                layers: Vec::new(),
                unordered: false,
                foreign: None,
                config: None,
                unnamed: None,
            });
        };
        let Stored { tensors, layers, unordered, foreign, config, unnamed } = stored;
        Ok(Self { path: path.into(), tensors, labels: None, layers, unordered, foreign, config, unnamed })
    }
}

type Found = (BTreeMap<String, Tensor>, Option<Arc<Vec<String>>>);

fn from_safetensors(bytes: &[u8]) -> Result<Found, safetensors::SafeTensorError> {
    let (_, metadata) = SafeTensors::read_metadata(bytes)?;
    let labels = metadata.metadata().as_ref().and_then(|notes| notes.get(LABELS));
    let labels = labels.and_then(|text| serde_json::from_str(text).ok()).map(Arc::new);
    let tensors = SafeTensors::deserialize(bytes)?.tensors().into_iter().map(|(name, view)| {
        let values = match view.dtype() {
            Dtype::F32 => Ok(view.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()),
            other => Err(format!("{other:?}")),
        };
        (name, Tensor { shape: view.shape().to_vec(), values })
    });
    Ok((tensors.collect(), labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What tests/peers/keras_files.py writes: names and shapes, in the order of Keras's weights.
    const TINY: [(&str, &[usize]); 10] = [
        ("first/kernel", &[3, 3, 3, 2]),
        ("first/bias", &[2]),
        ("first_bn/gamma", &[2]),
        ("first_bn/beta", &[2]),
        ("first_bn/moving_mean", &[2]),
        ("first_bn/moving_variance", &[2]),
        ("deep/kernel", &[2, 2, 2, 1]),
        ("last/kernel", &[1, 1, 2, 1]),
        ("top/kernel", &[1, 2]),
        ("top/bias", &[2]),
    ];

    fn read(name: &str) -> Result<TensorFile, ZooError> {
        TensorFile::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name))
    }

    fn counts_up(tensor: &Tensor, number: usize) -> bool {
        let values = tensor.values.as_ref().unwrap();
        let expected = |at: usize| number as f32 / 10.0 + at as f32 / 100.0;
        values.len() == tensor.shape.iter().product::<usize>()
            && values.iter().enumerate().all(|(at, value)| (value - expected(at)).abs() < 1e-6)
    }

    #[test]
    fn the_three_forms_of_keras_are_read_alike() {
        for name in ["tiny.h5", "tiny.weights.h5", "tiny.keras"] {
            let file = read(name).unwrap();
            assert_eq!(file.tensors.len(), TINY.len(), "{name}: {:?}", file.tensors.keys());
            for (number, (tensor, shape)) in TINY.iter().enumerate() {
                let found = &file.tensors[*tensor];
                assert_eq!(&found.shape, shape, "{name}: {tensor}");
                assert!(counts_up(found, number), "{name}: {tensor} {:?}", found.values);
            }
        }
    }

    #[test]
    fn the_oldest_files_call_a_kernel_w() {
        let file = read("tiny_2016.h5").unwrap();
        assert_eq!(file.tensors.keys().collect::<Vec<_>>(), ["first/bias", "first/kernel"]);
        assert!(counts_up(&file.tensors["first/kernel"], 0) && counts_up(&file.tensors["first/bias"], 1));
    }

    #[test]
    fn a_cut_file_is_no_panic_and_gets_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut");
        let mut refused = 0;
        for name in ["tiny.h5", "tiny.weights.h5", "tiny.keras"] {
            let whole = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)).unwrap();
            for length in (8..whole.len()).step_by(whole.len() / 50) {
                std::fs::write(&path, &whole[..length]).unwrap();
                // What a cut leaves may still be read; a network then tells which tensors are missing.
                if let Err(error) = TensorFile::read(&path) {
                    let message = error.to_string();
                    assert!(message.contains("cut: no whole file") && !message.contains('\n'), "{message}");
                    refused += 1;
                }
            }
        }
        assert!(refused > 75, "{refused} of 150 were refused");
    }

    #[test]
    fn a_pickle_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.pth");
        let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        archive.start_file("archive/data.pkl", zip::write::SimpleFileOptions::default()).unwrap();
        archive.finish().unwrap();
        let message = TensorFile::read(&path).err().unwrap().to_string();
        assert!(
            message.contains("model.pth") && message.contains("pickle") && message.contains("convert_weights.py"),
            "{message}"
        );
    }
}
