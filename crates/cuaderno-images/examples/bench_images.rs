//! How fast pictures come: `cargo xtask bench images`. One JSON object a line.
//!
//! Reads blood-cells/TRAIN below `CUADERNO_DATA`, or the sample. With `CUADERNO_PEERS` set to a Python that has tensorflow 2.21,
//! scipy and pillow, the same work is done by tf.data and by Keras's ImageDataGenerator in the same run.

use cuaderno_images::{Augmentation, ImageSet, Loader};
use cuaderno_nn::Examples;
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const SIZE: [usize; 2] = [150, 150];
/// As many times is everything measured; the best counts, for ours as for peers.
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");
    let data = std::env::var_os("CUADERNO_DATA").map_or_else(|| PathBuf::from(sample), PathBuf::from);
    let folder = data.join("blood-cells").join("TRAIN");
    // Nothing is kept decoded, so that each pass decodes everything, as the peers do.
    let plain = Loader::new(SIZE).memory_mb(0).folder(&folder)?;
    let kept = Loader::new(SIZE).folder(&folder)?;
    let settings =
        Augmentation::new().rotation(10.0).width_shift(0.3).height_shift(0.3).shear(0.3).zoom(0.2).horizontal_flip();

    let ours = [
        ("decode and resize to 150x150", best(&plain)),
        ("decode, resize, augment as R1", best(&plain.augmented(&settings, 1)?)),
        ("from memory", best(&kept)),
        ("from memory, augment as R1", best(&kept.augmented(&settings, 1)?)),
    ];
    let peers = peers(&folder);
    for (case, ours) in ours {
        let line =
            format!("\"bench\": \"images\", \"case\": \"{case}\", \"ours\": {ours:.4}, \"unit\": \"ms/picture\"");
        match peers.get(case).map(Vec::as_slice) {
            None | Some([]) => println!("{{{line}}}"),
            Some(found) => {
                for (peer, value) in found {
                    let ratio = ours / value;
                    println!("{{{line}, \"peer\": \"{peer}\", \"peer_value\": {value:.4}, \"ratio\": {ratio:.3}}}");
                }
            }
        }
    }
    Ok(())
}

/// Milliseconds a picture.
fn best(images: &ImageSet) -> f64 {
    let length = images.image_shape().iter().product();
    let round = |epoch| {
        let start = Instant::now();
        (0..images.len())
            .into_par_iter()
            .for_each_init(|| vec![0.0; length], |out, index| images.write_image(index, epoch, out));
        start.elapsed().as_secs_f64() * 1000.0 / images.len() as f64
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}

/// Peers and their milliseconds a picture, by case.
fn peers(folder: &Path) -> HashMap<String, Vec<(String, f64)>> {
    let mut found: HashMap<String, Vec<(String, f64)>> = HashMap::new();
    let Some(python) = std::env::var_os("CUADERNO_PEERS") else {
        eprintln!("images: no peers; set CUADERNO_PEERS to a Python with tensorflow, scipy and pillow");
        return found;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/bench_images.py");
    match Command::new(python).arg(script).arg(folder).arg(ROUNDS.to_string()).output() {
        Ok(output) => {
            for line in String::from_utf8_lossy(&output.stdout).lines() {
                if let [case, peer, value] = line.split('\t').collect::<Vec<_>>()[..]
                    && let Ok(value) = value.parse()
                {
                    found.entry(case.to_owned()).or_default().push((peer.to_owned(), value));
                }
            }
            if found.is_empty() {
                eprintln!("images: peers failed: {}", String::from_utf8_lossy(&output.stderr));
            }
        }
        Err(error) => eprintln!("images: peers could not be started: {error}"),
    }
    found
}
