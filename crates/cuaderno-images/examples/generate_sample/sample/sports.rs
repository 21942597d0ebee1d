//! Drawn "sports": a field of the class's colour and lines, and one figure in its shape.

use super::draw::{Canvas, Shape, hsv};
use super::files::Files;
use super::random::Random;
use std::io;

/// Folder names as in the real set, spelling included, so that one notebook reads both.
const CLASSES: [(&str, f64, Shape); 10] = [
    ("air hockey", 0.55, Shape::Disc),
    ("ampute football", 0.33, Shape::Polygon(5)),
    ("archery", 0.13, Shape::Ring),
    ("arm wrestling", 0.05, Shape::Cross),
    ("axe throwing", 0.09, Shape::Moon),
    ("balance beam", 0.62, Shape::Bar),
    ("barell racing", 0.11, Shape::Lobes(4)),
    ("baseball", 0.30, Shape::Polygon(4)),
    ("basketball", 0.08, Shape::Disc),
    ("baton twirling", 0.80, Shape::Star(5)),
];

/// `train|valid|test/<class>/*.jpg`, 224x224.
pub fn write(files: &mut Files, folder: &str, seed: u64) -> io::Result<()> {
    for (part, count, offset) in [("train", 6, 0), ("valid", 2, 400), ("test", 2, 800)] {
        for (class, (name, hue, shape)) in CLASSES.iter().enumerate() {
            for index in 0..count {
                let random = &mut Random::new(seed, (class * 1000 + index + offset) as u64);
                let path = format!("{folder}/{part}/{name}/{:03}.jpg", index + 1);
                files.write(&path, &draw(*hue, *shape, random).jpeg(60))?;
            }
        }
    }
    Ok(())
}

fn draw(hue: f64, shape: Shape, random: &mut Random) -> Canvas {
    let mut canvas = Canvas::new(224, 224, hsv(hue, random.range(0.3, 0.6), random.range(0.5, 0.8)));
    canvas.gradient(hsv(hue + random.range(-0.04, 0.04), 0.5, random.range(0.3, 0.6)));
    for _ in 0..2 {
        let centre = (random.range(0.0, 224.0), random.range(0.0, 224.0));
        canvas.shape(Shape::Bar, centre, 80.0, random.unit(), [0.95; 3], 0.35);
    }
    for _ in 0..1 + random.below(2) {
        let centre = (random.range(60.0, 164.0), random.range(60.0, 164.0));
        let colour = hsv(hue + random.range(0.35, 0.65), random.range(0.5, 0.9), random.range(0.7, 1.0));
        canvas.shape(shape, centre, random.range(30.0, 55.0), random.range(-0.1, 0.1), colour, 0.95);
    }
    canvas
}
