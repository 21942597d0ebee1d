//! What a file of Keras's says of its model beside the weights, against the network that is to take them.

use crate::keras_branches::{exchangeable, has_like_branches, is_chain};
use crate::keras_h5::snake_case;
use crate::tensor_file::TensorFile;
use cuaderno_nn::{Layer, Network};
use cuaderno_ops::{Activation, Padding, Pool2d};
use serde_json::Value;

/// One step from the picture to the answer, in words that both sides share: `conv2d 3x3, stride 1x1, valid`.
#[derive(Clone, Debug)]
struct Step {
    /// Keras's name of the layer.
    layer: String,
    does: String,
    /// The same for pictures on another scale.
    or: Option<String>,
}

/// The first difference between the model and the network in what their layers do, if the file tells of it. What only training
/// knows of does not count, nor whether the last layer turns scores into probabilities.
pub(crate) fn difference(file: &TensorFile, network: &Network) -> Option<String> {
    let Some(config) = &file.config else {
        let unknown = "of weights alone it is not known which branch is which; store the model as .keras".to_owned();
        return has_like_branches(network).then_some(unknown);
    };
    let (mut theirs, mut ours) = (keras_steps(config), network_steps(network));
    let is_end = |does: &str| does == "softmax" || does == "sigmoid";
    match (theirs.last(), ours.last()) {
        (Some(last), Some(own)) if is_end(&last.does) && own == "dense" => drop(theirs.pop()),
        (Some(last), Some(own)) if last.does == "dense" && is_end(own) => drop(ours.pop()),
        _ => {}
    }
    let is = |step: &Step, own: &String| step.does == *own || step.or.as_ref() == Some(own);
    if is_chain(config) {
        let place = theirs.iter().zip(&ours).position(|(step, own)| !is(step, own));
        let place = place.unwrap_or(theirs.len().min(ours.len()));
        return match (theirs.get(place), ours.get(place)) {
            (None, None) => None,
            (Some(step), Some(own)) => {
                Some(format!("its {} is {}, the network has {own} there", step.layer, step.does))
            }
            (Some(step), None) => Some(format!("its {} is {}, where the network ends", step.layer, step.does)),
            (None, Some(own)) => Some(format!("it ends where the network goes on with {own}")),
        };
    }
    // Where it branches, the order of the layers is not that of the network.
    for step in &theirs {
        match ours.iter().position(|own| is(step, own)) {
            Some(place) => drop(ours.remove(place)),
            None => return Some(format!("its {} is {}, the network has no such layer left", step.layer, step.does)),
        }
    }
    ours.first()
        .map(|own| format!("the network has {own}, the model has no such layer left"))
        .or_else(|| exchangeable(config, file))
}

fn keras_steps(config: &Value) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for layer in config["config"]["layers"].as_array().into_iter().flatten() {
        let (config, class) = (&layer["config"], snake_case(layer["class_name"].as_str().unwrap_or_default()));
        let name = config["name"].as_str().unwrap_or_default();
        let mut add = |does: String| steps.push(Step { layer: name.to_owned(), does, or: None });
        let own_step = match class.as_str() {
            "input_layer"
            | "dropout"
            | "spatial_dropout2d"
            | "gaussian_noise"
            | "gaussian_dropout"
            | "add"
            | "activity_regularization" => None,
            class if class.starts_with("random_") => None,
            "conv2d" | "depthwise_conv2d" => {
                let dilation = pair(&config["dilation_rate"]).unwrap_or([1, 1]);
                Some(convolution(pair(&config["kernel_size"]), pair(&config["strides"]), padding(config), dilation))
            }
            "max_pooling2d" | "average_pooling2d" => {
                let kind = if class == "max_pooling2d" { "max_pool" } else { "avg_pool" };
                let window = pair(&config["pool_size"]);
                Some(pooling(kind, window, pair(&config["strides"]).or(window), padding(config)))
            }
            "global_average_pooling2d" => Some("global_avg_pool".into()),
            "global_max_pooling2d" => Some("global_max_pool".into()),
            "batch_normalization" => Some(normalization(config["epsilon"].as_f64().unwrap_or(0.001))),
            "zero_padding2d" => {
                let sides: Vec<u64> = numbers(&config["padding"]).into_iter().map(|side| side as u64).collect();
                Some(format!("zero_pad {sides:?}"))
            }
            "activation" | "rescaling" => None,
            "softmax" => Some("softmax".into()),
            "re_lu" => Some(match config["max_value"].as_f64() {
                Some(6.0) => "relu6".into(),
                Some(most) => format!("relu up to {most}"),
                None => "relu".into(),
            }),
            "leaky_re_lu" => {
                let slope = config["negative_slope"].as_f64().or_else(|| config["alpha"].as_f64());
                Some(leaky_relu(slope.unwrap_or(0.3)))
            }
            other => Some(other.to_owned()),
        };
        own_step.map(&mut add);
        let activation = match &config["activation"] {
            Value::String(name) => Some(name.clone()),
            Value::Object(layer) => layer.get("class_name").and_then(Value::as_str).map(snake_case),
            _ => None,
        };
        match activation.as_deref() {
            None | Some("linear") => {}
            Some("leaky_relu") => add(leaky_relu(0.2)),
            Some(name) => add(name.to_owned()),
        }
        if class == "rescaling" {
            let (scale, offset) = (numbers(&config["scale"]), numbers(&config["offset"]));
            let of = |list: &[f64], c: usize| list.get(c).or(list.first()).copied().unwrap_or(0.0);
            let text = |of_picture: f64| rescaling(|c| (of(&scale, c) * of_picture, of(&offset, c)));
            // Keras's pictures go to 255, ours to 1; there may be others.
            let (does, or) = (text(255.0), Some(text(1.0)));
            if does != UNCHANGED {
                steps.push(Step { layer: name.to_owned(), does, or });
            }
        }
    }
    without_repetition(steps, |step| &step.does)
}

fn network_steps(network: &Network) -> Vec<String> {
    let mut steps = Vec::new();
    network.layers().for_each_layer(&mut |layer| {
        steps.extend(match *layer {
            Layer::Conv2d(conv) => {
                let dilation = [conv.dilation; 2];
                Some(convolution(Some(conv.kernel), Some(conv.stride), own_padding(conv.padding), dilation))
            }
            Layer::MaxPool(pool) => Some(own_pooling("max_pool", pool)),
            Layer::AveragePool(pool) => Some(own_pooling("avg_pool", pool)),
            Layer::BatchNorm(norm) => Some(normalization(norm.epsilon.into())),
            Layer::Activation(Activation::LeakyRelu(slope)) => Some(leaky_relu(slope.into())),
            Layer::Activation(Activation::Linear) => None,
            Layer::ZeroPad(sides) => Some(format!("zero_pad {sides:?}")),
            Layer::Rescale(by) => {
                let text = rescaling(|c| (by.factors[c].into(), by.offsets[c].into()));
                let reversed = if by.reversed { ", channels reversed" } else { "" };
                Some(text + reversed).filter(|text| text != UNCHANGED)
            }
            Layer::Dropout(_) | Layer::ResidualBegin | Layer::Shortcut | Layer::ResidualEnd | Layer::Model(_) => None,
            Layer::Activation(_)
            | Layer::Softmax
            | Layer::GlobalAveragePool
            | Layer::GlobalMaxPool
            | Layer::Flatten
            | Layer::Dense(_) => Some(layer.kind().to_owned()),
        });
    });
    without_repetition(steps, |step| step)
}

/// Without a flattening of what is flat already.
fn without_repetition<T>(steps: Vec<T>, does: impl Fn(&T) -> &str) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for step in steps {
        let is_flat = kept.iter().any(|step| does(step).starts_with("global_") || does(step) == "flatten");
        if does(&step) != "flatten" || !is_flat {
            kept.push(step);
        }
    }
    kept
}

const UNCHANGED: &str = "rescale by [1.0000, 1.0000, 1.0000] and [0.0000, 0.0000, 0.0000]";

fn rescaling(of: impl Fn(usize) -> (f64, f64)) -> String {
    let [factors, offsets] = [0, 1].map(|part| {
        let number = |c| format!("{:.4}", [of(c).0, of(c).1][part]);
        [0, 1, 2].map(number).join(", ")
    });
    format!("rescale by [{factors}] and [{offsets}]")
}

fn convolution(
    kernel: Option<[usize; 2]>,
    stride: Option<[usize; 2]>,
    padding: String,
    dilation: [usize; 2],
) -> String {
    // A filter of one pixel needs no room around the picture.
    let padding = if kernel == Some([1, 1]) { "valid".into() } else { padding };
    let dilated = if dilation == [1, 1] { String::new() } else { format!(", dilation {}", by(Some(dilation))) };
    format!("conv2d {}, stride {}, {padding}{dilated}", by(kernel), by(stride.or(Some([1, 1]))))
}

fn pooling(kind: &str, window: Option<[usize; 2]>, stride: Option<[usize; 2]>, padding: String) -> String {
    format!("{kind} {}, stride {}, {padding}", by(window), by(stride))
}

fn own_pooling(kind: &str, pool: Pool2d) -> String {
    pooling(kind, Some(pool.window), Some(pool.stride), own_padding(pool.padding))
}

fn normalization(epsilon: f64) -> String {
    format!("batch_norm, epsilon {}", epsilon as f32)
}

fn leaky_relu(slope: f64) -> String {
    format!("leaky_relu({})", slope as f32)
}

fn own_padding(padding: Padding) -> String {
    match padding {
        Padding::Valid => "valid".into(),
        Padding::Same => "same".into(),
        Padding::Explicit(sides) => format!("zeros {sides:?}"),
    }
}

fn padding(config: &Value) -> String {
    config["padding"].as_str().unwrap_or("valid").to_owned()
}

fn by(pair: Option<[usize; 2]>) -> String {
    pair.map_or("?".into(), |[height, width]| format!("{height}x{width}"))
}

/// A number, or two of them.
fn pair(value: &Value) -> Option<[usize; 2]> {
    match numbers(value)[..] {
        [one] => Some([one as usize; 2]),
        [height, width] => Some([height as usize, width as usize]),
        _ => None,
    }
}

/// All numbers of nested lists.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        value => value.as_f64().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor_file::Tensor;
    use cuaderno_nn::{Rescaling, cnn};

    cnn! { Chain: [3, 12, 12] => [conv2d(4, 3), relu, dropout(0.5), batch_norm, max_pool(2), global_avg_pool, dense(2), softmax] }
    const FROM_MINUS_ONE: Rescaling = Rescaling { factors: [2.0; 3], offsets: [-1.0; 3], reversed: false };
    cnn! { FromMinusOne: [3, 12, 12] => [
        rescale(FROM_MINUS_ONE), conv2d(4, 3), relu, batch_norm, max_pool(2), global_avg_pool, flatten, dense(2), softmax,
    ] }
    cnn! { Leaky: [3, 12, 12] => [conv2d(4, 3), leaky_relu.slope(0.2), batch_norm, max_pool(2), global_avg_pool, dense(2), softmax] }
    cnn! { Pointwise: [3, 12, 12] => [
        residual(conv2d(3, 3).same(), relu, conv2d(3, 3).same(); conv2d(3, 1)), global_avg_pool, dense(2), softmax,
    ] }
    cnn! { Wide: [3, 12, 12] => [
        residual(conv2d(3, 3).same(), relu, conv2d(3, 3).same(); conv2d(3, 3).same()), global_avg_pool, dense(2), softmax,
    ] }

    /// As tests/peers/keras_configs.py wrote it, with filters of the size that it says.
    fn file(name: &str) -> TensorFile {
        let all: Value = serde_json::from_str(include_str!("../tests/peers/configs.json")).unwrap();
        let config = all[name].clone();
        let kernel = |layer: &Value| {
            let size = pair(&layer["config"]["kernel_size"])?;
            let shape = vec![size[0], size[1], 3, layer["config"]["filters"].as_u64()? as usize];
            let name = format!("{}/kernel", layer["config"]["name"].as_str()?);
            Some((name, Tensor { shape, values: Ok(Vec::new()) }))
        };
        let layers = config["config"]["layers"].as_array().unwrap();
        let tensors = layers.iter().filter_map(kernel).collect();
        let (layers, labels, foreign, unnamed) = (Vec::new(), None, None, None);
        TensorFile {
            path: name.into(),
            tensors,
            labels,
            layers,
            unordered: false,
            foreign,
            config: Some(config),
            unnamed,
        }
    }

    #[test]
    fn layers_that_do_the_same_are_taken_for_the_same() {
        let chain = Chain::new(1);
        for name in ["same", "of 255", "logits"] {
            assert_eq!(difference(&file(name), &chain), None, "{name}");
        }
        assert_eq!(difference(&file("from -1"), &FromMinusOne::new(1)), None);
        assert_eq!(difference(&file("leaky"), &Leaky::new(1)), None);
        assert_eq!(difference(&file("residual"), &Pointwise::new(1)), None);
    }

    #[test]
    fn the_first_layer_that_does_something_else_is_named() {
        let chain = Chain::new(1);
        let expected = [
            (
                "from -1",
                "its scaled is rescale by [2.0000, 2.0000, 2.0000] and [-1.0000, -1.0000, -1.0000], the network has conv2d 3x3",
            ),
            ("flat", "its doe is global_max_pool, the network has global_avg_pool there"),
            ("tanh", "its ant is tanh, the network has relu there"),
            ("stride", "its ant is conv2d 3x3, stride 2x2, valid, the network has conv2d 3x3, stride 1x1, valid there"),
            ("padding", "its ant is conv2d 3x3, stride 1x1, same, the network has conv2d 3x3, stride 1x1, valid there"),
            ("dilation", "its ant is conv2d 3x3, stride 1x1, valid, dilation 2x2, the network has"),
            ("epsilon", "its bat is batch_norm, epsilon 0.5, the network has batch_norm, epsilon 0.001 there"),
            (
                "mean",
                "its cow is avg_pool 2x2, stride 2x2, valid, the network has max_pool 2x2, stride 2x2, valid there",
            ),
            ("more", "its six is relu6, the network has batch_norm, epsilon 0.001 there"),
            ("leaky", "its leaky is leaky_relu(0.2), the network has relu there"),
            ("silu", "its ant is silu, the network has relu there"),
        ];
        for (name, words) in expected {
            let found = difference(&file(name), &chain).unwrap_or_default();
            assert!(found.starts_with(words), "{name}: {found}");
        }
        let found = difference(&file("same"), &FromMinusOne::new(1)).unwrap();
        assert!(found.starts_with("its ant is conv2d 3x3, stride 1x1, valid, the network has rescale by"), "{found}");
    }

    #[test]
    fn branches_that_could_be_exchanged_are_refused() {
        let found = difference(&file("exchangeable"), &Wide::new(1)).unwrap();
        assert!(found.starts_with("its sum joins two branches with weights of the same shape, short and "), "{found}");
        let alone = |name| TensorFile { config: None, ..file(name) };
        let found = difference(&alone("exchangeable"), &Wide::new(1)).unwrap();
        assert!(found.starts_with("of weights alone it is not known which branch is which"), "{found}");
        assert_eq!(difference(&alone("residual"), &Pointwise::new(1)), None);
        let found = difference(&file("residual"), &Wide::new(1)).unwrap();
        assert!(found.starts_with("its short is conv2d 1x1, stride 1x1, valid, the network has no such"), "{found}");
    }
}
