//! What every figure can do.

use crate::canvas::{Canvas, Rect};
use crate::extent::Extent;
use crate::frame::Frame;
use crate::{PlotError, raster, theme, write_whole};
use cuaderno_display::Rich;
use std::path::Path;

/// How a figure draws itself; the inside of [`Figure`].
pub trait Draw {
    /// Words and size around the data.
    fn frame(&self) -> &Frame;

    /// The same, to change.
    fn frame_mut(&mut self) -> &mut Frame;

    /// Limits that panels beside one another may share.
    fn extent(&self) -> Extent {
        Extent::default()
    }

    /// Height of the figure at this width, so that everything is readable.
    fn natural_height(&self, width: f64) -> f64;

    /// Draws the figure into part of a picture.
    fn draw(&self, canvas: &mut Canvas, area: Rect);

    /// What the figure shows, in text.
    fn text(&self) -> String;
}

/// A figure: something to show, to describe and to save.
pub trait Figure: Draw + Rich {
    /// The figure as a standalone SVG document. The same figure gives the same bytes.
    fn svg(&self) -> String {
        let (width, height) = self.frame().size.unwrap_or_else(|| {
            let inner = theme::WIDTH - 2.0 * theme::MARGIN;
            (theme::WIDTH, (self.natural_height(inner) + 2.0 * theme::MARGIN).ceil())
        });
        let mut canvas = Canvas::default();
        self.draw(&mut canvas, Rect::new(0.0, 0.0, width, height).inset(theme::MARGIN));
        let text = self.text();
        canvas.finish(width, height, text.lines().next().unwrap_or_default())
    }

    /// The figure as the bytes of a PNG file, two pixels for each of the SVG's.
    ///
    /// # Errors
    /// If the figure is too large for memory.
    fn png(&self) -> Result<Vec<u8>, PlotError> {
        raster::png(&self.svg())
    }

    /// What the figure shows, in a few lines of text.
    fn describe(&self) -> String {
        self.text()
    }

    /// Writes the figure to a file, as SVG or PNG by the end of its name. Missing folders are made; a file of that name is
    /// replaced at once or not at all.
    ///
    /// # Errors
    /// If the name ends in neither, or the file cannot be written.
    fn save(&self, path: impl AsRef<Path>) -> Result<(), PlotError>
    where
        Self: Sized,
    {
        save(self, path.as_ref())
    }
}

fn save(figure: &dyn Figure, path: &Path) -> Result<(), PlotError> {
    let extension = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
    let bytes = match extension.as_str() {
        "svg" => figure.svg().into_bytes(),
        "png" => figure.png()?,
        _ => return Err(PlotError::Extension { path: path.into() }),
    };
    write_whole(path, &bytes).map_err(|source| PlotError::Write { path: path.into(), source })
}

/// Gives a figure its chained methods for what is around the data, and its rich form.
macro_rules! figure {
    ($name:ident) => {
        impl $name {
            /// Sets the title; long ones are broken into lines.
            pub fn title(mut self, title: impl Into<String>) -> Self {
                self.frame.title = title.into();
                self
            }

            /// Names the x axis, with its unit.
            pub fn x_label(mut self, label: impl Into<String>) -> Self {
                self.frame.x_label = Some(label.into());
                self
            }

            /// Names the y axis, with its unit.
            pub fn y_label(mut self, label: impl Into<String>) -> Self {
                self.frame.y_label = Some(label.into());
                self
            }

            /// Adds a line of small print under the figure.
            pub fn caption(mut self, caption: impl Into<String>) -> Self {
                self.frame.captions.push(caption.into());
                self
            }

            /// Sets width and height in pixels; without it the figure is 720 wide and as high as its content asks for.
            pub fn size(mut self, width: u32, height: u32) -> Self {
                self.frame.set_size(width, height);
                self
            }
        }

        impl $crate::Figure for $name {}

        impl cuaderno_display::Rich for $name {
            fn mime_bundle(&self) -> cuaderno_display::MimeBundle {
                cuaderno_display::MimeBundle::text($crate::Figure::describe(self)).with_svg($crate::Figure::svg(self))
            }
        }
    };
}
pub(crate) use figure;

/// Gives a figure methods for the limits of its axes.
macro_rules! axes {
    ($name:ident) => {
        impl $name {
            /// Shows x from `low` to `high` only; what lies outside is cut off or counted. For dates in milliseconds
            /// since 1970, UTC, whatever unit the dates were given in.
            pub fn x_range(mut self, low: f64, high: f64) -> Self {
                $crate::figure::Draw::frame_mut(&mut self).x_range = Some((low, high));
                self
            }

            /// Shows y from `low` to `high` only; what lies outside is cut off or counted.
            pub fn y_range(mut self, low: f64, high: f64) -> Self {
                $crate::figure::Draw::frame_mut(&mut self).y_range = Some((low, high));
                self
            }
        }
    };
}
pub(crate) use axes;
