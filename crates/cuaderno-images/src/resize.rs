//! Bringing pictures to one size.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;
use std::cell::RefCell;

/// How a picture is brought to another size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interpolation {
    /// Between the four nearest pixels: Keras's default (`image_dataset_from_directory`, `tf.image.resize`).
    #[default]
    Bilinear,
    /// Bilinear over all pixels that a new pixel covers: Pillow's `BILINEAR`, smoother when pictures get much smaller.
    Antialiased,
    /// The nearest pixel: what Keras's older `flow_from_directory` does.
    Nearest,
}

impl Interpolation {
    fn algorithm(self) -> ResizeAlg {
        match self {
            Self::Bilinear => ResizeAlg::Interpolation(FilterType::Bilinear),
            Self::Antialiased => ResizeAlg::Convolution(FilterType::Bilinear),
            Self::Nearest => ResizeAlg::Nearest,
        }
    }
}

thread_local! {
    /// Keeps its buffers from picture to picture.
    static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
}

/// Writes the picture, resized, as `height * width * 3` bytes, channels last.
///
/// # Panics
/// If `out` has another length; sizes are checked where they come in.
pub(crate) fn resize_into(
    picture: &RgbImage,
    [height, width]: [usize; 2],
    interpolation: Interpolation,
    out: &mut [u8],
) {
    assert_eq!(out.len(), height * width * 3);
    if (picture.width() as usize, picture.height() as usize) == (width, height) {
        out.copy_from_slice(picture.as_raw());
        return;
    }
    let source = ImageRef::new(picture.width(), picture.height(), picture.as_raw(), PixelType::U8x3)
        .expect("the buffer of a picture has its size");
    let mut target =
        Image::from_slice_u8(width as u32, height as u32, out, PixelType::U8x3).expect("the length was checked above");
    let options = ResizeOptions::new().resize_alg(interpolation.algorithm()).use_alpha(false);
    RESIZER
        .with_borrow_mut(|resizer| resizer.resize(&source, &mut target, &options))
        .expect("both pictures have three bytes a pixel");
}
