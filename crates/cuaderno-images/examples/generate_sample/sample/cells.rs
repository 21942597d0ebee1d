//! Drawn "blood cells": what tells the classes apart is the nucleus.

use super::draw::{Canvas, Shape, hsv};
use super::files::Files;
use super::random::Random;
use std::io;

const CLASSES: [&str; 4] = ["EOSINOPHIL", "LYMPHOCYTE", "MONOCYTE", "NEUTROPHIL"];

/// `TRAIN|TEST/<CLASS>/*.jpeg`.
pub fn write(files: &mut Files, folder: &str, seed: u64) -> io::Result<()> {
    for (part, count) in [("TRAIN", 26), ("TEST", 8)] {
        for (class, name) in CLASSES.iter().enumerate() {
            for index in 0..count {
                let stream = (class * 1000 + index) as u64 + if part == "TEST" { 500 } else { 0 };
                let random = &mut Random::new(seed, stream);
                let path = format!("{folder}/{part}/{name}/_{class}_{}.jpeg", 100 + index * 37);
                files.write(&path, &draw(class, random).jpeg(65))?;
            }
        }
    }
    Ok(())
}

fn draw(class: usize, random: &mut Random) -> Canvas {
    let mut canvas = Canvas::new(160, 120, hsv(0.10 + random.range(-0.02, 0.02), 0.10, random.range(0.78, 0.9)));
    // Red cells: pale rings.
    for _ in 0..14 {
        let centre = (random.range(0.0, 160.0), random.range(0.0, 120.0));
        let radius = random.range(10.0, 14.0);
        canvas.shape(Shape::Disc, centre, radius, 0.0, hsv(0.02, 0.25, 0.82), 0.8);
        canvas.shape(Shape::Disc, centre, radius * 0.45, 0.0, hsv(0.05, 0.14, 0.86), 0.8);
    }
    let centre = (random.range(45.0, 115.0), random.range(40.0, 80.0));
    let (radius, turn) = (random.range(22.0, 27.0), random.unit());
    canvas.shape(Shape::Disc, centre, radius, 0.0, hsv(0.83, 0.18, 0.8), 0.9);
    let violet = hsv(0.74 + random.range(-0.02, 0.02), random.range(0.5, 0.65), random.range(0.45, 0.6));
    match class {
        0 => {
            for _ in 0..24 {
                let (away, angle) = (radius * 0.85 * libm::sqrt(random.unit()), random.unit());
                let (sin, cos) = libm::sincos(angle * std::f64::consts::TAU);
                let granule = (centre.0 + away * cos, centre.1 + away * sin);
                canvas.shape(Shape::Disc, granule, 2.0, 0.0, hsv(0.0, 0.55, 0.85), 0.8);
            }
            canvas.shape(Shape::Lobes(2), centre, radius * 0.7, turn, violet, 0.95);
        }
        1 => canvas.shape(Shape::Disc, centre, radius * 0.8, 0.0, violet, 0.95),
        2 => canvas.shape(Shape::Moon, centre, radius * 0.85, turn, violet, 0.95),
        _ => canvas.shape(Shape::Lobes(3 + random.below(2) as u32), centre, radius * 0.75, turn, violet, 0.95),
    }
    canvas.noise(random, 0.02);
    canvas
}
