//! Expected numbers: tests/fixtures/make.py.

use cuaderno_images::{Interpolation, Picture, open_image};
use image::{ImageFormat, RgbImage};
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn lines(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(fixture(name)).unwrap();
    text.lines().map(|line| line.split(' ').map(String::from).collect()).collect()
}

fn numbers<T: std::str::FromStr<Err: std::fmt::Debug>>(words: &[String]) -> Vec<T> {
    words.iter().map(|word| word.parse().unwrap()).collect()
}

/// As `picture` in make.py.
fn picture(height: u32, width: u32) -> Picture {
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([0, 1, 2].map(|c| ((x * 7 + y * 13 + c * 50 + (x * y) % 11 * 9) % 256) as u8))
    });
    saved(&pixels)
}

/// A picture with these pixels, by way of a file.
fn saved(pixels: &RgbImage) -> Picture {
    let folder = tempfile::tempdir().unwrap();
    pixels.save_with_format(folder.path().join("picture"), ImageFormat::Png).unwrap();
    open_image(folder.path().join("picture")).unwrap()
}

/// Largest and mean difference.
fn difference(picture: &Picture, expected: &[f64]) -> (f64, f64) {
    let pixels = picture.as_rgb().as_raw();
    assert_eq!(pixels.len(), expected.len());
    let differences = || pixels.iter().zip(expected).map(|(left, right)| (f64::from(*left) - right).abs());
    (differences().fold(0.0, f64::max), differences().sum::<f64>() / expected.len() as f64)
}

#[test]
fn resizing_is_that_of_tensorflow_and_pillow() {
    for case in lines("resize.txt").chunks_exact(4) {
        let sizes: Vec<u32> = numbers(&case[0]);
        let source = picture(sizes[0], sizes[1]);
        let target = [sizes[2] as usize, sizes[3] as usize];
        // Bytes instead of TensorFlow's fractions: half a step, plus the rounding of weights.
        let ways = [(Interpolation::Bilinear, 1.0), (Interpolation::Antialiased, 1.0), (Interpolation::Nearest, 0.0)];
        for ((interpolation, tolerance), expected) in ways.into_iter().zip(&case[1..]) {
            let resized = source.resize_with(target, interpolation).unwrap();
            let (largest, mean) = difference(&resized, &numbers(expected));
            assert!(largest <= tolerance, "{sizes:?} {interpolation:?}: {largest}");
            assert!(mean <= 0.5, "{sizes:?} {interpolation:?}: {mean}");
        }
    }
}

#[test]
fn the_nearest_pixel_is_the_one_pillow_takes() {
    for case in lines("nearest.txt") {
        let numbers: Vec<u32> = numbers(&case);
        let ([source, target], expected) = ([numbers[0], numbers[1]], &numbers[2..]);
        // each pixel says where it was, along both sides
        let place = |at: u32| (at % 256) as u8 ^ (at / 256) as u8;
        let pixels =
            RgbImage::from_fn(source, source, |x, y| image::Rgb([place(x), place(y), (x / 256 + y / 256 * 16) as u8]));
        let resized = saved(&pixels).resize_with([target as usize; 2], Interpolation::Nearest).unwrap();
        for (x, y, pixel) in resized.as_rgb().enumerate_pixels() {
            let at = [expected[x as usize], expected[y as usize]];
            assert_eq!(pixel, pixels.get_pixel(at[0], at[1]), "{source} to {target}, column {x}, row {y}");
        }
    }
}

#[test]
fn jpegs_decode_as_libjpeg_has_them() {
    for case in lines("decode.txt").chunks_exact(2) {
        let decoded = open_image(fixture(&case[0][0])).unwrap();
        let (largest, mean) = difference(&decoded, &numbers(&case[1]));
        // Decoders are free in how they spread subsampled colours; the picture has sharper edges than any photograph.
        assert!(largest <= 12.0 && mean <= 0.8, "{}: largest {largest}, mean {mean}", case[0][0]);
    }
}

#[test]
fn of_animations_the_first_frame_is_taken() {
    for name in ["animated.gif", "animated.webp", "animated.png"] {
        let picture = open_image(fixture(name)).unwrap();
        assert_eq!(picture.size(), [10, 12]);
        assert_eq!(picture.as_rgb().get_pixel(5, 5).0, [200; 3], "{name}");
    }
}
