//! Colours for amounts: from paper to deep blue, or from orange through paper to blue around zero.

use crate::canvas::{Anchor, Canvas, Rect};
use crate::scale::Scale;
use crate::theme::{self, Color};

/// One hue that only gets darker, so that greyscale shows the same order.
const STOPS: [Color; 4] = [Color(247, 251, 255), Color(146, 197, 232), Color(0, 114, 178), Color(3, 45, 82)];
/// Below zero.
const NEGATIVE: [Color; 3] = [Color(252, 252, 252), Color(235, 160, 95), Color(140, 55, 0)];
/// Above zero.
const POSITIVE: [Color; 3] = [Color(252, 252, 252), Color(95, 170, 215), Color(0, 62, 110)];

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

    pub(crate) fn color(&self, value: f64) -> Color {
        if self.diverging {
            let share = (value / self.high).clamp(-1.0, 1.0);
            return between(if share < 0.0 { &NEGATIVE } else { &POSITIVE }, share.abs());
        }
        between(&STOPS, ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0))
    }

    /// The colour of text that is readable on a colour: white or black.
    pub(crate) fn text_on(color: Color) -> Color {
        // WCAG 2: the better contrast of white and black is at least 4.5 to 1 on any colour.
        let linear = |part: u8| match f64::from(part) / 255.0 {
            part if part <= 0.03928 => part / 12.92,
            part => libm::pow((part + 0.055) / 1.055, 2.4),
        };
        let luminance = 0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2);
        if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 { theme::PAPER } else { Color(0, 0, 0) }
    }

    /// A bar with all colours and the amounts they stand for, upright in this area, with a title beside it.
    pub(crate) fn draw_bar(&self, canvas: &mut Canvas, area: Rect, title: &str) {
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
        let labels = self.bar_width(area.height, "");
        let at = (area.left + labels + theme::CAPTION_SIZE + 2.0, area.top + area.height / 2.0);
        canvas.text_upwards(title, at, Anchor::Middle, theme::CAPTION_SIZE, theme::INK);
    }

    /// Room the bar needs.
    pub(crate) fn bar_width(&self, height: f64, title: &str) -> f64 {
        let ticks = Scale::linear(self.low, self.high).ticks((height / 45.0) as usize);
        let labels = ticks.iter().map(|tick| crate::text::width(&tick.label, theme::CAPTION_SIZE));
        14.0 + 5.0 + labels.fold(0.0, f64::max) + if title.is_empty() { 0.0 } else { theme::CAPTION_SIZE + 6.0 }
    }
}

/// The colour of a share from 0 to 1, and that of letters on it, for tables in HTML.
pub fn shade_of(share: f64) -> (String, String) {
    let color = Shades::sequential(0.0, 1.0).color(share);
    (color.to_string(), Shades::text_on(color).to_string())
}

fn between(stops: &[Color], share: f64) -> Color {
    let place = share * (stops.len() - 1) as f64;
    let index = (place as usize).min(stops.len() - 2);
    theme::mix(stops[index], stops[index + 1], place - index as f64)
}
