//! Keras's files of weights, as keras/src/legacy/saving/legacy_h5_format.py and keras/src/saving/saving_lib.py write them.

use crate::tensor_file::Tensor;
use hdf5_reader::group::Group;
use hdf5_reader::{Dataset, Datatype, Hdf5File};
use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Read};

/// What `.keras` and `.weights.h5` number instead of naming, in the order in which Keras creates them.
const NORMALIZATION: [&str; 4] = ["gamma", "beta", "moving_mean", "moving_variance"];
const OTHER: [&str; 2] = ["kernel", "bias"];
/// A `.keras` file's largest part that is read: VGG16 with its top has 0.55 GB.
const LARGEST_PART: u64 = 4 << 30;
/// Groups within groups; Keras's own go three deep.
const DEEPEST: usize = 8;

/// What a file holds.
#[derive(Default)]
pub(crate) struct Stored {
    pub tensors: BTreeMap<String, Tensor>,
    /// The layers that have tensors. Of one kind, such as convolutions, the first is the model's first.
    pub layers: Vec<String>,
    /// Whether that order could not be found.
    pub unordered: bool,
    /// The first layer that none of a network's own is like, and what it is.
    pub foreign: Option<(String, String)>,
    /// What the file says of the model itself, if it does.
    pub config: Option<serde_json::Value>,
    /// Why layers are called by class and number, not by name, if they are.
    pub unnamed: Option<&'static str>,
}

impl Stored {
    fn add(&mut self, layer: &str, kind: &str, tensor: Tensor) {
        if self.layers.last().is_none_or(|last| last != layer) {
            self.layers.push(layer.to_owned());
        }
        self.tensors.insert(format!("{layer}/{kind}"), tensor);
    }

    /// Notes a layer of this class, if it is one that has no counterpart among a network's own.
    fn look_at(&mut self, layer: &str, class: &str, tensors: usize) {
        let foreign = match class {
            "conv2d" | "depthwise_conv2d" | "dense" => None,
            "batch_normalization" if tensors == NORMALIZATION.len() => None,
            "batch_normalization" => Some("a batch normalization without scale or shift"),
            other => Some(other),
        };
        if self.foreign.is_none() {
            self.foreign = foreign.map(|class| (layer.to_owned(), class.to_owned()));
        }
    }

    /// In the order of these names, if all layers are among them.
    fn in_order(mut self, names: &[String]) -> Self {
        let place = |layer: &String| names.iter().position(|name| name == layer);
        self.unordered = !self.layers.iter().all(|layer| place(layer).is_some());
        if !self.unordered {
            self.layers.sort_by_key(place);
        }
        self
    }
}

/// `.h5`, both as of `save_weights` today and the older form, which the files of keras.applications have.
pub(crate) fn from_h5(bytes: Vec<u8>) -> Result<Stored, String> {
    let file = Hdf5File::from_vec(bytes).map_err(text)?;
    let root = file.root_group().map_err(text)?;
    match root.group("layers") {
        Ok(layers) => numbered(&layers, &[]),
        Err(_) => {
            let mut stored = Stored::default();
            // Beside the model's weights lie those of its optimizer.
            let model = root.group("model_weights");
            let (model, whole) = (model.as_ref().unwrap_or(&root), &root);
            collect_named(model, &[], &mut stored)?;
            let names = model.attribute("layer_names").and_then(|names| names.read_strings());
            // `save` stores what the layers are, `save_weights` does not.
            let config = whole.attribute("model_config").and_then(|config| config.read_string()).unwrap_or_default();
            let config = serde_json::from_str(&config).ok();
            for (layer, class) in config.iter().flat_map(classes) {
                let tensors =
                    stored.tensors.keys().filter(|name| name.rsplit_once('/').is_some_and(|(of, _)| of == layer));
                let tensors = tensors.count();
                if tensors > 0 {
                    stored.look_at(&layer, &class, tensors);
                }
            }
            stored.config = config;
            Ok(stored.in_order(&names.unwrap_or_default()))
        }
    }
}

/// `.keras`: a zip archive of the model's configuration and numbered weights.
pub(crate) fn from_keras(bytes: &[u8]) -> Result<Stored, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(text)?;
    if archive.file_names().flatten().any(|name| name.ends_with(".pkl")) {
        return Err(
            "it is a pickle of PyTorch's, which can run any code; convert_weights.py takes the weights alone".into()
        );
    }
    let mut part = |name: &str| {
        let part = archive.by_name(name).map_err(|error| format!("no {name} in it: {error}"))?;
        let mut bytes = Vec::new();
        part.take(LARGEST_PART).read_to_end(&mut bytes).map_err(text)?;
        Ok::<_, String>(bytes)
    };
    let config: serde_json::Value = serde_json::from_slice(&part("config.json")?).map_err(text)?;
    let file = Hdf5File::from_vec(part("model.weights.h5")?).map_err(text)?;
    let names = names_by_group(&config);
    let in_order: Vec<String> = names.iter().map(|(_, name)| name.clone()).collect();
    let stored = numbered(&file.group("layers").map_err(text)?, &names)?.in_order(&in_order);
    Ok(Stored { config: Some(config), ..stored })
}

/// Datasets `…/layer/kernel:0`; in the oldest files `layer/layer_W_1:0`.
fn collect_named(group: &Group, path: &[&str], stored: &mut Stored) -> Result<(), String> {
    let (groups, datasets) = group.members().map_err(text)?;
    for dataset in datasets {
        let Some(layer) = path.last() else { continue };
        let name = dataset.name().rsplit('/').next().unwrap_or_default();
        let name = name.split(':').next().unwrap_or_default();
        let name = match name
            .strip_prefix(layer)
            .map(|rest| rest.trim_end_matches(|c: char| c == '_' || c.is_ascii_digit()))
        {
            Some("_W") => "kernel",
            Some("_b") => "bias",
            _ => name,
        };
        stored.add(layer, name, tensor(&dataset)?);
    }
    for group in groups {
        let name = group.name().rsplit('/').next().unwrap_or_default().to_owned();
        if path.len() < DEEPEST {
            collect_named(&group, &[path, &[name.as_str()]].concat(), stored)?;
        }
    }
    Ok(())
}

/// A group for each layer, by class and number; its variables have numbers, too.
fn numbered(layers: &Group, names: &[(String, String)]) -> Result<Stored, String> {
    let mut stored = Stored::default();
    let mut layers = layers.groups().map_err(text)?;
    layers.sort_by_key(|layer| class_and_number(layer.name()));
    // Each class is numbered by itself.
    let has = |class: &str| layers.iter().any(|layer| class_of(layer) == class);
    stored.unordered = has("conv2d") && has("depthwise_conv2d");
    for layer in layers {
        let Ok(variables) = layer.group("vars") else { continue };
        let mut datasets = variables.datasets().map_err(text)?;
        if datasets.is_empty() {
            continue;
        }
        let place = |dataset: &Dataset| dataset.name().rsplit('/').next().and_then(|name| name.parse::<usize>().ok());
        datasets.sort_by_key(place);
        let group = layer.name().rsplit('/').next().unwrap_or_default().to_owned();
        // Newer versions of Keras store the layer's name.
        let said = variables.attribute("name").ok().and_then(|name| name.read_string().ok());
        let known = || names.iter().find(|(known, _)| *known == group).map(|(_, name)| name.clone());
        let name = said.or_else(known).unwrap_or_else(|| {
            stored.unnamed =
                Some("this version of Keras stored no names of layers; store it as .keras, or from a newer version");
            group.clone()
        });
        let kinds: &[&str] = if datasets.len() == NORMALIZATION.len() { &NORMALIZATION } else { &OTHER };
        stored.look_at(&name, &class_of(&layer), datasets.len());
        for (kind, dataset) in kinds.iter().zip(&datasets) {
            stored.add(&name, kind, tensor(dataset)?);
        }
    }
    Ok(stored)
}

/// `depthwise_conv2d` of `…/layers/depthwise_conv2d_1`.
fn class_of(layer: &Group) -> String {
    class_and_number(layer.name().rsplit('/').next().unwrap_or_default()).0
}

/// `conv2d` is the first of its class, `conv2d_1` the second.
fn class_and_number(group: &str) -> (String, usize) {
    let numbered = group.rsplit_once('_').and_then(|(class, number)| Some((class.to_owned(), number.parse().ok()?)));
    numbered.unwrap_or_else(|| (group.to_owned(), 0))
}

/// The name of the layer behind each group, which is called by the class, in the order of the layers: `conv2d`, `conv2d_1`.
fn names_by_group(config: &serde_json::Value) -> Vec<(String, String)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let group = |(name, class): (String, String)| {
        let number = counts.entry(class.clone()).and_modify(|number| *number += 1).or_insert(0);
        (if *number == 0 { class } else { format!("{class}_{number}") }, name)
    };
    classes(config).map(group).collect()
}

/// Name and class of each layer in a model's configuration.
pub(crate) fn classes(config: &serde_json::Value) -> impl Iterator<Item = (String, String)> {
    let layers = config["config"]["layers"].as_array().into_iter().flatten();
    layers.filter_map(|layer| {
        Some((layer["config"]["name"].as_str()?.to_owned(), snake_case(layer["class_name"].as_str()?)))
    })
}

/// `DepthwiseConv2D` becomes `depthwise_conv2d`, `ReLU` `re_lu` (keras/src/utils/naming.py, `to_snake_case`).
pub(crate) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let next_is_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let is_begun =
            before.is_some_and(|before| letter.is_ascii_uppercase() && (next_is_small || before.is_ascii_lowercase()));
        snake.extend(is_begun.then_some('_'));
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn tensor(dataset: &Dataset) -> Result<Tensor, String> {
    let shape = dataset.shape().iter().map(|&size| size as usize).collect();
    let values = dataset.read_array::<f32>().map(|array| array.into_iter().collect());
    Ok(Tensor { shape, values: values.map_err(|_| kind(dataset.dtype())) })
}

/// As NumPy calls it, where it does.
fn kind(found: &Datatype) -> String {
    match found {
        Datatype::FloatingPoint { size, .. } => format!("float{}", 8 * u32::from(*size)),
        Datatype::FixedPoint { size, signed, .. } => {
            format!("{}int{}", if *signed { "" } else { "u" }, 8 * u32::from(*size))
        }
        other => format!("{other:?}"),
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_another_kind_are_called_as_numpy_calls_them() {
        let byte_order = hdf5_reader::ByteOrder::LittleEndian;
        assert_eq!(kind(&Datatype::FloatingPoint { size: 2, byte_order }), "float16");
        assert_eq!(kind(&Datatype::FixedPoint { size: 1, signed: false, byte_order }), "uint8");
    }

    #[test]
    fn classes_are_called_as_keras_calls_their_groups() {
        let names = ["Conv2D", "DepthwiseConv2D", "BatchNormalization", "ReLU", "GlobalAveragePooling2D", "InputLayer"];
        let expected =
            ["conv2d", "depthwise_conv2d", "batch_normalization", "re_lu", "global_average_pooling2d", "input_layer"];
        assert_eq!(names.map(snake_case), expected);
    }
}
