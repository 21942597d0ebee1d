//! Thin lines across areas: what tells groups apart in grey, where their colours are equally light.

use crate::canvas::{Canvas, Rect, Stroke};
use crate::shade::Shades;
use crate::theme::Color;

/// Pixels between two lines.
const STEP: f64 = 7.0;
/// Thinner areas have no room for lines.
const THINNEST: f64 = 4.0;

/// Lines over an area of the nth group. The first two of the usual colours, black and yellow differ in lightness and need none.
pub(crate) fn draw(canvas: &mut Canvas, area: Rect, group: usize, color: Color) {
    let direction = group % 4;
    let (level, upright, falling) = (direction == 0, direction == 1, direction == 3);
    if matches!(group, 0 | 1 | 6 | 7) {
        return;
    }
    if area.width < THINNEST || area.height < THINNEST {
        return;
    }
    let mut lines = Vec::new();
    if level {
        lines.extend(steps(area.top, area.height).map(|y| [(area.left, y), (area.right(), y)]));
    } else if upright {
        lines.extend(steps(area.left, area.width).map(|x| [(x, area.top), (x, area.bottom())]));
    } else {
        // Lines x - y = d, or x + y = d, cut at the edges; on one grid in the whole figure, so that neighbours join.
        let sign = if falling { 1.0 } else { -1.0 };
        let corners = [
            (area.left, area.top),
            (area.right(), area.bottom()),
            (area.left, area.bottom()),
            (area.right(), area.top),
        ];
        let places = corners.map(|(x, y)| x - sign * y);
        let low = places.iter().copied().fold(f64::INFINITY, f64::min);
        let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for d in steps(low, high - low) {
            // Where the line meets the left and right edge, or the top and bottom one.
            let at = |x: f64| sign * (x - d);
            let from = at(area.left).clamp(area.top, area.bottom());
            let to = at(area.right()).clamp(area.top, area.bottom());
            lines.push([(d + sign * from, from), (d + sign * to, to)]);
        }
    }
    let stroke = Stroke { alpha: 0.4, ..Stroke::new(Shades::text_on(color), 1.1) };
    canvas.segments(&lines, stroke);
}

/// Multiples of the step inside a range.
fn steps(low: f64, length: f64) -> impl Iterator<Item = f64> {
    let first = (low / STEP).floor() as i64 + 1;
    (first..).map(|step| step as f64 * STEP).take_while(move |at| *at < low + length)
}
