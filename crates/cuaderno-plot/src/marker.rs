//! Points of a scatter plot: another shape for each group, so that they differ without colour.

use crate::canvas::{Canvas, Rect};
use crate::theme::Color;
use crate::{indexed, theme};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Up to this many points are drawn one by one, as shapes.
const MOST_SHAPES: usize = 3000;

/// Draws points of all groups. Thousands of them become a picture in which more points make a darker place: as many as
/// there are, in a file of bounded size.
pub(crate) fn draw(canvas: &mut Canvas, panel: Rect, groups: &[(Color, Vec<(f64, f64)>)]) {
    let total: usize = groups.iter().map(|(_, points)| points.len()).sum();
    if is_cloud(total) {
        return draw_cloud(canvas, panel, groups);
    }
    let (radius, alpha) = if total > 500 { (2.6, 0.6) } else { (3.6, 0.75) };
    for (group, (color, points)) in groups.iter().enumerate() {
        for point in points {
            draw_one(canvas, *point, (group, *color), radius, alpha);
        }
    }
}

/// Whether so many points become a cloud.
pub(crate) fn is_cloud(points: usize) -> bool {
    points > MOST_SHAPES
}

/// One point in the shape of its group.
pub(crate) fn draw_one(canvas: &mut Canvas, (x, y): (f64, f64), look: (usize, Color), radius: f64, alpha: f64) {
    let (group, color) = look;
    let corners: &[(f64, f64)] = match group % 4 {
        0 => return canvas.circle((x, y), radius, color, alpha),
        1 => &[(0.0, -1.3), (1.25, 0.9), (-1.25, 0.9)],
        2 => &[(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)],
        _ => &[(0.0, -1.4), (1.4, 0.0), (0.0, 1.4), (-1.4, 0.0)],
    };
    let corners: Vec<_> = corners.iter().map(|(dx, dy)| (x + dx * radius, y + dy * radius)).collect();
    canvas.polygon(&corners, color, alpha);
}

/// Points as round stamps in a fine picture, the smaller and paler the more there are.
fn draw_cloud(canvas: &mut Canvas, panel: Rect, groups: &[(Color, Vec<(f64, f64)>)]) {
    // How far a point reaches, how opaque it is alone, and pixels of the cloud for one of the figure, along each side: of very
    // many points one each, so that the file stays small.
    let (reach, alone, fine) = match groups.iter().map(|(_, points)| points.len()).sum::<usize>() {
        ..20_000 => (3i64, 120.0, 2.0),
        20_000..80_000 => (2, 90.0, 2.0),
        _ => (0, 60.0, 1.0),
    };
    let around = move |x: i64, y: i64| {
        let square = (-reach..=reach).flat_map(move |dx| (-reach..=reach).map(move |dy| (dx, dy)));
        square.filter(move |(dx, dy)| dx * dx + dy * dy <= reach * reach).map(move |(dx, dy)| (x + dx, y + dy))
    };
    let (width, height) = ((panel.width * fine).ceil() as usize, (panel.height * fine).ceil() as usize);
    if width == 0 || height == 0 {
        return;
    }
    // Points on each pixel, by group.
    let mut counts = vec![vec![0u32; width * height]; groups.len()];
    for ((_, points), counts) in groups.iter().zip(&mut counts) {
        for (x, y) in points {
            let (x, y) = (((x - panel.left) * fine) as i64, ((y - panel.top) * fine) as i64);
            for (column, row) in around(x, y) {
                if (0..width as i64).contains(&column) && (0..height as i64).contains(&row) {
                    counts[row as usize * width + column as usize] += 1;
                }
            }
        }
    }
    let total = |pixel: usize| counts.iter().map(|counts| counts[pixel]).sum::<u32>();
    let fullest = (0..width * height).map(total).max().unwrap_or(0);
    let colors: Vec<Color> = groups.iter().map(|(color, _)| *color).collect();
    let mut rgba = Vec::with_capacity(width * height);
    for pixel in 0..width * height {
        let here: Vec<u32> = counts.iter().map(|counts| counts[pixel]).collect();
        let Color(r, g, b) = mixed(&here, &colors);
        rgba.push([r, g, b, opacity(here.iter().sum(), fullest, alone)]);
    }
    if let Ok(png) = indexed::png(&rgba, width as u32, height as u32) {
        canvas.image(panel, &STANDARD.encode(png), fine == 1.0);
    }
}

/// How opaque a pixel with so many points is, when a lone one is `alone` and the fullest place is quite opaque: by the logarithm,
/// in few levels, which keep the file small.
fn opacity(points: u32, fullest: u32, alone: f64) -> u8 {
    const LEVELS: f64 = 12.0;
    if points == 0 {
        return 0;
    }
    let share = if fullest > 1 { libm::log(f64::from(points)) / libm::log(f64::from(fullest)) } else { 0.0 };
    (alone + (255.0 - alone) * (share * LEVELS).round() / LEVELS).round() as u8
}

/// The colours of the groups in proportion to their points.
fn mixed(points: &[u32], colors: &[Color]) -> Color {
    let mut shown = 0;
    // Transparent pixels all alike compress best.
    let mut mixed = theme::PAPER;
    for (points, color) in points.iter().zip(colors).filter(|(points, _)| **points > 0) {
        shown += points;
        // In sixteenths, so that two groups make few colours.
        let share = (16.0 * f64::from(*points) / f64::from(shown)).round() / 16.0;
        mixed = theme::mix(mixed, *color, share);
    }
    mixed
}
