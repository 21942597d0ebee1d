//! Pictures in rows.

use crate::canvas::{Anchor, Canvas, Rect};
use crate::figure::{Draw, Drawing, figure};
use crate::frame::Frame;
use crate::legend::Legend;
use crate::picture::Picture;
use crate::sheet::Sheet;
use crate::shown::Shared;
use crate::{PlotError, text, theme};
use cuaderno_display::thousands;

/// Space between pictures.
const GAP: f64 = 8.0;
/// Pictures are never wider than this.
const WIDEST: f64 = 220.0;
const SIZE: f64 = theme::CAPTION_SIZE;

/// Pictures side by side, each with its label below: samples of a data set, predictions, feature maps.
///
/// Small pictures are enlarged with their pixels visible; large ones are embedded no larger than shown at twice the
/// resolution.
///
/// ```
/// use cuaderno_plot::{ImageGrid, Picture};
///
/// let black = Picture::rgb(2, 2, [0; 12])?.label("night");
/// let figure = ImageGrid::new([black]).columns(4).title("Samples");
/// # Ok::<(), cuaderno_plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ImageGrid {
    pub(crate) frame: Frame,
    pictures: Vec<Picture>,
    columns: Option<usize>,
}

figure!(ImageGrid);

impl ImageGrid {
    /// Pictures from left to right, row after row.
    pub fn new(pictures: impl Into<Vec<Picture>>) -> Self {
        Self { frame: Frame::default(), pictures: pictures.into(), columns: None }
    }

    /// How many pictures stand in a row.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = Some(columns.clamp(1, 64));
        self
    }

    fn sheet(&self) -> Sheet<'_> {
        let notes = if self.pictures.is_empty() { vec!["no pictures to show".to_owned()] } else { Vec::new() };
        Sheet { frame: &self.frame, legend: Legend::default(), notes }
    }

    /// Columns, and the width of each.
    fn columns_in(&self, width: f64) -> (usize, f64) {
        let count = self.pictures.len().max(1);
        // About as many columns as make pictures a thumb wide.
        let columns = self.columns.unwrap_or(match count {
            1..=4 => count,
            5..=8 => 4,
            9..=20 => 5,
            21..=48 => 8,
            _ => 10,
        });
        (columns, ((width - GAP * (columns - 1) as f64) / columns as f64).clamp(4.0, WIDEST))
    }

    /// Height of each row: its highest picture and its longest label.
    fn rows(&self, cell: f64, columns: usize) -> Vec<(f64, f64)> {
        let measure = |row: &[Picture]| {
            let picture = row.iter().map(|picture| shown_height(picture, cell)).fold(0.0, f64::max);
            let lines = row.iter().map(|picture| label(picture, cell).len()).max().unwrap_or(0);
            (picture, lines as f64 * text::line_height(SIZE) + if lines > 0 { 5.0 } else { 0.0 })
        };
        self.pictures.chunks(columns).map(measure).collect()
    }
}

fn shown_height(picture: &Picture, width: f64) -> f64 {
    if picture.width() == 0 { 0.0 } else { (width * picture.height() as f64 / picture.width() as f64).min(4.0 * width) }
}

fn label(picture: &Picture, width: f64) -> Vec<String> {
    if picture.label.is_empty() { Vec::new() } else { text::wrap(&picture.label, SIZE, width.max(30.0)) }
}

impl Draw for ImageGrid {
    fn drawing(&self, _: Shared) -> Result<Box<dyn Drawing + '_>, PlotError> {
        Ok(Box::new(self))
    }
}

impl Drawing for ImageGrid {
    fn natural_height(&self, width: f64) -> f64 {
        let (columns, cell) = self.columns_in(width);
        let rows: f64 = self.rows(cell, columns).iter().map(|(picture, label)| picture + label + GAP).sum();
        self.sheet().height(width) + rows
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) {
        let inner = self.sheet().draw(canvas, area);
        let (columns, mut cell) = self.columns_in(inner.width);
        let total = |cell: f64| self.rows(cell, columns).iter().map(|(a, b)| a + b + GAP).sum::<f64>();
        // A height that was asked for may call for smaller pictures.
        while total(cell) > inner.height + 1.0 && cell > 8.0 {
            cell *= 0.95;
        }
        let mut top = inner.top;
        for (row, (height, label_height)) in self.pictures.chunks(columns).zip(self.rows(cell, columns)) {
            for (column, picture) in row.iter().enumerate() {
                let left = inner.left + column as f64 * (cell + GAP);
                let Some(png) = picture.png_base64((cell * 2.0) as usize) else { continue };
                let rect = Rect::new(left, top, cell, shown_height(picture, cell));
                canvas.image(rect, &png, (picture.width() as f64) < cell);
                for (index, line) in label(picture, cell).iter().enumerate() {
                    let baseline = top + height + 3.0 + SIZE + index as f64 * text::line_height(SIZE);
                    canvas.text(line, (left + cell / 2.0, baseline), Anchor::Middle, SIZE, theme::INK);
                }
            }
            top += height + label_height + GAP;
        }
    }

    /// How many pictures, and their labels.
    fn text(&self) -> String {
        let mut lines = vec![self.frame.headline("pictures")];
        if self.pictures.is_empty() {
            lines.push("  no pictures to show".to_owned());
            return lines.join("\n");
        }
        let sizes: std::collections::BTreeSet<_> = self.pictures.iter().map(|p| (p.width(), p.height())).collect();
        let sizes: Vec<String> = sizes.iter().take(3).map(|(width, height)| format!("{width}x{height}")).collect();
        lines.push(format!("  {} of {} pixels", thousands(self.pictures.len()), sizes.join(", ")));
        let labels: Vec<&str> =
            self.pictures.iter().map(|p| p.label.as_str()).filter(|label| !label.is_empty()).collect();
        if !labels.is_empty() {
            let more = if labels.len() > 12 { ", …" } else { "" };
            lines.push(format!("  {}{more}", labels[..labels.len().min(12)].join("; ")));
        }
        lines.join("\n")
    }
}
