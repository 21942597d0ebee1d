//! What every figure can do.

use crate::canvas::{Canvas, Rect};
use crate::extent::Extent;
use crate::frame::Frame;
use crate::reference::Reference;
use crate::shown::Shared;
use crate::{PlotError, Svg, svg, theme};
use cuaderno_display::{MimeBundle, Rich};
use std::path::Path;

/// What stands around the data of a figure; [`figure!`] implements it.
pub trait Framed {
    /// Words and size around the data.
    fn frame(&self) -> &Frame;

    /// The same, to change.
    fn frame_mut(&mut self) -> &mut Frame;
}

/// A figure as a description: nothing is read or computed until it is shown; the inside of [`Figure`].
pub trait Draw: Framed {
    /// Reads the figure's data and computes what to draw, within limits that panels share.
    ///
    /// # Errors
    /// If the table behind the figure cannot be read.
    fn drawing(&self, shared: Shared) -> Result<Box<dyn Drawing + '_>, PlotError>;
}

/// What is drawn of a figure.
pub trait Drawing {
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

/// A figure that is drawn from its data as they are.
impl<D: Drawing> Drawing for &D {
    fn natural_height(&self, width: f64) -> f64 {
        (*self).natural_height(width)
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        (*self).draw(canvas, area);
    }

    fn text(&self) -> String {
        (*self).text()
    }
}

/// A figure: something to show, to describe and to save.
pub trait Figure: Draw + Rich {
    /// Draws the figure: what shows, saves and describes it without computing it again.
    ///
    /// # Errors
    /// If it is one of a table that cannot be read, or by a column of more than 20 values.
    fn drawn(&self) -> Result<Svg, PlotError> {
        let drawing = self.drawing(Shared::default())?;
        let (width, height) = self.frame().size.unwrap_or_else(|| {
            let inner = theme::WIDTH - 2.0 * theme::MARGIN;
            (theme::WIDTH, (drawing.natural_height(inner) + 2.0 * theme::MARGIN).ceil())
        });
        let mut canvas = Canvas::default();
        drawing.draw(&mut canvas, Rect::new(0.0, 0.0, width, height).inset(theme::MARGIN));
        let text = described(self.frame(), &*drawing);
        Ok(Svg { svg: canvas.finish(width, height, &svg::in_words(&text)), text })
    }

    /// The figure as a standalone SVG document. The same figure gives the same bytes.
    ///
    /// # Panics
    /// Where [`drawn`](Self::drawn) has an error.
    fn svg(&self) -> String {
        readable(self.drawn()).svg
    }

    /// The figure as the bytes of a PNG file, two pixels for each of the SVG's.
    ///
    /// # Errors
    /// As [`drawn`](Self::drawn), and if the figure is too large for memory.
    fn png(&self) -> Result<Vec<u8>, PlotError> {
        self.drawn()?.png()
    }

    /// The figure as the bytes of a PDF file of one page, letters as outlines.
    ///
    /// # Errors
    /// As [`drawn`](Self::drawn), and if the figure holds a picture that cannot be read.
    fn pdf(&self) -> Result<Vec<u8>, PlotError> {
        self.drawn()?.pdf()
    }

    /// What the figure shows, in a few lines of text.
    ///
    /// # Panics
    /// Where [`drawn`](Self::drawn) has an error.
    fn describe(&self) -> String {
        readable(self.drawing(Shared::default()).map(|drawing| described(self.frame(), &*drawing)))
    }

    /// The figure without its PNG, for one that will be replaced in a moment.
    #[doc(hidden)]
    fn passing(&self) -> MimeBundle {
        let Svg { svg, text } = readable(self.drawn());
        MimeBundle::text(text).with_svg(svg)
    }

    /// Writes the figure to a file, as SVG, PNG or PDF by the end of its name. Missing folders are made; a file of that name is
    /// replaced at once or not at all.
    ///
    /// # Errors
    /// As [`drawn`](Self::drawn), and if the name ends in none of these, or the file cannot be written.
    fn save(&self, path: impl AsRef<Path>) -> Result<(), PlotError>
    where
        Self: Sized,
    {
        self.drawn()?.save(path)
    }
}

/// What a figure shows, and what was asked for around it.
fn described(frame: &Frame, drawing: &dyn Drawing) -> String {
    let references = frame.references.iter().filter_map(Reference::describe);
    std::iter::once(drawing.text()).chain(references).chain(frame.refused.clone()).collect::<Vec<_>>().join("\n")
}

/// What cannot fail but for a table that cannot be read, which is told as the cell's error.
pub(crate) fn readable<T>(drawn: Result<T, PlotError>) -> T {
    drawn.unwrap_or_else(|error| panic!("{error}"))
}

/// Gives a figure its chained methods for what is around the data, and its rich form.
macro_rules! figure {
    ($name:ident) => {
        impl $crate::figure::Framed for $name {
            fn frame(&self) -> &$crate::frame::Frame {
                &self.frame
            }

            fn frame_mut(&mut self) -> &mut $crate::frame::Frame {
                &mut self.frame
            }
        }

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

            /// Colours of the groups, in their order, as in `["#1b9e77", "#d95f02"]`, instead of the usual ones, which people
            /// with any common form of colour blindness can tell apart.
            pub fn palette(mut self, colors: &[&str]) -> Self {
                self.frame.set_palette(colors);
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
                cuaderno_display::Rich::mime_bundle(&$crate::figure::readable($crate::Figure::drawn(self)))
            }
        }
    };
}
pub(crate) use figure;

/// Gives a figure methods for the limits of its axes, and for lines, bands and words across its data.
macro_rules! axes {
    ($name:ident) => {
        impl $name {
            /// Shows x from `low` to `high` only; what lies outside is cut off and counted. For dates in words,
            /// `x_range("2014-01-01", "2016-01-01")`, or in milliseconds since 1970, UTC.
            pub fn x_range(
                mut self,
                low: impl Into<$crate::reference::Place>,
                high: impl Into<$crate::reference::Place>,
            ) -> Self {
                let frame = &mut self.frame;
                frame.x_range = frame.range("x_range", low.into(), high.into());
                self
            }

            /// Shows y from `low` to `high` only; what lies outside is cut off and counted.
            pub fn y_range(
                mut self,
                low: impl Into<$crate::reference::Place>,
                high: impl Into<$crate::reference::Place>,
            ) -> Self {
                let frame = &mut self.frame;
                frame.y_range = frame.range("y_range", low.into(), high.into());
                self
            }
        }

        $crate::figure::references!($name);
    };
}
pub(crate) use axes;

/// Gives a figure methods for lines, bands and words across its data.
macro_rules! references {
    ($name:ident) => {
        impl $name {
            /// Draws a dashed line across at this x, with words: `x_line("2016-11-08", "election")`.
            pub fn x_line(self, x: impl Into<$crate::reference::Place>, words: &str) -> Self {
                self.referring($crate::reference::Reference::X(x.into().value, words.to_owned()))
            }

            /// Draws a dashed line across at this y, with words: `y_line(0.693, "guessing")`.
            pub fn y_line(self, y: impl Into<$crate::reference::Place>, words: &str) -> Self {
                self.referring($crate::reference::Reference::Y(y.into().value, words.to_owned()))
            }

            /// Shades the figure from one x to another, with words.
            pub fn x_band(
                self,
                low: impl Into<$crate::reference::Place>,
                high: impl Into<$crate::reference::Place>,
                words: &str,
            ) -> Self {
                let (low, high) = (low.into().value, high.into().value);
                self.referring($crate::reference::Reference::XBand(low, high, words.to_owned()))
            }

            /// Shades the figure from one y to another, with words.
            pub fn y_band(
                self,
                low: impl Into<$crate::reference::Place>,
                high: impl Into<$crate::reference::Place>,
                words: &str,
            ) -> Self {
                let (low, high) = (low.into().value, high.into().value);
                self.referring($crate::reference::Reference::YBand(low, high, words.to_owned()))
            }

            /// Writes words beside a point of the figure.
            pub fn note(
                self,
                x: impl Into<$crate::reference::Place>,
                y: impl Into<$crate::reference::Place>,
                words: &str,
            ) -> Self {
                self.referring($crate::reference::Reference::Note(x.into().value, y.into().value, words.to_owned()))
            }

            pub(crate) fn referring(mut self, reference: $crate::reference::Reference) -> Self {
                self.frame.references.push(reference);
                self
            }
        }
    };
}
pub(crate) use references;
