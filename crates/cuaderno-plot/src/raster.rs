//! From SVG to PNG.

use crate::{PlotError, indexed, text};
use resvg::{tiny_skia, usvg};
use std::sync::{Arc, OnceLock};

/// Pixels of the PNG for one of the figure: sharp on screens of high resolution and in print.
const SCALE: f32 = 2.0;

/// What a figure may take of a notebook's file, in bytes.
pub(crate) const MOST_BYTES: usize = 300_000;

/// Draws an SVG as a PNG, twice as large, in up to 256 colours.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>, PlotError> {
    scaled(&tree(svg)?, SCALE)
}

/// A PNG for a notebook, with width and height of the SVG in pixels: as [`png`], but of a figure that would take too much of the
/// file, pictures mostly, one pixel for one.
pub(crate) fn png_and_size(svg: &str) -> Result<(Vec<u8>, [u32; 2]), PlotError> {
    let tree = tree(svg)?;
    let shown = tree.size().to_int_size();
    let mut png = scaled(&tree, SCALE)?;
    if in_base64(png.len()) > MOST_BYTES {
        png = scaled(&tree, 1.0)?;
    }
    Ok((png, [shown.width(), shown.height()]))
}

/// Letters of so many bytes in a notebook's file.
pub(crate) fn in_base64(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

fn scaled(tree: &usvg::Tree, scale: f32) -> Result<Vec<u8>, PlotError> {
    let size = tree.size().to_int_size().scale_by(scale).ok_or_else(|| failed("it has no size"))?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or_else(|| failed("too large"))?;
    resvg::render(tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let rgba: Vec<[u8; 4]> = pixels.pixels().iter().map(|pixel| rgba(*pixel)).collect();
    indexed::png(&rgba, size.width(), size.height()).map_err(failed)
}

/// The elements of an SVG, with letters turned into outlines.
pub(crate) fn tree(svg: &str) -> Result<usvg::Tree, PlotError> {
    let options = usvg::Options { font_family: "DejaVu Sans".into(), fontdb: fonts(), ..usvg::Options::default() };
    // Always the same font, also where Helvetica or Arial are installed.
    let svg = svg.replacen("font-family=\"Helvetica, Arial, 'Liberation Sans', ", "font-family=\"", 1);
    usvg::Tree::from_str(&svg, &options).map_err(failed)
}

fn rgba(pixel: tiny_skia::PremultipliedColorU8) -> [u8; 4] {
    if pixel.alpha() == 255 {
        return [pixel.red(), pixel.green(), pixel.blue(), 255];
    }
    let color = pixel.demultiply();
    [color.red(), color.green(), color.blue(), color.alpha()]
}

fn failed(reason: impl ToString) -> PlotError {
    PlotError::Raster { reason: reason.to_string() }
}

/// The font that text is measured with; the system's fonts for letters it lacks. Found once.
fn fonts() -> Arc<usvg::fontdb::Database> {
    static FONTS: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_font_data(text::FONT.to_vec());
        fonts.load_system_fonts();
        fonts.set_sans_serif_family("DejaVu Sans");
        Arc::new(fonts)
    };
    FONTS.get_or_init(load).clone()
}
