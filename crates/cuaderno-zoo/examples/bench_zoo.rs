//! How fast pretrained networks run: `cargo xtask bench zoo`. One JSON object a line.
//!
//! Features of the sports pictures below `CUADERNO_DATA`, where it is set, by MobileNetV2 0.35, and steps of fine-tuning VGG16's last block at
//! 150 x 150 in batches of 20 on made-up pictures. With `CUADERNO_PEERS` set to a Python that has keras, the same work is
//! done by Keras in the same run, on the same pictures, and the features are compared.

use cuaderno_images::ImageSet;
use cuaderno_nn::{Examples, Fit, Optimizer, cnn};
use cuaderno_zoo::{Pooling, mobilenet_v2, vgg16};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

cnn! { Head: [512, 4, 4] => [flatten, dense(256), relu, dense(4), softmax] }

/// Seconds of ours, and of Keras where it is installed.
type Times = (f64, Option<f64>);
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    match std::env::var_os("CUADERNO_DATA") {
        Some(data) => features_of_sports(Path::new(&data))?,
        None => eprintln!("zoo: without CUADERNO_DATA there are no sports pictures to take features of"),
    }
    let step = fine_tuning(3)?;
    print("VGG16 150x150, batch 20, last block", "s/step", step);
    Ok(())
}

fn print(case: &str, unit: &str, (ours, peer): Times) {
    let start = format!("{{\"bench\": \"zoo\", \"case\": \"{case}\", \"ours\": {ours:.3}, \"unit\": \"{unit}\"");
    match peer {
        None => println!("{start}}}"),
        Some(peer) => {
            println!("{start}, \"peer\": \"Keras\", \"peer_value\": {peer:.3}, \"ratio\": {:.3}}}", ours / peer)
        }
    }
}

fn features_of_sports(data: &Path) -> Outcome<()> {
    let weights = data.join("weights/mobilenet_v2_0.35_224_notop.safetensors");
    let folder = std::env::temp_dir().join(format!("cuaderno-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = features(data, &weights, &folder);
    std::fs::remove_dir_all(&folder)?;
    let (seconds, difference) = measured?;
    print("features of sports, MobileNetV2 0.35", "s", seconds);
    if let Some(difference) = difference {
        println!(
            "{{\"bench\": \"zoo\", \"case\": \"features, largest relative difference\", \"ours\": {difference:.2e}}}"
        );
    }
    Ok(())
}

/// Seconds of ours and of Keras for the features of all sports pictures, and how far they differ.
fn features(data: &Path, weights: &Path, folder: &Path) -> Outcome<(Times, Option<f64>)> {
    let base = mobilenet_v2(0.35).pooling(Pooling::Average).load(weights)?;
    let parts =
        ["train", "valid", "test"].map(|part| ImageSet::from_folder(data.join("sports").join(part), [224, 224]));
    let (mut seconds, mut ours) = (0.0, Vec::new());
    let mut pixels = Vec::new();
    for part in parts {
        let part = part?;
        for index in 0..ImageSet::len(&part) {
            pixels.extend_from_slice(part.picture(index)?.as_rgb().as_raw());
        }
        let start = Instant::now();
        ours.extend_from_slice(base.features(&part)?.values());
        seconds += start.elapsed().as_secs_f64();
    }
    let (pictures, theirs) = (folder.join("pictures.bin"), folder.join("features.bin"));
    std::fs::write(&pictures, pixels)?;
    let Some(peer) = keras(&["features".as_ref(), weights, &pictures, &theirs]) else {
        return Ok(((seconds, None), None));
    };
    let bytes = std::fs::read(&theirs)?;
    let theirs = bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b));
    let size = (ours.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / ours.len() as f64).sqrt();
    let difference = ours.iter().zip(theirs).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max);
    Ok(((seconds, Some(peer)), Some(difference / size)))
}

/// Made-up pictures that a run sees as new ones in each epoch, so that nothing is computed once only.
#[derive(Clone)]
struct MadeUp(Vec<String>);

impl Examples for MadeUp {
    fn shared(&self) -> Arc<dyn Examples> {
        Arc::new(self.clone())
    }

    fn len(&self) -> usize {
        200
    }

    fn image_shape(&self) -> [usize; 3] {
        [3, 150, 150]
    }

    fn class_names(&self) -> &[String] {
        &self.0
    }

    fn label(&self, index: usize) -> usize {
        index % 4
    }

    fn write_image(&self, index: usize, epoch: usize, out: &mut [f32]) {
        for (place, value) in out.iter_mut().enumerate() {
            *value = ((place * 31 + index * 17 + epoch * 7) % 255) as f32 / 255.0;
        }
    }
}

/// Seconds a step of ours and of Keras.
fn fine_tuning(steps: usize) -> Outcome<Times> {
    let pictures = MadeUp(["a", "b", "c", "d"].map(String::from).to_vec());
    let mut model = vgg16().input([3, 150, 150]).random(1)?.with_head(&Head::new(1))?;
    model.unfreeze_from("block5")?;
    let how = |steps| Fit::new().batch_size(20).steps_per_epoch(steps).optimizer(Optimizer::rmsprop(1e-5)).quiet();
    model.fit(&pictures, &how(1))?; // memory is asked for once
    eprintln!("VGG16: {:.2} GB expected", model.training_memory(&how(1)).total() as f64 / 1e9);
    let start = Instant::now();
    model.fit(&pictures, &how(steps))?;
    let ours = start.elapsed().as_secs_f64() / steps as f64;
    eprintln!("VGG16: {}", peak_memory());
    Ok((ours, keras(&["vgg16".as_ref(), steps.to_string().as_ref()])))
}

/// The process's own account of the most memory it held.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown").to_owned()
}

/// What the script answers: seconds.
fn keras(arguments: &[&Path]) -> Option<f64> {
    let python = std::env::var_os("CUADERNO_PEERS")?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/bench_zoo.py");
    let output = Command::new(python).arg(script).args(arguments).output().ok()?;
    let answer = String::from_utf8_lossy(&output.stdout).trim().lines().last()?.parse().ok();
    if answer.is_none() {
        eprintln!("zoo: Keras failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    answer
}
