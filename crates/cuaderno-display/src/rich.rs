//! Values that know how to show themselves.

use crate::{Channel, MimeBundle};
use std::fmt::Debug;

/// A value with a rich form.
///
/// As the last expression of a cell such a value shows itself, under cuaderno's kernel and, through
/// [`evcxr_display`](Rich::evcxr_display), under stock evcxr as well.
pub trait Rich {
    /// The value in every format it has; `text/plain` always.
    fn mime_bundle(&self) -> MimeBundle;

    /// Shows the value as the result of a cell. evcxr calls this method by its name.
    fn evcxr_display(&self) {
        Channel::current().send_result(self.mime_bundle());
    }
}

impl Rich for MimeBundle {
    fn mime_bundle(&self) -> MimeBundle {
        self.clone()
    }
}

/// As the value it holds: a forgotten `?` shows the figure all the same. An error shows its debug form.
impl<T: Rich, E: Debug> Rich for Result<T, E> {
    fn mime_bundle(&self) -> MimeBundle {
        match self {
            Ok(value) => value.mime_bundle(),
            Err(error) => MimeBundle::text(format!("Err({error:?})")),
        }
    }
}

/// As the value it holds, or `None`.
impl<T: Rich> Rich for Option<T> {
    fn mime_bundle(&self) -> MimeBundle {
        self.as_ref().map_or_else(|| MimeBundle::text("None"), Rich::mime_bundle)
    }
}

/// Text as it must stand inside HTML, between tags or in the value of an attribute.
pub fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(feature = "image")]
mod picture {
    use super::*;
    use image::{DynamicImage, ImageFormat, RgbImage};
    use std::io::Cursor;

    impl Rich for DynamicImage {
        fn mime_bundle(&self) -> MimeBundle {
            let bundle = MimeBundle::text(format!("[picture, {}x{}]", self.width(), self.height()));
            let mut png = Cursor::new(Vec::new());
            match self.write_to(&mut png, ImageFormat::Png) {
                Ok(()) => bundle.with_png(png.get_ref()),
                Err(error) => MimeBundle::text(format!("[picture that PNG cannot hold: {error}]")),
            }
        }
    }

    impl Rich for RgbImage {
        fn mime_bundle(&self) -> MimeBundle {
            DynamicImage::ImageRgb8(self.clone()).mime_bundle()
        }
    }
}
