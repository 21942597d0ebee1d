//! Points of a scatter plot: another shape for each group, so that they differ without colour.

use crate::canvas::{Canvas, Rect};
use crate::picture::Pixels;
use crate::theme;
use plotters::style::RGBColor;

/// Up to this many points are drawn one by one, as shapes.
const MOST_SHAPES: usize = 3000;

/// Pixels of the cloud for one of the figure, along each side.
const FINE: f64 = 2.0;

/// Draws points of all groups. Thousands of them become a picture in which more points make a darker place: as many as
/// there are, in a file of bounded size.
pub(crate) fn draw(canvas: &mut Canvas, panel: Rect, groups: &[Vec<(f64, f64)>]) {
    let total: usize = groups.iter().map(Vec::len).sum();
    if total > MOST_SHAPES {
        return draw_cloud(canvas, panel, groups);
    }
    let (radius, alpha) = if total > 500 { (2.6, 0.6) } else { (3.6, 0.75) };
    for (group, points) in groups.iter().enumerate() {
        for point in points {
            draw_one(canvas, *point, group, radius, alpha);
        }
    }
}

/// One point in the shape of its group.
pub(crate) fn draw_one(canvas: &mut Canvas, (x, y): (f64, f64), group: usize, radius: f64, alpha: f64) {
    let corners: &[(f64, f64)] = match group % 4 {
        0 => return canvas.circle((x, y), radius, theme::color(group), alpha),
        1 => &[(0.0, -1.3), (1.25, 0.9), (-1.25, 0.9)],
        2 => &[(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)],
        _ => &[(0.0, -1.4), (1.4, 0.0), (0.0, 1.4), (-1.4, 0.0)],
    };
    let corners: Vec<_> = corners.iter().map(|(dx, dy)| (x + dx * radius, y + dy * radius)).collect();
    canvas.polygon(&corners, theme::color(group), alpha);
}

/// Points as round stamps in a fine picture, the smaller and paler the more there are.
fn draw_cloud(canvas: &mut Canvas, panel: Rect, groups: &[Vec<(f64, f64)>]) {
    let (reach, alone) = match groups.iter().map(Vec::len).sum::<usize>() {
        ..20_000 => (3i64, 160.0),
        20_000..80_000 => (2, 120.0),
        _ => (1, 90.0),
    };
    let around = move |x: i64, y: i64| {
        let square = (-reach..=reach).flat_map(move |dx| (-reach..=reach).map(move |dy| (dx, dy)));
        square.filter(move |(dx, dy)| dx * dx + dy * dy <= reach * reach).map(move |(dx, dy)| (x + dx, y + dy))
    };
    let (width, height) = ((panel.width * FINE).ceil() as usize, (panel.height * FINE).ceil() as usize);
    if width == 0 || height == 0 {
        return;
    }
    // Points on each pixel, by group.
    let mut counts = vec![vec![0u32; width * height]; groups.len()];
    for (points, counts) in groups.iter().zip(&mut counts) {
        for (x, y) in points {
            let (x, y) = (((x - panel.left) * FINE) as i64, ((y - panel.top) * FINE) as i64);
            for (column, row) in around(x, y) {
                if (0..width as i64).contains(&column) && (0..height as i64).contains(&row) {
                    counts[row as usize * width + column as usize] += 1;
                }
            }
        }
    }
    let mut rgba = Vec::with_capacity(width * height * 4);
    for pixel in 0..width * height {
        let here: Vec<u32> = counts.iter().map(|counts| counts[pixel]).collect();
        let total: u32 = here.iter().sum();
        let RGBColor(r, g, b) = mixed(&here, total);
        rgba.extend([r, g, b, opacity(total, alone)]);
    }
    if let Some(png) = (Pixels { width, height, channels: 4, bytes: rgba }).png_base64() {
        canvas.image(panel, &png, false);
    }
}

/// How opaque a pixel is with so many points, when one alone is so opaque; few levels up to opaque keep the file small.
fn opacity(points: u32, alone: f64) -> u8 {
    match points {
        0 => 0,
        points => (alone + 20.0 * f64::from(points.ilog2())).min(255.0) as u8,
    }
}

/// The colours of the groups in proportion to their points.
fn mixed(points: &[u32], total: u32) -> RGBColor {
    let mut shown = 0;
    let mut color = theme::PAPER;
    for (group, points) in points.iter().enumerate().filter(|(_, points)| **points > 0) {
        shown += points;
        color = theme::mix(color, theme::color(group), f64::from(*points) / f64::from(shown));
    }
    // Transparent pixels all alike compress best.
    if total == 0 { theme::PAPER } else { color }
}
