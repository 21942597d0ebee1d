//! Photos as they come: downloads that broke off, and cameras that were turned.

use crate::reading::data;
use cuaderno_images::{ImageSet, Loader, open_image, open_upright};
use std::fs;
use std::path::{Path, PathBuf};

/// JPEGs of each kind: from the sample, subsampled, progressive, of four colours.
fn jpegs() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found = vec![data("blood-cells/TRAIN/EOSINOPHIL/_0_100.jpeg")];
    found.extend(["subsampled.jpeg", "gray_progressive.jpeg", "cmyk.jpeg"].map(|name| fixtures.join(name)));
    found
}

// Pillow: Image.open(file).convert("RGB") of each of these raises "image file is truncated", as Keras does with it.
#[test]
fn a_jpeg_that_was_cut_off_is_unreadable_counted_and_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("cut")).unwrap();
    let mut expected = Vec::new();
    for (number, path) in jpegs().iter().enumerate() {
        let bytes = fs::read(path).unwrap();
        for percent in [10, 30, 50, 70, 90, 99] {
            let name = format!("cut/{number}-{percent}.jpg");
            let end = bytes.len() * percent / 100;
            fs::write(folder.path().join(&name), &bytes[..end]).unwrap();
            let said = open_image(folder.path().join(&name)).unwrap_err().to_string();
            assert!(said.contains("the file ends before its picture does"), "{name}: {said}");
            expected.push(name);
        }
        fs::write(folder.path().join(format!("cut/{number}-whole.jpg")), &bytes).unwrap();
    }
    expected.sort();
    let set = ImageSet::from_folder(folder.path(), [16, 16]).unwrap();
    assert_eq!(set.len(), jpegs().len());
    let mut found: Vec<String> = set.unreadable().iter().map(|(name, _)| name.clone()).collect();
    found.sort();
    assert_eq!(found, expected);
}

/// A JPEG of red and green over blue and white, with a note which way is up (EXIF orientation).
fn noted(note: u8) -> Vec<u8> {
    let color = |x: u32, y: u32| match (x < 30, y < 15) {
        (true, true) => image::Rgb([255, 0, 0]),
        (false, true) => image::Rgb([0, 255, 0]),
        (true, false) => image::Rgb([0, 0, 255]),
        (false, false) => image::Rgb([255; 3]),
    };
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 95);
    image::RgbImage::from_fn(60, 30, color).write_with_encoder(encoder).unwrap();
    // Exif 2.32, 4.5: one entry, tag 0x0112, type 3 (short), of one value.
    let mut exif = vec![0xff, 0xe1, 0, 34];
    exif.extend(b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0");
    exif.extend([note, 0, 0, 0, 0, 0, 0, 0]);
    jpeg.splice(2..2, exif);
    jpeg
}

/// Width, height and the colours near the corners: top left, top right, bottom left, bottom right.
fn corners(rgb: &[u8], [height, width]: [usize; 2]) -> (usize, usize, String) {
    let at = |x: usize, y: usize| match [0, 1, 2].map(|color| rgb[(y * width + x) * 3 + color] > 128) {
        [true, true, true] => 'W',
        [true, ..] => 'R',
        [_, true, _] => 'G',
        _ => 'B',
    };
    (width, height, [at(3, 3), at(width - 4, 3), at(3, height - 4), at(width - 4, height - 4)].iter().collect())
}

// tests/fixtures/orientation.py, Pillow's ImageOps.exif_transpose
const SHOWN: [(usize, usize, &str); 8] = [
    (60, 30, "RGBW"),
    (60, 30, "GRWB"),
    (60, 30, "WBGR"),
    (60, 30, "BWRG"),
    (30, 60, "RBGW"),
    (30, 60, "BRWG"),
    (30, 60, "WGBR"),
    (30, 60, "GWRB"),
];

#[test]
fn a_photo_is_turned_as_its_note_says_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("photos")).unwrap();
    for (note, (width, height, expected)) in (1u8..).zip(SHOWN) {
        let path = folder.path().join(format!("photos/{note}.jpg"));
        fs::write(&path, noted(note)).unwrap();
        let shown = open_upright(&path).unwrap();
        let found = corners(shown.as_rgb().as_raw(), shown.size());
        assert_eq!(found, (width, height, expected.to_owned()), "note {note}");
        let stored = open_image(&path).unwrap();
        assert_eq!(corners(stored.as_rgb().as_raw(), stored.size()), (60, 30, "RGBW".to_owned()), "note {note}");
    }
    let set = Loader::new([60, 60]).upright().folder(folder.path()).unwrap();
    let plain = Loader::new([60, 60]).folder(folder.path()).unwrap();
    for (place, (_, _, expected)) in SHOWN.iter().enumerate() {
        let colors = |set: &ImageSet| {
            let mut values = vec![0.0; 60 * 60 * 3];
            cuaderno_nn::Examples::write_image(set, place, 0, &mut values);
            let rgb: Vec<u8> = values.iter().map(|value| (value * 255.0).round() as u8).collect();
            corners(&rgb, [60, 60]).2
        };
        assert_eq!(colors(&set), *expected, "note {}", place + 1);
        assert_eq!(colors(&plain), "RGBW");
    }
}
