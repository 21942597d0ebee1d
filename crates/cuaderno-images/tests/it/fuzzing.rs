//! Files and archives changed at random: reading them ends with pictures or one line, and takes no more memory than promised.

use cuaderno_decode::decode;
use cuaderno_images::{CifarLabels, ImageSet};
use flate2::{Compression, write::GzEncoder};
use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage};
use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::io::{Cursor, Write};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// 512 MB for a decoder, and 64 million pixels of three bytes for its result.
const DECODING: usize = 704_000_000;
/// Beside decoding: what a small archive can be made to claim.
const ARCHIVE: usize = DECODING + 64_000_000;

/// The system's memory, counted.
struct Counted;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator as it came.
#[allow(unsafe_code)] // the only way to see what decoders ask for
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(HELD.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(HELD.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counted = Counted;

/// The most bytes held at once during an action, above those held before.
fn most_memory(action: impl FnOnce()) -> usize {
    let before = HELD.load(Relaxed);
    MOST.store(before, Relaxed);
    action();
    MOST.load(Relaxed).saturating_sub(before)
}

/// Marsaglia's xorshift: numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }

    /// A few changes of the kinds that break readers: bits, bytes, large numbers, missing and repeated stretches.
    fn change(&mut self, file: &[u8]) -> Vec<u8> {
        let mut changed = file.to_vec();
        for _ in 0..=self.below(4) {
            let (at, byte) = (self.below(changed.len()), self.below(256) as u8);
            // Headers decide more than what follows.
            let at = if self.below(2) == 0 { at % 64 } else { at }.min(changed.len().saturating_sub(1));
            let end = (at + 1 + self.below(32)).min(changed.len());
            match self.below(7) {
                0 if !changed.is_empty() => changed[at] ^= 1 << (byte % 8),
                1 if !changed.is_empty() => changed[at] = byte,
                2 => changed[at..end.min(at + 4)].fill(0xff),
                3 => changed[at..end].fill(0),
                4 => drop(changed.drain(at..end)),
                5 => {
                    let part = changed[at..end].to_vec();
                    drop(changed.splice(at..at, part));
                }
                _ => changed.truncate(self.below(changed.len() + 1)),
            }
        }
        changed
    }
}

/// One file of each format, and of the variants that decoders treat apart.
fn pictures() -> Vec<Vec<u8>> {
    let pixel = |x: u32, y: u32| [(x * 6) as u8, (y * 8) as u8, (x * y) as u8];
    let rgb = DynamicImage::ImageRgb8(RgbImage::from_fn(40, 30, |x, y| image::Rgb(pixel(x, y))));
    let clear = RgbaImage::from_fn(17, 9, |x, y| image::Rgba([pixel(x, y)[0], pixel(x, y)[1], 7, (x * y) as u8]));
    let encoded = |picture: &DynamicImage, format: ImageFormat| {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, format).unwrap();
        file.into_inner()
    };
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    let mut files: Vec<Vec<u8>> = [Png, Jpeg, Gif, Bmp, Tiff, WebP].map(|format| encoded(&rgb, format)).to_vec();
    files.extend([Png, Tiff, WebP].map(|format| encoded(&clear.clone().into(), format)));
    files.push(encoded(&rgb.to_luma16().into(), Png));
    for name in ["animated.gif", "animated.png", "animated.webp", "cmyk.jpeg", "gray_progressive.jpeg"] {
        files.push(fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap());
    }
    files
}

#[test]
fn changed_pictures_are_decoded_or_refused() {
    let (mut numbers, mut refused) = (Numbers(0x9E37_79B9_7F4A_7C15), 0);
    let files = pictures();
    assert!(files.iter().all(|file| decode(file).is_ok()));
    for file in files.iter().cycle().take(files.len() * 600) {
        let changed = numbers.change(file);
        let most = most_memory(|| refused += usize::from(decode(&changed).is_err()));
        assert!(most < DECODING, "{most} bytes for {:02x?}", &changed[..changed.len().min(64)]);
    }
    // Neither has everything been refused, nor nothing.
    let share = refused as f64 / (files.len() * 600) as f64;
    assert!((0.2..0.98).contains(&share), "{share} refused");
}

/// A tar archive of these files.
fn tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    archive.into_inner().unwrap()
}

/// A zip archive of these files.
fn zip(files: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut file = GzEncoder::new(Vec::new(), Compression::fast());
    file.write_all(bytes).unwrap();
    file.finish().unwrap()
}

/// Reads `count` changed versions of each file.
fn read_changed(files: &[Vec<u8>], count: usize, read: impl Fn(&std::path::Path) -> bool) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("changed");
    let mut numbers = Numbers(0x2545_F491_4F6C_DD1D);
    for file in files {
        fs::write(&path, file).unwrap();
        assert!(read(&path), "the file as it should be");
        for _ in 0..count {
            fs::write(&path, numbers.change(file)).unwrap();
            let most = most_memory(|| {
                read(&path);
            });
            assert!(most < ARCHIVE, "{most} bytes");
        }
    }
}

#[test]
fn changed_archives_are_read_or_refused() {
    let long = "x".repeat(150); // a name that takes an entry of its own
    let named =
        pictures().into_iter().enumerate().map(|(index, file)| (format!("in/{}/{index}{long}", index % 2), file));
    let files: Vec<_> = named.take(6).collect();
    let archive = tar(&files);
    let (stored, deflated) = (zip(&files, CompressionMethod::Stored), zip(&files, CompressionMethod::Deflated));
    let archives = [gzipped(&archive), archive, stored, deflated];
    read_changed(&archives, 250, |path| ImageSet::from_archive(path, "in", [8, 8]).is_ok());

    let folder = tempfile::tempdir().unwrap();
    // Cut off behind a file, where the next would begin.
    let path = folder.path().join("cut.tar");
    let blocks = archives[1].chunks(512).take_while(|block| block.iter().any(|byte| *byte != 0)).count();
    fs::write(&path, &archives[1][..512 * blocks]).unwrap();
    let error = ImageSet::from_archive(&path, "in", [8, 8]).unwrap_err().to_string();
    assert!(error.contains("cut.tar") && error.contains("cut off") && !error.contains('\n'), "{error}");

    // Each holds the same pictures.
    let values = archives.map(|archive| {
        let path = folder.path().join("archive");
        fs::write(&path, archive).unwrap();
        let images = ImageSet::from_archive(&path, "in", [8, 8]).unwrap();
        let pixels = |index| images.picture(index).unwrap().as_rgb().as_raw().clone();
        images.labels().into_iter().enumerate().map(|(index, label)| (label, pixels(index))).collect::<Vec<_>>()
    });
    assert!(values.iter().all(|other| *other == values[0] && !other.is_empty()));
}

#[test]
fn a_zip_archive_that_leads_out_or_swells_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.zip");
    let picture = pictures().swap_remove(0);
    let named = |name: &str, content: Vec<u8>| (name.to_owned(), content);
    fs::write(
        &path,
        zip(&[named("a/1.png", picture.clone()), named("../b/2.png", picture)], CompressionMethod::Stored),
    )
    .unwrap();
    assert_eq!(ImageSet::from_archive(&path, "", [8, 8]).unwrap().class_names(), ["a"]);
    fs::write(&path, zip(&[named("a/1.png", vec![0; 1_000_000_001])], CompressionMethod::Deflated)).unwrap();
    let error = ImageSet::from_archive(&path, "", [8, 8]).unwrap_err().to_string();
    assert!(error.contains("archive.zip") && error.contains("more than fits into memory"), "{error}");
}

#[test]
fn changed_records_are_read_or_refused() {
    let record = |labels: &[u8]| [labels, &[77; 3072]].concat();
    let ten = |name: &str| (format!("cifar/{name}"), [record(&[0]), record(&[1])].concat());
    let hundred = |name: &str| (name.to_owned(), [record(&[0, 3]), record(&[1, 4])].concat());
    let cifar10 = tar(&["data_batch_1.bin", "test_batch.bin"].map(ten));
    let cifar100 = tar(&["train.bin", "test.bin"].map(hundred));
    read_changed(&[gzipped(&cifar10), cifar10], 150, |path| ImageSet::cifar10(path).is_ok());
    read_changed(&[gzipped(&cifar100), cifar100], 150, |path| ImageSet::cifar100(path, CifarLabels::Fine).is_ok());
}
