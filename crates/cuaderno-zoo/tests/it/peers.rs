//! The same outputs as Keras, and as torchvision's definitions written out in NumPy, for the same weights and pictures.
//! `tests/peers/*.py` print the expected values; weights and pictures come from a formula on both sides.

use crate::support::{Named, Pictures, scatter, write};
use cuaderno_images::{CifarLabels, ImageSet};
use cuaderno_zoo::{Architecture, Pooling, Source, mobilenet_v2, resnet18, resnet34, resnet50, vgg16};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn sizes(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|x| x.as_u64().unwrap() as usize).collect()
}

/// The script's weights: kernels scaled so that values neither grow nor fade, the rest near what is usual.
fn tensor(number: usize, name: &str, shape: Vec<usize>, source: Source) -> Named {
    let count: usize = shape.iter().product();
    let fan: usize = match source {
        Source::Torchvision => shape[1..].iter().product(),
        Source::Keras if name.contains("depthwise") => shape[..2.min(shape.len())].iter().product(),
        Source::Keras => shape[..shape.len() - 1].iter().product(),
    };
    let is_kernel = match source {
        Source::Torchvision => shape.len() > 1,
        Source::Keras => name.ends_with("kernel"),
    };
    let is_near_one = match source {
        Source::Torchvision => name.ends_with("running_var") || name.ends_with("weight"),
        Source::Keras => name.ends_with("gamma") || name.ends_with("moving_variance"),
    };
    let kernel = (4.0 / fan as f64).sqrt();
    let value = |x: f64| match (is_kernel, is_near_one) {
        (true, _) => x * kernel,
        (_, true) => 1.0 + 0.3 * x,
        _ => 0.2 * x,
    };
    let values = scatter(count, 2.0 * number as f64).map(|x| value(x) as f32).collect();
    (name.to_owned(), shape, values)
}

/// Loads the peer's weights and compares what the network makes of the two pictures: 1e-3 of the output's size.
fn compare(peers: &str, case: &str, network: Architecture, source: Source) {
    let peers: Value = serde_json::from_str(peers).unwrap();
    let peer = peers.as_array().unwrap().iter().find(|peer| peer["case"] == case).unwrap();
    let listed = peer["tensors"].as_array().unwrap().iter().enumerate();
    let tensors: Vec<Named> =
        listed.map(|(i, entry)| tensor(i, entry[0].as_str().unwrap(), sizes(&entry[1]), source)).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    write(&path, &tensors, None);

    let size: [usize; 2] = sizes(&peer["size"]).try_into().unwrap();
    let network = network.input([3, size[0], size[1]]).load(&path).unwrap();
    assert_eq!(network.source(), source);
    assert_eq!(network.parameters() as u64, peer["parameters"].as_u64().unwrap(), "{case}");
    let outputs = network.outputs(&Pictures::scattered(2, size)).unwrap();
    let (norms, places) = (numbers(&peer["norm"]), sizes(&peer["places"]));
    for (picture, row) in outputs.chunks_exact(outputs.len() / 2).enumerate() {
        let norm = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        assert!((norm - norms[picture]).abs() < 1e-3 * norms[picture], "{case}: length {norm}, not {}", norms[picture]);
        let expected = numbers(&peer["values"][picture]);
        let scale = norms[picture] / (row.len() as f64).sqrt();
        for (place, expected) in places.iter().zip(expected) {
            let found = f64::from(row[*place]);
            assert!(
                (found - expected).abs() < 1e-3 * (scale + expected.abs()),
                "{case}, {place}: {found}, not {expected}"
            );
        }
    }
}

const KERAS: &str = include_str!("../peers/keras.json");
const TORCHVISION: &str = include_str!("../peers/torchvision.json");
const RESNET: &str = include_str!("../peers/resnet.json");

#[test]
fn mobilenets_agree_with_keras() {
    compare(KERAS, "mobilenet_v2 0.35", mobilenet_v2(0.35).pooling(Pooling::Average), Source::Keras);
    compare(KERAS, "mobilenet_v2 1.0", mobilenet_v2(1.0).pooling(Pooling::Max), Source::Keras);
    compare(KERAS, "mobilenet_v2 1.4 top", mobilenet_v2(1.4).with_top(20), Source::Keras);
}

#[test]
fn vgg16_agrees_with_keras() {
    compare(KERAS, "vgg16", vgg16(), Source::Keras);
    compare(KERAS, "vgg16 top", vgg16().with_top(20), Source::Keras);
}

#[test]
fn resnet50_agrees_with_keras() {
    compare(KERAS, "resnet50", resnet50().pooling(Pooling::Average), Source::Keras);
    compare(KERAS, "resnet50 top", resnet50().with_top(20), Source::Keras);
}

#[test]
fn torchvisions_networks_agree_with_their_definitions() {
    compare(TORCHVISION, "resnet50", resnet50().pooling(Pooling::Average), Source::Torchvision);
    compare(TORCHVISION, "mobilenet_v2 1.0", mobilenet_v2(1.0).pooling(Pooling::Average), Source::Torchvision);
}

#[test]
fn small_resnets_agree_with_torchvision() {
    compare(RESNET, "resnet18", resnet18().pooling(Pooling::Average), Source::Torchvision);
    compare(RESNET, "resnet34", resnet34().pooling(Pooling::Average), Source::Torchvision);
    compare(RESNET, "resnet18 top", resnet18().with_top(20), Source::Torchvision);
}

#[test]
fn parameter_counts_of_small_resnets_are_those_of_torchvision() {
    let peers: Vec<Value> = serde_json::from_str(RESNET).unwrap();
    for (network, case) in [(resnet18(), "resnet18"), (resnet34(), "resnet34")] {
        let peer = peers.iter().find(|peer| peer["case"] == case).unwrap();
        let network = network.with_top(1000).random(0).unwrap();
        let moving = network.tensors().filter(|(name, _)| name.contains("moving_"));
        let moving: usize = moving.map(|(_, shape)| shape.iter().product::<usize>()).sum();
        assert_eq!((network.parameters() - moving) as u64, peer["trained"].as_u64().unwrap(), "{case}");
    }
}

#[test]
fn parameter_counts_are_those_of_keras() {
    // Keras: model.count_params(), include_top=False and 1000 classes
    assert_eq!(vgg16().random(0).unwrap().parameters(), 14_714_688);
    assert_eq!(resnet50().random(0).unwrap().parameters(), 23_587_712);
    assert_eq!(mobilenet_v2(1.0).random(0).unwrap().parameters(), 2_257_984);
    assert_eq!(mobilenet_v2(0.35).random(0).unwrap().parameters(), 410_208);
    assert_eq!(resnet50().with_top(1000).random(0).unwrap().parameters(), 25_636_712);
    assert_eq!(mobilenet_v2(1.0).with_top(1000).random(0).unwrap().parameters(), 3_538_984);
}

/// ImageNet's weights on real pictures, as `keras_real.py` printed them; runs where `CUADERNO_DATA` has both.
#[test]
fn real_weights_see_in_real_pictures_what_keras_sees() {
    let Some(data) = std::env::var_os("CUADERNO_DATA").map(std::path::PathBuf::from) else { return };
    let weights = data.join("weights/mobilenet_v2_0.35_224_notop.safetensors");
    if !weights.is_file() {
        return;
    }
    let network = mobilenet_v2(0.35).pooling(Pooling::Average).load(weights).unwrap();
    let (_, test) = ImageSet::cifar100(data.join("cifar100-25"), CifarLabels::Fine).unwrap();
    let peers: Vec<Value> = serde_json::from_str(include_str!("../peers/real.json")).unwrap();
    for (index, peer) in peers.iter().enumerate() {
        let small = test.picture(index).unwrap();
        let pixel = |place: u32| small.as_rgb().get_pixel(place % 224 / 7, place / 224 / 7).0;
        let pixels: Vec<u8> = (0..224 * 224).flat_map(pixel).collect();
        let pictures = ImageSet::from_arrays(&pixels, &[0], [224, 224, 3], &["picture"]).unwrap();
        let row = network.outputs(&pictures).unwrap();
        let norm = peer["norm"].as_f64().unwrap();
        let found = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        assert!((found - norm).abs() < 1e-3 * norm, "{index}: length {found}, not {norm}");
        let scale = norm / (row.len() as f64).sqrt();
        for (found, expected) in row.iter().step_by(27).zip(numbers(&peer["values"])) {
            let found = f64::from(*found);
            assert!((found - expected).abs() < 1e-3 * (scale + expected.abs()), "{index}: {found}, not {expected}");
        }
    }
}
