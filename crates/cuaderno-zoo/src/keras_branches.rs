//! Where a model of Keras's branches: which of its layers take from which, and whether branches could be taken for each other.

use crate::keras_h5::classes;
use crate::tensor_file::TensorFile;
use cuaderno_nn::{Layer, Network};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Whether a residual block has a convolution of the same size in its branch and in its shortcut.
pub(crate) fn has_like_branches(network: &Network) -> bool {
    let (mut blocks, mut found) = (Vec::new(), false);
    network.layers().for_each_layer(&mut |layer| match layer {
        Layer::ResidualBegin => blocks.push((Vec::new(), None)),
        Layer::Shortcut => blocks.last_mut().into_iter().for_each(|(_, shortcut)| *shortcut = Some(Vec::new())),
        Layer::ResidualEnd => {
            let Some((branch, Some(shortcut))) = blocks.pop() else { return };
            found |= shortcut.iter().any(|size| branch.contains(size));
        }
        Layer::Conv2d(conv) => blocks.last_mut().into_iter().for_each(|(branch, shortcut)| {
            shortcut.as_mut().unwrap_or(branch).push((conv.filters, conv.kernel, conv.groups));
        }),
        _ => {}
    });
    found
}

/// Two branches with weights of the same shape before an addition: nothing says which is the network's branch, which its shortcut.
pub(crate) fn exchangeable(config: &Value, file: &TensorFile) -> Option<String> {
    let inputs = inputs(config);
    let before = |layer: &String| {
        let (mut found, mut next) = (BTreeSet::new(), vec![layer.clone()]);
        while let Some(layer) = next.pop() {
            next.extend(inputs.get(&layer).into_iter().flatten().cloned());
            found.insert(layer);
        }
        found
    };
    let shape = |layer: &String| file.tensors.get(&format!("{layer}/kernel")).map(|kernel| kernel.shape.clone());
    for (add, _) in classes(config).filter(|(_, class)| class == "add") {
        let Some([one, other]) = inputs.get(&add).map(Vec::as_slice) else { continue };
        let (one, other) = (before(one), before(other));
        for layer in one.difference(&other) {
            let twin = other.difference(&one).find(|twin| shape(layer).is_some() && shape(layer) == shape(twin));
            if let Some(twin) = twin {
                return Some(format!(
                    "its {add} joins two branches with weights of the same shape, {layer} and {twin}; which is which cannot be told"
                ));
            }
        }
    }
    None
}

/// The layers that each takes from. Every version of Keras names them in lists that begin `[name, number, number`.
fn inputs(config: &Value) -> BTreeMap<String, Vec<String>> {
    fn collect(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => match items.as_slice() {
                [Value::String(name), Value::Number(_), Value::Number(_), ..] => found.push(name.clone()),
                items => items.iter().for_each(|item| collect(item, found)),
            },
            Value::Object(items) => items.values().for_each(|item| collect(item, found)),
            _ => {}
        }
    }
    let layers = config["config"]["layers"].as_array().into_iter().flatten();
    layers
        .filter_map(|layer| {
            let mut found = Vec::new();
            collect(&layer["inbound_nodes"], &mut found);
            Some((layer["config"]["name"].as_str()?.to_owned(), found))
        })
        .collect()
}

/// Whether each layer takes from the one before it.
pub(crate) fn is_chain(config: &Value) -> bool {
    inputs(config).values().all(|inputs| inputs.len() < 2)
}
