use cuaderno_images::{ImageSet, Unreadable, open_image};
use image::{DynamicImage, ImageFormat, RgbImage};
use std::fs;
use std::io::Cursor;
use std::path::Path;

/// A folder with one class, `a`, that holds one good picture and the given files.
fn folder(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    fs::write(folder.path().join("a/good.png"), encoded(&gray(20, 10), ImageFormat::Png)).unwrap();
    for (name, content) in files {
        fs::write(folder.path().join("a").join(name), content).unwrap();
    }
    folder
}

fn gray(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, image::Rgb([120; 3])))
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// Reads the folder; returns how many pictures came in, and what was said of the others.
fn read(folder: &Path) -> (usize, Vec<Unreadable>) {
    let images = ImageSet::from_folder(folder, [16, 16]).unwrap();
    (images.len(), images.unreadable().iter().map(|(_, reason)| reason.clone()).collect())
}

#[test]
fn empty_and_foreign_files() {
    let folder = folder(&[("b.jpg", Vec::new()), ("c.jpg", b"<html>".to_vec()), ("d.png", vec![0xff; 5000])]);
    assert_eq!(read(folder.path()), (1, vec![Unreadable::Empty, Unreadable::UnknownFormat, Unreadable::UnknownFormat]));
}

#[test]
fn the_content_decides_the_format() {
    let formats =
        [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Tiff, ImageFormat::WebP];
    let files: Vec<_> = formats.iter().map(|format| encoded(&gray(9, 9), *format)).collect();
    let named = files
        .into_iter()
        .enumerate()
        .map(|(index, file)| (["1.jpg", "2.png", "3.jpg", "4.jpg", "5.txt", "6"][index], file));
    let folder = folder(&named.collect::<Vec<_>>());
    assert_eq!(read(folder.path()), (7, Vec::new()));
}

#[test]
fn sixteen_bits_gray_and_transparency_become_rgb() {
    let deep = DynamicImage::ImageRgb16(image::ImageBuffer::from_pixel(9, 9, image::Rgb([65535u16, 32768, 257])));
    let clear = DynamicImage::ImageRgba8(image::ImageBuffer::from_pixel(9, 9, image::Rgba([10, 20, 30, 0])));
    let folder = folder(&[
        ("16.png", encoded(&deep, ImageFormat::Png)),
        ("clear.png", encoded(&clear, ImageFormat::Png)),
        ("luma.png", encoded(&gray(9, 9).to_luma8().into(), ImageFormat::Png)),
    ]);
    assert_eq!(open_image(folder.path().join("a/16.png")).unwrap().as_rgb().get_pixel(0, 0).0, [255, 128, 1]);
    assert_eq!(open_image(folder.path().join("a/clear.png")).unwrap().as_rgb().get_pixel(0, 0).0, [10, 20, 30]);
    assert_eq!(open_image(folder.path().join("a/luma.png")).unwrap().as_rgb().get_pixel(0, 0).0, [120; 3]);
}

/// A PNG that claims 60,000 x 60,000 pixels and holds next to nothing.
fn bomb() -> Vec<u8> {
    let mut file = encoded(&gray(1, 1), ImageFormat::Png);
    file[16..20].copy_from_slice(&60_000u32.to_be_bytes());
    file[20..24].copy_from_slice(&60_000u32.to_be_bytes());
    let checksum = crc32fast::hash(&file[12..29]);
    file[29..33].copy_from_slice(&checksum.to_be_bytes());
    file
}

#[test]
fn bombs_are_refused() {
    let folder = folder(&[("bomb.png", bomb())]);
    let (count, reasons) = read(folder.path());
    assert_eq!(count, 1);
    assert_eq!(reasons, [Unreadable::TooManyPixels { width: 60_000, height: 60_000, limit: 64 }]);
}

#[test]
fn pieces_of_pictures_never_panic() {
    let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(40, 30, |x, y| {
        image::Rgb([x as u8 * 6, y as u8 * 8, (x * y) as u8])
    }));
    for format in
        [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Tiff, ImageFormat::WebP]
    {
        let file = encoded(&picture, format);
        let folder = folder(&[]);
        let path = folder.path().join("a/piece");
        for step in 0..64 {
            let mut piece = file[..file.len() * step / 64].to_vec();
            fs::write(&path, &piece).unwrap();
            let _ = open_image(&path);
            // The same piece with a byte changed, too.
            if let Some(byte) = piece.get_mut(step * 7) {
                *byte ^= 0x55;
            }
            piece.extend(&file[piece.len()..]);
            fs::write(&path, &piece).unwrap();
            let _ = open_image(&path);
        }
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_and_in_circles() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[]);
    let folder = folder(&[]);
    symlink(outside.path().join("a/good.png"), folder.path().join("a/out.png")).unwrap();
    symlink(folder.path().join("a/good.png"), folder.path().join("a/inside.png")).unwrap();
    symlink(folder.path(), folder.path().join("a/circle")).unwrap();
    symlink("nowhere", folder.path().join("a/dangling.png")).unwrap();
    symlink("/dev/zero", folder.path().join("a/endless.png")).unwrap();
    let (count, reasons) = read(folder.path());
    assert_eq!(count, 2);
    assert_eq!(reasons.len(), 3, "{reasons:?}");
}

#[cfg(unix)]
#[test]
fn a_pipe_does_not_hang() {
    let folder = folder(&[]);
    let pipe = folder.path().join("a/pipe.jpg");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(read(folder.path()), (1, vec![Unreadable::NotAFile("not an ordinary file")]));
}
