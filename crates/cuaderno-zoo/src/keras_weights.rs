//! Weights that were trained in Keras, in a network of one's own.

use crate::tensor_file::{Tensor, TensorFile};
use crate::{ZooError, keras_config};
use cuaderno_nn::{Network, NetworkError};
use std::path::Path;

/// Loads what Keras has trained.
pub trait KerasWeights {
    /// Loads the weights of a model with the same layers from a file of Keras's, `.keras`, `.weights.h5` or `.h5`: the file's first
    /// convolution into the first convolution, and so on for dense layers and for batch normalization, whatever they are called.
    /// Both count from the picture on; layers without weights do not matter. Of models with depthwise convolutions `.weights.h5`
    /// does not say where these lie among the others: store such a model as `.keras`. What layers do has to be the same, too: activations,
    /// windows, strides, padding, a normalization's ε. `.keras`, and `.h5` of a whole model, say so; of weights alone it is not known. Keras's
    /// pictures go to 255 and ours to 1, so `Rescaling(1/255)` has no counterpart. A last softmax may be on one side only.
    ///
    /// ```
    /// use cuaderno_nn::cnn;
    /// use cuaderno_zoo::KerasWeights;
    /// cnn! { Small: [3, 8, 8] => [conv2d(4, 3), relu, max_pool(2), flatten, dense(2), softmax] }
    ///
    /// let mut model = Small::new(7);
    /// assert!(model.load_keras("small.keras").unwrap_err().to_string().contains("small.keras"));
    /// ```
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, holds numbers that are not finite, or has layers of another kind, size or setting; the network then stays as
    /// it was.
    fn load_keras(&mut self, path: impl AsRef<Path>) -> Result<(), ZooError>;
}

impl KerasWeights for Network {
    fn load_keras(&mut self, path: impl AsRef<Path>) -> Result<(), ZooError> {
        let file = TensorFile::read(path.as_ref())?;
        if file.layers.is_empty() {
            let reason = "no layers of Keras's in it; `load` reads what `save` has written".to_owned();
            return Err(ZooError::Format { path: file.path, reason });
        }
        if let Some((layer, class)) = &file.foreign {
            let (path, model) = (file.path, self.name().to_owned());
            let reason = format!("its {layer} is {class}, which a network here has not");
            return Err(NetworkError::Mismatch { path, model, reason }.into());
        }
        if file.unordered {
            let reason = "the order of its layers is not known (a model in a model, or depthwise convolutions beside others); store it as .keras".to_owned();
            return Err(ZooError::Format { path: file.path, reason });
        }
        let values = in_order(self, &file)?;
        if let Some(reason) = keras_config::difference(&file, self) {
            let (path, model) = (file.path, self.name().to_owned());
            return Err(NetworkError::Mismatch { path, model, reason }.into());
        }
        self.set_tensor_values(&values);
        Ok(())
    }
}

/// The values of each of the network's tensors.
fn in_order(network: &Network, file: &TensorFile) -> Result<Vec<Vec<f32>>, ZooError> {
    let mismatch = |reason| {
        let (path, model) = (file.path.clone(), network.name().to_owned());
        ZooError::from(NetworkError::Mismatch { path, model, reason })
    };
    let own: Vec<(&str, &str, &[usize])> = network
        .tensors()
        .map(|(name, shape)| {
            let (layer, tensor) = name.rsplit_once('/').unwrap_or(("", name));
            (layer, tensor, shape)
        })
        .collect();
    let mut left: Vec<&String> = file.layers.iter().collect();
    let mut values = Vec::new();
    for layer in own.chunk_by(|one, other| one.0 == other.0) {
        let kind = Kind::of(|tensor| layer.iter().find(|own| own.1 == tensor).map(|own| own.2.len()));
        let is_alike = |name: &&String| Kind::of(|tensor| Some(found(file, name, tensor)?.shape.len())) == kind;
        let place = left.iter().position(is_alike).ok_or_else(|| {
            let none_left = if left.len() < file.layers.len() { " left" } else { "" };
            mismatch(format!("it has no {}{none_left} for {}", kind.name(), layer[0].0))
        })?;
        let name = left.remove(place);
        for (own_layer, tensor, shape) in layer {
            let there = found(file, name, tensor)
                .ok_or_else(|| mismatch(format!("its {name} has no {tensor}, {own_layer} has one")))?;
            let read = there.values.as_ref().map_err(|kind| {
                mismatch(format!("its {name}/{tensor} holds numbers of kind {kind}, 32 bits are needed"))
            })?;
            if there.shape != *shape && !is_depthwise(&there.shape, shape) {
                return Err(mismatch(format!(
                    "its {name}/{tensor} is {:?}, {own_layer}/{tensor} is {shape:?}",
                    there.shape
                )));
            }
            if !read.iter().all(|value| value.is_finite()) {
                let (path, tensor) = (file.path.clone(), format!("{name}/{tensor}"));
                return Err(NetworkError::Broken { path, tensor }.into());
            }
            values.push(read.clone());
        }
        let has = |tensor: &str| layer.iter().any(|own| own.1 == tensor);
        let more = ["kernel", "bias", "gamma", "beta"].into_iter();
        if let Some(more) = more.into_iter().find(|tensor| found(file, name, tensor).is_some() && !has(tensor)) {
            return Err(mismatch(format!("its {name} has a {more}, {} has none", layer[0].0)));
        }
    }
    match left.first() {
        Some(name) => Err(mismatch(format!("it holds {name}, for which the model has no layer"))),
        None => Ok(values),
    }
}

/// Keras has a filter for each channel as `[h, w, channels, 1]`, a convolution in groups as `[h, w, 1, channels]`.
fn is_depthwise(there: &[usize], own: &[usize]) -> bool {
    matches!((there, own), ([h, w, channels, 1], [own_h, own_w, 1, own_channels]) if (h, w, channels) == (own_h, own_w, own_channels))
}

/// A tensor of one of the file's layers.
fn found<'f>(file: &'f TensorFile, layer: &str, tensor: &str) -> Option<&'f Tensor> {
    file.tensors.get(&format!("{layer}/{tensor}")).or_else(|| {
        let depthwise = (tensor == "kernel").then(|| file.tensors.get(&format!("{layer}/depthwise_kernel")));
        depthwise.flatten()
    })
}

/// What layers are told apart by, beside their order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Convolution,
    Dense,
    Normalization,
}

impl Kind {
    /// By how many axes the tensors have that are there.
    fn of(axes: impl Fn(&str) -> Option<usize>) -> Self {
        match axes("kernel") {
            Some(4) => Self::Convolution,
            Some(_) => Self::Dense,
            None => Self::Normalization,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Convolution => "convolution",
            Self::Dense => "dense layer",
            Self::Normalization => "batch normalization",
        }
    }
}
