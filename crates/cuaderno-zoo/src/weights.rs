//! Weights files: safetensors in Keras's or torchvision's names and layout.

use crate::architecture::Family;
use crate::block::{Kind, Layer};
use crate::design::Design;
use crate::mismatch::Mismatches;
use crate::source::Source;
use crate::{Pretrained, ZooError};
use cuaderno_nn::NetworkError;
use safetensors::tensor::{Dtype, Metadata, SafeTensors, TensorView};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The key under which a file may bring the names of its classes: a JSON list.
const LABELS: &str = "labels";
/// Beginnings of names that belong to tops, which a network without one does not need.
const TOPS: [&str; 5] = ["predictions/", "fc1/", "fc2/", "classifier.", "fc."];

/// A file's content.
pub(crate) struct File {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// The tensors in it.
pub(crate) struct Tensors<'a> {
    path: &'a Path,
    tensors: SafeTensors<'a>,
    metadata: Metadata,
}

impl File {
    pub fn read(path: &Path) -> Result<Self, ZooError> {
        let bytes = cuaderno_display::read_file(path).map_err(|source| ZooError::File { path: path.into(), source })?;
        Ok(Self { path: path.into(), bytes })
    }

    pub fn tensors(&self) -> Result<Tensors<'_>, ZooError> {
        let damaged = |error: safetensors::SafeTensorError| ZooError::Format {
            path: self.path.clone(),
            reason: error.to_string(),
        };
        let (_, metadata) = SafeTensors::read_metadata(&self.bytes).map_err(damaged)?;
        let tensors = SafeTensors::deserialize(&self.bytes).map_err(damaged)?;
        Ok(Tensors { path: &self.path, tensors, metadata })
    }
}

impl Tensors<'_> {
    /// Whose names these are: only torchvision calls a kernel `weight`.
    pub fn source(&self) -> Source {
        let is_torch = self.tensors.names().iter().any(|name| name.ends_with(".weight"));
        if is_torch { Source::Torchvision } else { Source::Keras }
    }

    /// Names of the classes, if the file brings them.
    pub fn labels(&self) -> Option<Arc<Vec<String>>> {
        let text = self.metadata.metadata().as_ref()?.get(LABELS)?;
        serde_json::from_str(text).ok().map(Arc::new)
    }

    /// The values of every tensor of the model, in its order and layout.
    pub fn fitted_to(&self, design: &Design, model: &Pretrained, family: Family) -> Result<Vec<Vec<f32>>, ZooError> {
        let mut layers = design.with_parameters();
        let (mut layer, mut prefix) = (None, String::new());
        let (mut values, mut known) = (Vec::new(), Vec::new());
        let mut mismatches = Mismatches::new(self.path, &design.name, family);
        for (name, shape) in model.tensors() {
            let (place, tensor) = name.rsplit_once('/').unwrap_or(("", name));
            if place != prefix || layer.is_none() {
                (layer, prefix) = (layers.next(), place.to_owned());
            }
            let Some(layer) = layer else { break };
            let names = names(layer, tensor, design.source);
            let expected = file_shape(layer.kind, tensor, shape, design.source);
            let found = names.iter().find_map(|name| Some((name, self.tensors.tensor(name).ok()?)));
            let Some((name, view)) = found else {
                mismatches.missing(&names[0], &expected);
                continue;
            };
            known.push(name.clone());
            if view.dtype() != Dtype::F32 {
                mismatches.dtype(name, view.dtype());
            } else if view.shape() != expected {
                mismatches.shape(name, view.shape(), &expected);
            } else {
                let read = converted(layer.kind, tensor, shape, design.source, &view);
                if !read.iter().all(|value| value.is_finite()) {
                    let (path, tensor) = (self.path.to_owned(), name.clone());
                    return Err(NetworkError::Broken { path, tensor }.into());
                }
                values.push(read);
            }
        }
        for name in self.tensors.names() {
            let is_needless = TOPS.iter().any(|top| name.starts_with(top)) || name.ends_with(".num_batches_tracked");
            if !is_needless && !known.iter().any(|known| known == name) {
                mismatches.unknown(name);
            }
        }
        mismatches.verdict().map(|()| values)
    }
}

/// What a tensor may be called.
fn names(layer: &Layer, tensor: &str, source: Source) -> Vec<String> {
    match source {
        Source::Keras if layer.kind == Kind::Depthwise && tensor == "kernel" => {
            vec![format!("{}/depthwise_kernel", layer.keras), format!("{}/kernel", layer.keras)]
        }
        Source::Keras => vec![format!("{}/{tensor}", layer.keras)],
        Source::Torchvision => {
            let tensor = match tensor {
                "kernel" | "gamma" => "weight",
                "beta" => "bias",
                "moving_mean" => "running_mean",
                "moving_variance" => "running_var",
                other => other,
            };
            vec![format!("{}.{tensor}", layer.torch)]
        }
    }
}

/// The shape of a tensor in the file, from its shape in the model.
fn file_shape(kind: Kind, tensor: &str, shape: &[usize], source: Source) -> Vec<usize> {
    match (source, kind, shape) {
        (Source::Keras, Kind::Depthwise, [h, w, one, channels]) => vec![*h, *w, *channels, *one],
        (Source::Torchvision, Kind::Conv | Kind::Depthwise, [h, w, inputs, outputs]) => {
            vec![*outputs, *inputs, *h, *w]
        }
        (Source::Torchvision, Kind::Dense(_), [inputs, units]) if tensor == "kernel" => vec![*units, *inputs],
        _ => shape.to_vec(),
    }
}

/// The values of a tensor in the model's layout.
fn converted(kind: Kind, tensor: &str, shape: &[usize], source: Source, view: &TensorView) -> Vec<f32> {
    let values: Vec<f32> = view.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    match (source, kind, shape) {
        (Source::Torchvision, Kind::Conv | Kind::Depthwise, &[h, w, inputs, outputs]) => {
            // [outputs, inputs, h, w] to [h, w, inputs, outputs]
            let mut turned = Vec::with_capacity(values.len());
            for place in 0..h * w {
                for input in 0..inputs {
                    turned.extend((0..outputs).map(|output| values[(output * inputs + input) * h * w + place]));
                }
            }
            turned
        }
        (Source::Torchvision, Kind::Dense(picture), &[inputs, units]) if tensor == "kernel" => {
            // [units, inputs] to [inputs, units]; torchvision flattens pictures channel by channel.
            let [channels, height, width] = picture.unwrap_or([inputs, 1, 1]);
            let mut turned = Vec::with_capacity(values.len());
            for place in 0..height * width {
                for channel in 0..channels {
                    let input = channel * height * width + place;
                    turned.extend((0..units).map(|unit| values[unit * inputs + input]));
                }
            }
            turned
        }
        _ => values,
    }
}
