//! Small pictures in the two forms in which CIFAR comes: binary records, and an archive of folders.

use super::draw::{Canvas, Shape, hsv};
use super::files::Files;
use super::random::Random;
use std::io;

/// The order of the official `fine_label_names.txt`; only the first 25 occur in the records.
const FINE_LABELS: &str = include_str!("fine_label_names.txt");
/// The group (0 to 19) that the official records give to each of the first 25 fine labels.
const COARSE: [u8; 25] = [4, 1, 14, 8, 0, 6, 7, 7, 18, 3, 3, 14, 9, 18, 7, 11, 3, 9, 7, 11, 6, 11, 5, 10, 7];
const CIFAR10: [&str; 10] = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const SHAPES: [Shape; 10] = [
    Shape::Disc,
    Shape::Polygon(3),
    Shape::Polygon(4),
    Shape::Star(5),
    Shape::Ring,
    Shape::Cross,
    Shape::Moon,
    Shape::Bar,
    Shape::Lobes(3),
    Shape::Star(8),
];

/// Records of a coarse byte, a fine byte and 3,072 pixel bytes, planar. A class is one of five shapes in one of five hues.
pub fn write_cifar100(files: &mut Files, folder: &str, seed: u64) -> io::Result<()> {
    for (name, count) in [("train.bin", 10), ("test.bin", 2)] {
        let mut labels: Vec<u8> = (0..25).flat_map(|label| vec![label; count]).collect();
        let random = &mut Random::new(seed, count as u64);
        random.shuffle(&mut labels);
        let mut records = Vec::with_capacity(labels.len() * 3074);
        for label in labels {
            let hue = f64::from(label / 5) / 5.0 + random.range(-0.05, 0.05);
            records.extend([COARSE[usize::from(label)], label]);
            records.extend(draw(SHAPES[usize::from(label % 5)], hue, random).planar());
        }
        files.write(&format!("{folder}/{name}"), &records)?;
    }
    files.write(&format!("{folder}/fine_label_names.txt"), FINE_LABELS.as_bytes())
}

/// `cifar10/train|test/<class>/NNNN.jpg` in a compressed archive. A class is one of ten shapes, any hue.
pub fn write_cifar10(files: &mut Files, path: &str, seed: u64) -> io::Result<()> {
    let mut archive = tar::Builder::new(Vec::new());
    for (part, count) in [("train", 20), ("test", 5)] {
        for (class, name) in CIFAR10.iter().enumerate() {
            for index in 0..count {
                let random =
                    &mut Random::new(seed, (class * 1000 + index) as u64 + if part == "test" { 500 } else { 0 });
                let hue = random.unit();
                let picture = draw(SHAPES[class], hue, random).jpeg(80);
                let mut header = tar::Header::new_ustar();
                header.set_size(picture.len() as u64);
                header.set_mode(0o644);
                header.set_mtime(0);
                archive.append_data(&mut header, format!("cifar10/{part}/{name}/{index:04}.jpg"), &*picture)?;
            }
        }
    }
    files.write(path, &gzip(&archive.into_inner()?))
}

fn draw(shape: Shape, hue: f64, random: &mut Random) -> Canvas {
    let mut canvas = Canvas::new(32, 32, hsv(random.unit(), 0.2, random.range(0.1, 0.9)));
    canvas.gradient(hsv(random.unit(), 0.2, random.range(0.1, 0.9)));
    let centre = (random.range(12.0, 20.0), random.range(12.0, 20.0));
    let colour = hsv(hue, random.range(0.6, 1.0), random.range(0.6, 1.0));
    canvas.shape(shape, centre, random.range(9.0, 13.0), random.range(-0.06, 0.06), colour, 0.95);
    canvas.noise(random, 0.06);
    canvas
}

/// A gzip file (RFC 1952) without a time stamp. flate2 would write other bytes with another of its back ends.
fn gzip(content: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
    file.extend(miniz_oxide::deflate::compress_to_vec(content, 9));
    file.extend(crc32fast::hash(content).to_le_bytes());
    file.extend((content.len() as u32).to_le_bytes());
    file
}
