//! Random networks as files of ONNX, for `tests/test_onnx.py`, which runs them with onnxruntime.

use super::case::Case;
use super::data::Data;
use super::{build, check, generate::Budget};
use cuaderno_nn::Network;
use std::path::Path;

/// Writes each network, and its pictures and outputs one behind the other as `f32`, channels last, into `CUADERNO_ONNX`.
#[test]
#[ignore = "tests/test_onnx.py asks for it"]
fn networks_for_onnxruntime() {
    let folder = std::env::var_os("CUADERNO_ONNX").expect("a folder");
    for seed in 0..200 {
        let case = Case::generate(seed, Budget(300_000));
        let mut network = Network::new(build::layers(&case), seed);
        network.set_tensor_values(&check::parameters(&case, &network));
        let data = Data::new(&case, network.output().len());
        let path = Path::new(&folder).join(format!("random-{seed}.onnx"));
        network.export_onnx(&path).unwrap();
        let outputs = network.outputs(&data).unwrap();
        let bytes = data.pixels.iter().chain(&outputs).flat_map(|value| value.to_le_bytes());
        std::fs::write(path.with_extension("values"), bytes.collect::<Vec<u8>>()).unwrap();
        std::fs::write(path.with_extension("txt"), case.to_string()).unwrap();
    }
}
