//! Networks of one's own with weights that Keras has trained: tests/peers/keras_own.py.

use cuaderno_nn::cnn;
use cuaderno_zoo::KerasWeights;
use std::path::{Path, PathBuf};

cnn! { Own: [3, 9, 8] => [
    conv2d(4, 3), batch_norm, relu, conv2d(4, 3).groups(4).same(), conv2d(5, 2), relu, max_pool(2),
    flatten, dense(6), relu, batch_norm, dropout(0.5), dense(3), softmax,
] }
cnn! { Narrow: [3, 9, 8] => [
    conv2d(4, 3), batch_norm, relu, conv2d(4, 3).groups(4).same(), conv2d(5, 2), relu, max_pool(2),
    flatten, dense(4), relu, batch_norm, dense(3), softmax,
] }
cnn! { Unbiased: [3, 9, 8] => [
    conv2d(4, 3), batch_norm, relu, conv2d(4, 3).groups(4).same(), conv2d(5, 2), relu, max_pool(2),
    flatten, dense(6), relu, batch_norm, dense(3).no_bias(), softmax,
] }
cnn! { Shallow: [3, 9, 8] => [conv2d(4, 3), batch_norm, relu, flatten, dense(3), softmax] }
cnn! { Deep: [3, 9, 8] => [
    conv2d(4, 3), batch_norm, relu, conv2d(4, 3).groups(4).same(), conv2d(5, 2), relu, max_pool(2),
    flatten, dense(6), relu, batch_norm, dense(3), relu, dense(3), softmax,
] }

fn peers(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}

#[test]
fn a_network_of_ones_own_says_what_it_says_in_keras() {
    let text = std::fs::read_to_string(peers("own.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    let numbers = |name: &str| -> Vec<f32> {
        expected[name].as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
    };
    let picture = crate::support::Pictures::of(numbers("picture"), [9, 8]);
    for name in ["own.keras", "own.h5"] {
        let mut model = Own::new(1);
        model.load_keras(peers(name)).unwrap();
        let scores = model.outputs(&picture).unwrap();
        for (found, expected) in scores.iter().zip(numbers("scores")) {
            assert!((found - expected).abs() < 1e-5, "{name}: {scores:?}");
        }
    }
}

#[test]
fn another_network_stays_as_it_was_and_says_where_they_differ() {
    let refused = |result: Result<(), cuaderno_zoo::ZooError>, words: &[&str]| {
        let message = result.unwrap_err().to_string();
        assert!(!message.contains('\n') && words.iter().all(|word| message.contains(word)), "{message}");
    };
    let mut narrow = Narrow::new(1);
    let before = narrow.tensor_values();
    refused(narrow.load_keras(peers("own.keras")), &["own.keras", "cat/kernel is [30, 6]", "[30, 4]", "Narrow"]);
    assert_eq!(narrow.tensor_values(), before);
    refused(Unbiased::new(1).load_keras(peers("own.keras")), &["its ant has a bias", "has none"]);
    refused(Shallow::new(1).load_keras(peers("own.h5")), &["cat/kernel is [30, 6]", "Shallow"]);
    refused(Deep::new(1).load_keras(peers("own.keras")), &["no dense layer left for 14_dense"]);
    refused(Own::new(1).load_keras(peers("own.weights.h5")), &["own.weights.h5", "depthwise", "store it as .keras"]);
    for name in ["transposed.keras", "transposed.h5"] {
        refused(
            Own::new(1).load_keras(peers(name)),
            &[name, "its up is conv2d_transpose", "which a network here has not"],
        );
    }
    refused(
        Own::new(1).load_keras(peers("unscaled.keras")),
        &["its bat is a batch normalization without scale or shift"],
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.safetensors");
    Own::new(1).save(&path).unwrap();
    refused(Own::new(1).load_keras(&path), &["own.safetensors", "no layers of Keras's"]);
}
