//! Weights files: renamed and transposed ones give the same network; others get one clear line.

use crate::support::{Named, Pictures, write};
use cuaderno_zoo::{Pooling, Pretrained, Source, ZooError, mobilenet_v2, resnet50, vgg16};
use std::collections::HashMap;
use std::path::PathBuf;

fn says<T: std::fmt::Debug>(result: Result<T, ZooError>, words: &[&str]) {
    let message = result.unwrap_err().to_string();
    assert!(!message.contains('\n') && words.iter().all(|word| message.contains(word)), "{message}");
}

/// A network's tensors under Keras's names, which the layers' order gives.
fn keras_tensors(network: &Pretrained) -> Vec<Named> {
    let mut names = network.layer_names().into_iter();
    let (mut place, mut name) = (String::new(), "");
    let named = network.tensors().zip(network.tensor_values()).map(|((path, shape), values)| {
        let (prefix, tensor) = path.rsplit_once('/').unwrap();
        if prefix != place {
            place = prefix.to_owned();
            let is_plain = |name: &str| {
                ["relu", "pad", "pool", "add", "out", "flatten", "pooling2d"].iter().any(|end| name.ends_with(end))
            };
            name = names.by_ref().find(|name| !is_plain(name)).unwrap();
        }
        let mut shape = shape.to_vec();
        if name.ends_with("depthwise") {
            shape.swap(2, 3);
        }
        (format!("{name}/{tensor}"), shape, values)
    });
    named.collect()
}

fn saved(tensors: &[Named], notes: Option<HashMap<String, String>>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    write(&path, tensors, notes);
    (folder, path)
}

#[test]
fn a_transposed_and_renamed_vgg16_is_the_same_network() {
    let network = vgg16().input([3, 32, 48]).with_top(5).random(3).unwrap();
    let torch_numbers = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]; // torchvision.models.vgg16().features
    let tensors: Vec<Named> = keras_tensors(&network)
        .into_iter()
        .enumerate()
        .map(|(number, (_, shape, values))| {
            let layer = number / 2;
            let place = if layer < 13 {
                format!("features.{}", torch_numbers[layer])
            } else {
                format!("classifier.{}", 3 * (layer - 13))
            };
            match shape[..] {
                [h, w, inputs, outputs] => {
                    let at = |o, i, u, v| values[((u * w + v) * inputs + i) * outputs + o];
                    let mut turned = Vec::new();
                    for o in 0..outputs {
                        for i in 0..inputs {
                            (0..h).for_each(|u| turned.extend((0..w).map(|v| at(o, i, u, v))));
                        }
                    }
                    (format!("{place}.weight"), vec![outputs, inputs, h, w], turned)
                }
                [inputs, units] => {
                    // The first dense layer sees 512 maps of 1 x 1 pixels: nothing to reorder.
                    let turned = (0..units).flat_map(|u| (0..inputs).map(move |i| (u, i)));
                    let turned = turned.map(|(u, i)| values[i * units + u]).collect();
                    (format!("{place}.weight"), vec![units, inputs], turned)
                }
                _ => (format!("{place}.bias"), shape, values),
            }
        })
        .collect();
    let (folder, path) = saved(&tensors, None);
    let loaded = vgg16().input([3, 32, 48]).with_top(5).load(&path).unwrap();
    assert_eq!(loaded.source(), Source::Torchvision);
    assert!(loaded.tensor_values() == network.tensor_values());
    let written = folder.path().join("written.safetensors");
    loaded.save_base(&written).unwrap();
    assert!(std::fs::read(&written).unwrap() == std::fs::read(&path).unwrap(), "written in torchvision's form");
}

#[test]
fn a_trained_base_is_written_without_its_head() {
    let network = mobilenet_v2(0.35).input([3, 32, 32]).random(3).unwrap();
    let (folder, path) = saved(&keras_tensors(&network), None);
    let written = folder.path().join("written.safetensors");
    let pooled = mobilenet_v2(0.35).input([3, 32, 32]).pooling(Pooling::Average).load(&path).unwrap();
    pooled.with_dense(4, 2, 1).unwrap().save_base(&written).unwrap();
    let again = mobilenet_v2(0.35).input([3, 32, 32]).load(&written).unwrap();
    assert!(again.tensor_values() == network.tensor_values());
    assert_eq!(
        std::fs::metadata(&written).unwrap().len() / 1000,
        1665,
        "nothing of the head, 410,208 numbers and their names"
    );
    says(network.save_base(written.join("below-a-file")), &["below-a-file", "writing failed"]);
}

#[test]
fn files_bring_labels_along() {
    let network = mobilenet_v2(0.35).input([3, 32, 32]).with_top(2).random(3).unwrap();
    let labels = HashMap::from([("labels".to_owned(), "[\"tench\", \"goldfish\"]".to_owned())]);
    let (folder, path) = saved(&keras_tensors(&network), Some(labels));
    let loaded = mobilenet_v2(0.35).input([3, 32, 32]).with_top(2).load(&path).unwrap();
    let best = loaded.top_labels(&Pictures::scattered(3, [32, 32]), 2).unwrap();
    assert_eq!(best.pictures.len(), 3);
    let [(first, p), (second, q)] = &best.pictures[0][..] else { panic!("two labels a picture") };
    assert!(p >= q && (p + q - 1.0).abs() < 1e-5 && first != second && ["tench", "goldfish"].contains(&&**first));

    let index = folder.path().join("imagenet_class_index.json");
    std::fs::write(&index, r#"{"1": ["n01443537", "goldfish"], "0": ["n01440764", "tench"]}"#).unwrap();
    let named = mobilenet_v2(0.35).input([3, 32, 32]).with_top(2).labels(&index);
    assert_eq!(named.load(&path).unwrap().labels().unwrap(), ["tench", "goldfish"]);
    std::fs::write(&index, "tench\ngoldfish\nshark\n").unwrap();
    says(named.load(&path), &["3 class names", "2 classes"]);
    std::fs::write(&index, "{1}").unwrap();
    says(named.load(&path), &["imagenet_class_index.json", "a name a line"]);
}

#[test]
fn a_file_that_does_not_fit_gets_one_clear_line() {
    let small = mobilenet_v2(0.35).input([3, 32, 32]);
    let tensors = keras_tensors(&small.random(3).unwrap());
    let (folder, path) = saved(&tensors, None);
    assert!(small.load(&path).is_ok());
    says(
        mobilenet_v2(0.5).load(&path),
        &["weights.safetensors", "MobileNetV2 0.5", "[1, 1, ", "use mobilenet_v2(0.35)", "more"],
    );
    says(
        small.clone().with_top(1000).load(&path),
        &["2 of its tensors", "predictions/kernel [1280, 1000] is missing", "with_top"],
    );
    says(resnet50().load(&path), &["ResNet50", "conv1_conv/kernel [7, 7, 3, 64] is missing", "another network"]);

    let mut more = tensors.clone();
    more.push(("surprise/kernel".into(), vec![1], vec![0.0]));
    write(&path, &more, None);
    says(small.load(&path), &["1 of its tensors", "surprise/kernel is not in the model"]);

    let mut turned = tensors.clone();
    turned[0].1.reverse();
    write(&path, &turned, None);
    says(small.load(&path), &["Conv1/kernel is [16, 3, 3, 3], the model's [3, 3, 3, 16]", "order"]);

    let bytes = std::fs::read(&path).unwrap();
    for length in [0, 7, 1000, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).unwrap();
        says(small.load(&path), &["no whole file of weights"]);
    }
    says(small.load(folder.path().join("missing")), &["missing", "reading failed"]);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    says(vgg16().input([1, 64, 64]).random(0), &["VGG16: input is [1, 64, 64]", "[3, height, width]"]);
    says(vgg16().input([3, 16, 64]).random(0), &["[3, 16, 64]", "32"]);
    says(mobilenet_v2(-1.0).random(0), &["alpha is -1", "0.35"]);
    says(mobilenet_v2(f64::NAN).random(0), &["alpha is NaN"]);
    says(resnet50().with_top(0).random(0), &["with_top is 0", "1000"]);
}
