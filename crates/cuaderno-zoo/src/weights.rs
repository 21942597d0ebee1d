//! Weights in Keras's or torchvision's names and layout, fitted to a network and written from one.

use crate::architecture::Family;
use crate::block::{Kind, Layer};
use crate::design::Design;
use crate::mismatch::Mismatches;
use crate::source::Source;
use crate::tensor_file::TensorFile;
use crate::{Pretrained, ZooError};
use cuaderno_nn::NetworkError;
use safetensors::tensor::{Dtype, TensorView};
use std::path::Path;

/// Beginnings of names that belong to tops, which a network without one does not need.
const TOPS: [&str; 5] = ["predictions/", "fc1/", "fc2/", "classifier.", "fc."];

impl TensorFile {
    /// Whose names these are: only torchvision calls a kernel `weight`.
    pub fn source(&self) -> Source {
        let is_torch = self.tensors.keys().any(|name| name.ends_with(".weight"));
        if is_torch { Source::Torchvision } else { Source::Keras }
    }

    /// The values of every tensor of the model, in its order and layout.
    pub fn fitted_to(&self, design: &Design, model: &Pretrained, family: Family) -> Result<Vec<Vec<f32>>, ZooError> {
        if let Some(reason) = self.unnamed {
            return Err(ZooError::Format { path: self.path.clone(), reason: reason.into() });
        }
        let (mut values, mut known) = (Vec::new(), Vec::new());
        let mut mismatches = Mismatches::new(&self.path, &design.name, family);
        for (layer, tensor, shape) in places(design, model) {
            let names = names(layer, tensor, design.source);
            let expected = file_shape(layer.kind, tensor, shape, design.source);
            let found = names.iter().find_map(|name| Some((name, self.tensors.get(name)?)));
            let Some((name, found)) = found else {
                mismatches.missing(&names[0], &expected);
                continue;
            };
            known.push(name.clone());
            match &found.values {
                Err(dtype) => mismatches.dtype(name, dtype),
                Ok(_) if found.shape != expected => mismatches.shape(name, &found.shape, &expected),
                Ok(read) if !read.iter().all(|value| value.is_finite()) => {
                    let (path, tensor) = (self.path.clone(), name.clone());
                    return Err(NetworkError::Broken { path, tensor }.into());
                }
                Ok(read) => values.push(converted(layer.kind, tensor, shape, design.source, read)),
            }
        }
        for name in self.tensors.keys() {
            let is_needless = TOPS.iter().any(|top| name.starts_with(top)) || name.ends_with(".num_batches_tracked");
            if !is_needless && !known.contains(name) {
                mismatches.unknown(name);
            }
        }
        mismatches.verdict().map(|()| values)
    }
}

/// Every tensor of the network without its head: its layer, what it is there, and its shape, in the order of the values.
fn places<'a>(design: &'a Design, model: &'a Pretrained) -> Vec<(&'a Layer, &'a str, &'a [usize])> {
    let mut layers = design.with_parameters();
    let (mut layer, mut prefix) = (None, "");
    let mut places = Vec::new();
    for (name, shape) in model.tensors() {
        let (place, tensor) = name.rsplit_once('/').unwrap_or(("", name));
        if place != prefix || layer.is_none() {
            (layer, prefix) = (layers.next(), place);
        }
        let Some(layer) = layer else { break };
        places.push((layer, tensor, shape));
    }
    places
}

/// Writes the network without its head, as [`TensorFile::fitted_to`] reads it.
pub(crate) fn write(path: &Path, model: &Pretrained) -> Result<(), ZooError> {
    let source = model.design.source;
    let stored: Vec<(String, Vec<usize>, Vec<u8>)> = places(&model.design, model)
        .into_iter()
        .zip(model.tensor_values())
        .map(|((layer, tensor, shape), values)| {
            let bytes = stored(layer.kind, tensor, shape, source, values)
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect();
            let name = names(layer, tensor, source).swap_remove(0);
            (name, file_shape(layer.kind, tensor, shape, source), bytes)
        })
        .collect();
    let failed = |source| ZooError::Write { path: path.into(), source };
    let views = stored.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("as many bytes as the shape says");
        (name, view)
    });
    let file = safetensors::serialize(views, None).map_err(|error| failed(std::io::Error::other(error)))?;
    cuaderno_plot::write_whole(path, &file).map_err(failed)
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
fn converted(kind: Kind, tensor: &str, shape: &[usize], source: Source, values: &[f32]) -> Vec<f32> {
    match order_in_file(kind, tensor, shape, source) {
        Some(order) => order.into_iter().map(|place| values[place]).collect(),
        None => values.to_vec(),
    }
}

/// The values of a tensor in the file's layout: the inverse of [`converted`].
fn stored(kind: Kind, tensor: &str, shape: &[usize], source: Source, values: Vec<f32>) -> Vec<f32> {
    let Some(order) = order_in_file(kind, tensor, shape, source) else { return values };
    let mut turned = vec![0.0; values.len()];
    order.into_iter().zip(values).for_each(|(place, value)| turned[place] = value);
    turned
}

/// Where in the file each value of the model's tensor lies, if not in the same order.
fn order_in_file(kind: Kind, tensor: &str, shape: &[usize], source: Source) -> Option<Vec<usize>> {
    match (source, kind, shape) {
        (Source::Torchvision, Kind::Conv | Kind::Depthwise, &[h, w, inputs, outputs]) => {
            // [outputs, inputs, h, w] in the file, [h, w, inputs, outputs] in the model
            let of_place =
                |place| (0..inputs).flat_map(move |i| (0..outputs).map(move |o| (o * inputs + i) * h * w + place));
            Some((0..h * w).flat_map(of_place).collect())
        }
        (Source::Torchvision, Kind::Dense(picture), &[inputs, units]) if tensor == "kernel" => {
            // [units, inputs] in the file, [inputs, units] in the model; torchvision flattens pictures channel by channel.
            let [channels, height, width] = picture.unwrap_or([inputs, 1, 1]);
            let of_place = |place| {
                let inputs_there = (0..channels).map(move |channel| channel * height * width + place);
                inputs_there.flat_map(move |input| (0..units).map(move |unit| unit * inputs + input))
            };
            Some((0..height * width).flat_map(of_place).collect())
        }
        _ => None,
    }
}
