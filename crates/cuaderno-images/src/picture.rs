//! A single picture.

use crate::resize::resize_into;
use crate::{ImagesError, Interpolation};
use cuaderno_decode::{Unreadable, decode, decode_upright, read};
use cuaderno_display::{MimeBundle, Rich, full_path};
use image::RgbImage;
use std::path::Path;

/// A picture in eight-bit RGB. As the last expression of a cell it shows itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture(RgbImage);

/// Opens a picture; its content decides the format (JPEG, PNG, GIF, BMP, TIFF, WebP), not its name. A note on which way is up
/// (EXIF orientation) is not followed, as by Keras and by Pillow's `open`; [`open_upright`] follows it.
///
/// # Errors
/// [`ImagesError::Picture`], in one line: not there, empty, no picture, damaged, or too large.
pub fn open_image(path: impl AsRef<Path>) -> Result<Picture, ImagesError> {
    open(&full_path(path), decode)
}

/// As [`open_image`], turned the way up that the file notes, as viewers show it: for photos of phones, which are stored lying on
/// their side. A set of such photos is read by [`Loader::upright`](crate::Loader::upright).
///
/// # Errors
/// As [`open_image`].
pub fn open_upright(path: impl AsRef<Path>) -> Result<Picture, ImagesError> {
    open(&full_path(path), decode_upright)
}

fn open(path: &Path, decode: fn(&[u8]) -> Result<RgbImage, Unreadable>) -> Result<Picture, ImagesError> {
    let decoded = read(path, None).and_then(|bytes| decode(&bytes));
    decoded.map(Picture).map_err(|source| ImagesError::Picture { path: path.to_owned(), source })
}

impl Picture {
    /// From bytes of `height * width * channels`, with one channel (gray) or three; of more, the first three are shown.
    pub(crate) fn from_bytes(bytes: &[u8], [height, width, channels]: [usize; 3]) -> Self {
        let rgb = match channels {
            3 => bytes.to_vec(),
            1 | 2 => bytes.chunks_exact(channels).flat_map(|pixel| [pixel[0]; 3]).collect(),
            _ => bytes.chunks_exact(channels).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect(),
        };
        Self(RgbImage::from_raw(width as u32, height as u32, rgb).expect("three bytes a pixel"))
    }

    /// `[height, width]`.
    pub fn size(&self) -> [usize; 2] {
        [self.0.height() as usize, self.0.width() as usize]
    }

    /// The picture stretched to `[height, width]`, bilinear as Keras does it.
    ///
    /// # Errors
    /// [`ImagesError::EmptySize`].
    pub fn resize(&self, size: [usize; 2]) -> Result<Self, ImagesError> {
        self.resize_with(size, Interpolation::Bilinear)
    }

    /// The picture stretched to `[height, width]` in the given way.
    ///
    /// # Errors
    /// [`ImagesError::EmptySize`].
    pub fn resize_with(&self, [height, width]: [usize; 2], interpolation: Interpolation) -> Result<Self, ImagesError> {
        if height == 0 || width == 0 {
            return Err(ImagesError::EmptySize { height, width });
        }
        let mut resized = RgbImage::new(width as u32, height as u32);
        resize_into(&self.0, [height, width], interpolation, &mut resized);
        Ok(Self(resized))
    }

    /// The picture for the `image` crate.
    pub fn as_rgb(&self) -> &RgbImage {
        &self.0
    }
}

impl Rich for Picture {
    fn mime_bundle(&self) -> MimeBundle {
        self.0.mime_bundle()
    }
}
