//! Files for `tests/test_onnx.py`.

use crate::support::{Pictures, scatter};
use cuaderno_nn::Examples;
use cuaderno_zoo::{Architecture, Pooling, ZooError, mobilenet_v2, resnet18, resnet34, resnet50, vgg16};
use std::path::Path;

/// Weights that are neither small nor alike, running statistics included, so that each counts.
fn network(architecture: &Architecture) -> Result<cuaderno_zoo::Pretrained, ZooError> {
    let mut model = architecture.clone().input([3, 64, 48]).random(7)?;
    let kinds: Vec<String> = model.tensors().map(|(name, _)| name.rsplit('/').next().unwrap().to_owned()).collect();
    let mut values = model.tensor_values();
    for (number, (kind, values)) in kinds.iter().zip(&mut values).enumerate() {
        let numbers: Vec<f64> = scatter(values.len(), number as f64).collect();
        for (value, x) in values.iter_mut().zip(numbers) {
            match kind.as_str() {
                "kernel" => *value *= 1.4,
                "gamma" | "moving_variance" => *value = (1.0 + 0.3 * x) as f32,
                _ => *value = (0.2 * x) as f32,
            }
        }
    }
    model.network_mut().set_tensor_values(&values);
    Ok(model)
}

/// Writes each network, and its pictures and outputs one behind the other as `f32`, into `CUADERNO_ONNX`.
#[test]
#[ignore = "tests/test_onnx.py asks for it"]
fn networks_for_onnxruntime() {
    let folder = std::env::var_os("CUADERNO_ONNX").expect("a folder");
    let folder = Path::new(&folder);
    let networks = [
        ("mobilenet", mobilenet_v2(0.35).with_top(20)),
        ("vgg16", vgg16()),
        ("resnet18", resnet18().pooling(Pooling::Average)),
        ("resnet34", resnet34().pooling(Pooling::Average)),
        ("resnet50", resnet50().pooling(Pooling::Max)),
    ];
    let pictures = Pictures::scattered(2, [64, 48]);
    let mut values = vec![0.0; 2 * 64 * 48 * 3];
    values.chunks_exact_mut(64 * 48 * 3).enumerate().for_each(|(index, out)| pictures.write_image(index, 0, out));
    for (name, architecture) in networks {
        let model = network(&architecture).unwrap();
        model.export_onnx(folder.join(name).with_extension("onnx")).unwrap();
        let outputs = model.outputs(&pictures).unwrap();
        // Feature maps lie channels last here.
        let bytes = values.iter().chain(&outputs).flat_map(|value| value.to_le_bytes());
        std::fs::write(folder.join(name).with_extension("values"), bytes.collect::<Vec<u8>>()).unwrap();
    }
}
