//! From SVG to PNG.

use crate::{PlotError, text};
use resvg::{tiny_skia, usvg};
use std::sync::{Arc, OnceLock};

/// Pixels of the PNG for one of the figure: sharp on screens of high resolution and in print.
const SCALE: f32 = 2.0;

/// Draws an SVG as a PNG, twice as large.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>, PlotError> {
    let failed = |reason: String| PlotError::Raster { reason };
    let options = usvg::Options { font_family: "DejaVu Sans".into(), fontdb: fonts(), ..usvg::Options::default() };
    // Always the same font, also where Helvetica or Arial are installed.
    let svg = svg.replacen("font-family=\"Helvetica, Arial, 'Liberation Sans', ", "font-family=\"", 1);
    let tree = usvg::Tree::from_str(&svg, &options).map_err(|error| failed(error.to_string()))?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| failed("it has no size".into()))?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or_else(|| failed("too large".into()))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| failed(error.to_string()))
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
