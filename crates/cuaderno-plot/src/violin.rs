//! Violins: the density of each group, mirrored, behind its box.

use crate::canvas::Canvas;
use crate::kernel_density::{kernel_density, silverman_bandwidth};
use crate::plane::Panel;
use crate::theme::Color;

/// Places at which a violin is drawn.
const POINTS: usize = 128;

/// Draws the density of values that can be drawn, from the least to the greatest, `half` wide at its widest; on a log axis, the
/// density of the logarithms.
pub(crate) fn draw(canvas: &mut Canvas, panel: &Panel, x: f64, half: f64, color: Color, values: &[f64], log: bool) {
    let places: Vec<f64> = if log { values.iter().map(|value| libm::log10(*value)).collect() } else { values.to_vec() };
    let low = places.iter().copied().fold(f64::INFINITY, f64::min);
    let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if high - low <= high.abs().max(low.abs()) * 1e-12 {
        return;
    }
    // A bump narrower than a step between two places would be missed by chance.
    let bandwidth = silverman_bandwidth(&places).max((high - low) / POINTS as f64);
    let estimate = kernel_density(&places, bandwidth, low, high, POINTS);
    let widest = estimate.y.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let back = |place: f64| if log { libm::exp10(place) } else { place };
    let clamp = |y: f64| y.clamp(panel.rect.top, panel.rect.bottom());
    let points: Vec<(f64, f64)> = estimate
        .x
        .iter()
        .zip(&estimate.y)
        .map(|(at, density)| (density / widest * half, clamp(panel.y(back(*at)))))
        .collect();
    let left = points.iter().map(|(width, y)| (x - width, *y));
    let right = points.iter().rev().map(|(width, y)| (x + width, *y));
    canvas.polygon(&left.chain(right).collect::<Vec<_>>(), color, 0.3);
}
