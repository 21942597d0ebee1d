//! From the bytes of a file to pixels, whatever the bytes are.

use crate::Unreadable;
use crate::jpeg::is_whole;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Pillow warns of bombs from 89 million pixels on; this is above what cameras make.
const MAX_PIXELS: u64 = 64_000_000;
/// Sixteen bits and four channels a pixel, at most.
const MAX_BYTES: u64 = MAX_PIXELS * 8;

/// Decodes a picture to eight-bit RGB. The content decides the format, never a name; of an animation the first frame is taken,
/// transparency is dropped, as Pillow's `convert("RGB")` does.
///
/// # Errors
/// With what is wrong; at most 64 million pixels and 512 MB are decoded.
pub fn decode(bytes: &[u8]) -> Result<RgbImage, Unreadable> {
    guarded(bytes, false)
}

/// As [`decode`], turned the way up that the file's note says (EXIF orientation), as viewers show it. Cameras store what the
/// sensor saw and note how they were held.
///
/// # Errors
/// As [`decode`].
pub fn decode_upright(bytes: &[u8]) -> Result<RgbImage, Unreadable> {
    guarded(bytes, true)
}

fn guarded(bytes: &[u8], upright: bool) -> Result<RgbImage, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    // A decoder that panics on a file made for it must not end the session.
    catch_unwind(AssertUnwindSafe(|| decode_known(bytes, upright)))
        .unwrap_or_else(|_| Err(Unreadable::Damaged("the decoder gave up".to_owned())))
}

fn decode_known(bytes: &[u8], upright: bool) -> Result<RgbImage, Unreadable> {
    let format = image::guess_format(bytes).map_err(|_| Unreadable::UnknownFormat)?;
    if !is_supported(format) {
        return Err(Unreadable::UnknownFormat);
    }
    if format == ImageFormat::Jpeg && !is_whole(bytes) {
        return Err(Unreadable::Damaged("the file ends before its picture does".to_owned()));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Unreadable::TooManyPixels { width, height, limit: (MAX_PIXELS / 1_000_000) as usize });
    }
    if width == 0 || height == 0 {
        return Err(Unreadable::Damaged("it has no pixels".to_owned()));
    }
    // A note that cannot be read turns nothing.
    let orientation = decoder.orientation().ok().filter(|_| upright);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture.into_rgb8())
}

fn is_supported(format: ImageFormat) -> bool {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    matches!(format, Jpeg | Png | Gif | Bmp | Tiff | WebP)
}

/// One line, without the decoder's name of the format in front.
fn damaged(error: image::ImageError) -> Unreadable {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default().trim();
    Unreadable::Damaged(line.trim_end_matches('.').to_owned())
}
