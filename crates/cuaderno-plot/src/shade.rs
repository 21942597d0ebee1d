//! Colours for amounts: from paper to deep blue, or from orange through paper to blue around zero.

use crate::canvas::{Anchor, Canvas, Rect};
use crate::scale::Scale;
use crate::theme;
use plotters::style::RGBColor;

/// One hue that only gets darker, so that greyscale shows the same order.
const STOPS: [RGBColor; 4] =
    [RGBColor(247, 251, 255), RGBColor(146, 197, 232), RGBColor(0, 114, 178), RGBColor(3, 45, 82)];
/// Below zero.
const NEGATIVE: [RGBColor; 3] = [RGBColor(252, 252, 252), RGBColor(235, 160, 95), RGBColor(140, 55, 0)];
/// Above zero.
const POSITIVE: [RGBColor; 3] = [RGBColor(252, 252, 252), RGBColor(95, 170, 215), RGBColor(0, 62, 110)];

/// From amounts to colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shades {
    pub(crate) low: f64,
    pub(crate) high: f64,
    diverging: bool,
}

impl Shades {
    /// From pale at `low` to dark at `high`.
    pub(crate) fn sequential(low: f64, high: f64) -> Self {
        let (low, high) = crate::scale::widen(low, high);
        Self { low, high, diverging: false }
    }

    /// Paper at zero, darker on both sides.
    pub(crate) fn diverging(greatest: f64) -> Self {
        let greatest = if greatest > 1e-290 { greatest } else { 1.0 };
        Self { low: -greatest, high: greatest, diverging: true }
    }

    pub(crate) fn color(&self, value: f64) -> RGBColor {
        if self.diverging {
            let share = (value / self.high).clamp(-1.0, 1.0);
            return between(if share < 0.0 { &NEGATIVE } else { &POSITIVE }, share.abs());
        }
        between(&STOPS, ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0))
    }

    /// The colour of text that is readable on a colour.
    pub(crate) fn text_on(color: RGBColor) -> RGBColor {
        let light = 0.299 * f64::from(color.0) + 0.587 * f64::from(color.1) + 0.114 * f64::from(color.2);
        if light < 140.0 { theme::PAPER } else { theme::INK }
    }

    /// A bar with all colours and the amounts they stand for, upright in this area.
    pub(crate) fn draw_bar(&self, canvas: &mut Canvas, area: Rect) {
        const STEPS: usize = 48;
        let (width, step) = (14.0, area.height / STEPS as f64);
        for index in (0..STEPS).rev() {
            let share = (index as f64 + 0.5) / STEPS as f64;
            let color = self.color(self.low + (self.high - self.low) * share);
            let top = area.bottom() - (index + 1) as f64 * step;
            canvas.tile(Rect::new(area.left, top, width, step), color);
        }
        for tick in Scale::linear(self.low, self.high).ticks((area.height / 45.0) as usize) {
            let y = area.bottom() - tick.place * area.height;
            let at = (area.left + width + 5.0, y + theme::CAPTION_SIZE * 0.36);
            canvas.text(&tick.label, at, Anchor::Start, theme::CAPTION_SIZE, theme::INK);
        }
    }

    /// Room the bar needs.
    pub(crate) fn bar_width(&self, height: f64) -> f64 {
        let ticks = Scale::linear(self.low, self.high).ticks((height / 45.0) as usize);
        let labels = ticks.iter().map(|tick| crate::text::width(&tick.label, theme::CAPTION_SIZE));
        14.0 + 5.0 + labels.fold(0.0, f64::max)
    }
}

fn between(stops: &[RGBColor], share: f64) -> RGBColor {
    let place = share * (stops.len() - 1) as f64;
    let index = (place as usize).min(stops.len() - 2);
    theme::mix(stops[index], stops[index + 1], place - index as f64)
}
