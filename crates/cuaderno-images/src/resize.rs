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
    /// The nearest pixel, as Pillow's `NEAREST` takes it: what Keras's older `flow_from_directory` does.
    Nearest,
}

impl Interpolation {
    /// How `fast_image_resize` does it; its nearest pixels are not Pillow's.
    fn algorithm(self) -> Option<ResizeAlg> {
        match self {
            Self::Bilinear => Some(ResizeAlg::Interpolation(FilterType::Bilinear)),
            Self::Antialiased => Some(ResizeAlg::Convolution(FilterType::Bilinear)),
            Self::Nearest => None,
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
    let Some(algorithm) = interpolation.algorithm() else {
        return nearest(picture, [height, width], out);
    };
    let source = ImageRef::new(picture.width(), picture.height(), picture.as_raw(), PixelType::U8x3)
        .expect("the buffer of a picture has its size");
    let mut target =
        Image::from_slice_u8(width as u32, height as u32, out, PixelType::U8x3).expect("the length was checked above");
    let options = ResizeOptions::new().resize_alg(algorithm).use_alpha(false);
    RESIZER
        .with_borrow_mut(|resizer| resizer.resize(&source, &mut target, &options))
        .expect("both pictures have three bytes a pixel");
}

/// Takes the nearest pixel of each row and column.
fn nearest(picture: &RgbImage, [height, width]: [usize; 2], out: &mut [u8]) {
    let (from_height, from_width) = (picture.height() as usize, picture.width() as usize);
    let columns: Vec<usize> = nearest_places(from_width, width).map(|column| 3 * column).collect();
    for (out, row) in out.chunks_exact_mut(3 * width).zip(nearest_places(from_height, height)) {
        let row = &picture.as_raw()[3 * from_width * row..][..3 * from_width];
        for (out, column) in out.as_chunks_mut::<3>().0.iter_mut().zip(&columns) {
            out.copy_from_slice(&row[*column..][..3]);
        }
    }
}

/// Which of `from` pixels each of `to` takes. The scale is added up step by step, as `ImagingScaleAffine` in Pillow's
/// src/libImaging/Geometry.c does it: where `(i + 0.5) * scale` is a whole number, the rounding of these sums decides.
fn nearest_places(from: usize, to: usize) -> impl Iterator<Item = usize> {
    let scale = from as f64 / to as f64;
    std::iter::successors(Some(0.5 * scale), move |place| Some(place + scale))
        .map(move |place| (place as usize).min(from - 1))
        .take(to)
}
