//! A picture in SVG, from whatever made it.

use crate::{PlotError, pdf, raster, write_whole};
use cuaderno_display::{MimeBundle, Rich};
use std::path::Path;

/// An SVG document to show: with a PNG beside it, which is what others see who open the notebook.
///
/// ```
/// use cuaderno_display::Rich;
/// use cuaderno_plot::Svg;
///
/// let dot = Svg::new("<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><circle cx='20' cy='20' r='9'/></svg>");
/// assert!(dot.mime_bundle().get("image/png").is_some());
/// ```
#[derive(Clone, Debug)]
pub struct Svg {
    pub(crate) svg: String,
    pub(crate) text: String,
}

impl Svg {
    /// The text of an SVG document.
    pub fn new(svg: impl Into<String>) -> Self {
        Self { svg: svg.into(), text: "[SVG]".to_owned() }
    }

    /// What the picture shows, for logs and for those who cannot see it.
    pub fn describe(self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..self }
    }

    /// The picture as the bytes of a PNG file, two pixels for each of the SVG's.
    ///
    /// # Errors
    /// If the text is no SVG, or the picture is too large for memory.
    pub fn png(&self) -> Result<Vec<u8>, PlotError> {
        raster::png(&self.svg)
    }

    /// The picture as the bytes of a PDF file of one page, letters as outlines.
    ///
    /// # Errors
    /// If the text is no SVG, or holds a picture that cannot be read.
    pub fn pdf(&self) -> Result<Vec<u8>, PlotError> {
        pdf::pdf(&self.svg)
    }

    /// Writes the picture to a file, as SVG, PNG or PDF by the end of its name. Missing folders are made; a file of that name is
    /// replaced at once or not at all.
    ///
    /// # Errors
    /// If the name ends in none of these, the text is no SVG, or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        let path = path.as_ref();
        let extension = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
        let bytes = match extension.as_str() {
            "svg" => self.svg.clone().into_bytes(),
            "png" => self.png()?,
            "pdf" => self.pdf()?,
            _ => return Err(PlotError::Extension { path: path.into() }),
        };
        write_whole(path, &bytes).map_err(|source| PlotError::Write { path: path.into(), source })
    }
}

impl Rich for Svg {
    fn mime_bundle(&self) -> MimeBundle {
        const SVG: &str = "image/svg+xml";
        const PNG: &str = "image/png";
        let alt = in_words(&self.text);
        let drawn = raster::png_and_size(&self.svg);
        let bytes = self.svg.len() + drawn.as_ref().map_or(0, |(png, _)| raster::in_base64(png.len()));
        let mut bundle = MimeBundle::text(&*self.text);
        // Everyone can see the PNG: of two large pictures it is the one to keep.
        if bytes <= raster::MOST_BYTES || drawn.is_err() {
            bundle = bundle.with_svg(&*self.svg).with_metadata(SVG, "alt", &*alt);
            // A picture of a stock library may have no ground of its own.
            bundle = bundle.with_metadata(SVG, "needs_background", "light");
        }
        let Ok((png, [width, height])) = drawn else { return bundle };
        bundle
            .with_png(&png)
            .with_metadata(PNG, "width", width)
            .with_metadata(PNG, "height", height)
            .with_metadata(PNG, "alt", alt)
            .with_metadata(PNG, "needs_background", "light")
    }
}

/// Letters of a description that someone hears instead of seeing the figure.
const MOST_WORDS: usize = 500;

/// A description on one line, for those who cannot see the picture: without bars of blocks, which would be read aloud one by one.
pub(crate) fn in_words(description: &str) -> String {
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().filter(|word| !word.starts_with('█')).collect();
        words.join(" ")
    };
    let lines: Vec<String> = description.lines().map(line).filter(|line| !line.is_empty()).collect();
    let words = lines.join("; ");
    match words.char_indices().nth(MOST_WORDS) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}
