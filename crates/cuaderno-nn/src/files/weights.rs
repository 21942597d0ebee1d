//! Saving and loading a network's parameters.

use super::Store;
use crate::network::{Tensor, all_finite};
use crate::{Network, NetworkError};
use std::path::Path;
use std::sync::Arc;

impl Network {
    /// Saves all parameters as safetensors, tensors named `3_conv2d/kernel`, in Keras's layouts, the names of the classes
    /// that they were trained on, and how their pictures were prepared. A file of that name is replaced at once or not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), NetworkError> {
        if let Some(whole) = self.completed() {
            return whole.save(path);
        }
        let mut store = Store::new(format!("weights of {}", self.name()));
        store.taught = self.taught.as_deref().cloned();
        self.put_parameters("", &self.current(), &mut store);
        store.write(path.as_ref())
    }

    /// Loads parameters that [`save`](Self::save) wrote for the same layers. Layers without parameters do not count: a dropout
    /// or an activation may have come or gone. From now on examples must name the classes as those that the weights know.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, holds numbers that are not finite, or belongs to another model; the network then
    /// stays as it was.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<(), NetworkError> {
        let path = path.as_ref();
        let store = Store::read(path)?;
        let (weights, state) = self.find_parameters("", &store, path)?;
        let partners = self.partners("", &store);
        if let Some(name) = store.names().find(|name| !partners.contains(&Some(*name))) {
            return Err(self.mismatch(path, format!("it holds {name}, which the model does not have")));
        }
        self.set_weights(Arc::new(weights));
        (self.state, self.taught) = (state, store.taught.map(Arc::new));
        Ok(())
    }

    /// Loads the layers that two models have in common, and leaves the others as they are: the file's second convolution goes
    /// into the second convolution, if all its tensors have the same shapes. Returns the names of the tensors that were left.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, or fits nowhere.
    pub fn load_matching(&mut self, path: impl AsRef<Path>) -> Result<Vec<String>, NetworkError> {
        let path = path.as_ref();
        let store = Store::read(path)?;
        let found = self.graph.tensors.iter().zip(self.partners("", &store)).map(|(tensor, partner)| {
            let found = partner.and_then(|name| store.get(name)).filter(|(shape, _)| *shape == tensor.shape);
            (tensor, found.map(|(_, values)| values))
        });
        let found: Vec<_> = found.collect();
        for (tensor, values) in &found {
            check_finite(path, &tensor.name, values.as_deref().unwrap_or_default())?;
        }
        let (mut weights, mut left) = (self.current_weights(), Vec::new());
        for layer in found.chunk_by(|(one, _), (other, _)| layer_of(&one.name) == layer_of(&other.name)) {
            // A layer's bias is of no use without its kernel.
            if layer.iter().any(|(_, values)| values.is_none()) {
                left.extend(layer.iter().map(|(tensor, _)| tensor.name.clone()));
                continue;
            }
            for (tensor, values) in layer {
                let target = if tensor.trainable { &mut weights } else { &mut self.state };
                target[tensor.range.clone()].copy_from_slice(values.as_deref().unwrap_or_default());
            }
        }
        if left.len() == self.graph.tensors.len() {
            return Err(self.mismatch(path, "none of its tensors has the layer and shape of one of the model's".into()));
        }
        self.set_weights(Arc::new(weights));
        self.taught = None;
        Ok(left)
    }

    /// Adds every tensor to a store, names behind a prefix.
    pub(crate) fn put_parameters(&self, prefix: &str, weights: &[f32], store: &mut Store) {
        for tensor in &self.graph.tensors {
            let values = if tensor.trainable { weights } else { &self.state };
            store.push(format!("{prefix}{}", tensor.name), &tensor.shape, &values[tensor.range.clone()]);
        }
    }

    /// Trainable parameters and state from a store.
    pub(crate) fn find_parameters(
        &self,
        prefix: &str,
        store: &Store,
        path: &Path,
    ) -> Result<(Vec<f32>, Vec<f32>), NetworkError> {
        let (mut weights, mut state) = (vec![0.0; self.graph.layers.trainable()], self.state.clone());
        for (tensor, partner) in self.graph.tensors.iter().zip(self.partners(prefix, store)) {
            let Some(name) = partner else {
                return Err(self.mismatch(path, format!("it lacks {} {:?}", tensor.name, tensor.shape)));
            };
            let Some((shape, values)) = store.get(name) else {
                let kind = store.dtype(name).map(|dtype| format!("{dtype:?}")).unwrap_or_default();
                return Err(self.mismatch(path, format!("its {name} holds numbers of kind {kind}, F32 is needed")));
            };
            if shape != tensor.shape {
                return Err(self.mismatch(path, format!("its {name} is {shape:?}, the model's {:?}", tensor.shape)));
            }
            check_finite(path, name, &values)?;
            let target = if tensor.trainable { &mut weights } else { &mut state };
            target[tensor.range.clone()].copy_from_slice(&values);
        }
        Ok((weights, state))
    }

    /// What a store calls each of the network's tensors: of those of one kind, such as kernels of convolutions, the first
    /// belongs to the first, as Keras counts them, whatever layers without parameters lie between.
    fn partners<'s>(&self, prefix: &str, store: &'s Store) -> Vec<Option<&'s str>> {
        let mut found: Vec<(Vec<usize>, String, &str)> = store
            .names()
            .filter_map(|name| {
                let (numbers, kind) = numbers_and_kind(name.strip_prefix(prefix)?);
                Some((numbers, kind, name))
            })
            .collect();
        found.sort();
        let mut partner = |tensor: &Tensor| {
            let kind = numbers_and_kind(&tensor.name).1;
            let place = found.iter().position(|(_, other, _)| *other == kind)?;
            Some(found.remove(place).2)
        };
        self.graph.tensors.iter().map(&mut partner).collect()
    }

    pub(crate) fn mismatch(&self, path: &Path, reason: String) -> NetworkError {
        NetworkError::Mismatch { path: path.to_owned(), model: self.name().to_owned(), reason }
    }
}

fn check_finite(path: &Path, tensor: &str, values: &[f32]) -> Result<(), NetworkError> {
    match all_finite(values) {
        true => Ok(()),
        false => Err(NetworkError::Broken { path: path.to_owned(), tensor: tensor.to_owned() }),
    }
}

/// A tensor's name without its last part.
fn layer_of(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(layer, _)| layer)
}

/// The numbers of a tensor's layers, and its name without them: `2_model/10_conv2d/kernel` gives 2, 10, and
/// `model/conv2d/kernel`.
fn numbers_and_kind(name: &str) -> (Vec<usize>, String) {
    let mut numbers = Vec::new();
    let kind = name.split('/').map(|part| match part.split_once('_').map(|(number, kind)| (number.parse(), kind)) {
        Some((Ok(number), kind)) => {
            numbers.push(number);
            kind
        }
        _ => part,
    });
    let kind = kind.collect::<Vec<_>>().join("/");
    (numbers, kind)
}
