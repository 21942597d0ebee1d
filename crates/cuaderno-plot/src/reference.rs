//! Lines, bands and words across the data: what to compare them with.

use crate::canvas::{Anchor, Canvas, Rect, Stroke};
use crate::plane::Panel;
use crate::{date, number, text, theme};

/// A place along an axis: a number, or a date in words, such as `"2016-11-08"` or `"2016-11-08 18:30"`, in UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The number; a date in milliseconds since 1970; not a number if the words are no date.
    pub(crate) value: f64,
    /// As it was written.
    pub(crate) text: String,
}

macro_rules! places {
    ($($type:ty)*) => {
        $(impl From<$type> for Place {
            fn from(value: $type) -> Self {
                let value = value as f64;
                Self { value, text: number::short(value) }
            }
        })*
    };
}

places! { f64 f32 i32 i64 u32 u64 usize }

impl From<&str> for Place {
    fn from(text: &str) -> Self {
        Self { value: date::parse(text).unwrap_or(f64::NAN), text: format!("\"{text}\"") }
    }
}

impl From<String> for Place {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

/// Something drawn over the data or under them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reference {
    /// A line at a value of x, with words.
    X(f64, String),
    /// A line at a value of y, with words.
    Y(f64, String),
    /// From one x to another.
    XBand(f64, f64, String),
    /// From one y to another.
    YBand(f64, f64, String),
    /// A dashed line between two points.
    Segment((f64, f64), (f64, f64)),
    /// Words at a point.
    Note(f64, f64, String),
}

const SIZE: f64 = theme::CAPTION_SIZE;

impl Reference {
    /// Places on the x axis that must be shown.
    pub(crate) fn x(&self) -> Vec<f64> {
        finite(match self {
            Self::X(x, _) | Self::Note(x, _, _) => vec![*x],
            Self::XBand(low, high, _) => vec![*low, *high],
            Self::Segment(from, to) => vec![from.0, to.0],
            Self::Y(..) | Self::YBand(..) => Vec::new(),
        })
    }

    /// Places on the y axis that must be shown.
    pub(crate) fn y(&self) -> Vec<f64> {
        finite(match self {
            Self::Y(y, _) | Self::Note(_, y, _) => vec![*y],
            Self::YBand(low, high, _) => vec![*low, *high],
            Self::Segment(from, to) => vec![from.1, to.1],
            Self::X(..) | Self::XBand(..) => Vec::new(),
        })
    }

    /// What it says, for the description.
    pub(crate) fn describe(&self) -> Option<String> {
        let line = |value: f64, words: &str| Some(format!("  line at {}: {words}", number::short(value)));
        match self {
            Self::X(value, words) | Self::Y(value, words) => line(*value, words),
            Self::XBand(low, high, words) | Self::YBand(low, high, words) => {
                Some(format!("  band from {} to {}: {words}", number::short(*low), number::short(*high)))
            }
            Self::Note(_, _, words) => Some(format!("  note: {words}")),
            Self::Segment(..) => None,
        }
    }

    /// Bands, which lie under the data.
    pub(crate) fn draw_under(&self, canvas: &mut Canvas, panel: &Panel) {
        let (rect, words) = match self {
            Self::XBand(low, high, words) => (panel.between_x(*low, *high), words),
            Self::YBand(low, high, words) => (panel.between_y(*low, *high), words),
            _ => return,
        };
        if rect.width > 0.0 && rect.height > 0.0 {
            canvas.rect(rect, theme::AXIS, 0.16);
            canvas.text(words, (rect.left + 5.0, rect.top + SIZE + 2.0), Anchor::Start, SIZE, theme::MUTED);
        }
    }

    /// Lines and words, which lie over the data.
    pub(crate) fn draw_over(&self, canvas: &mut Canvas, panel: &Panel) {
        let rect = panel.rect;
        let stroke = Stroke::new(theme::INK, 1.3).dashed(&[6, 4]);
        match self {
            Self::X(value, words) => {
                let x = panel.x(*value);
                if panel.holds((x, rect.top)) {
                    canvas.line((x, rect.top), (x, rect.bottom()), stroke);
                    let is_left = x + 5.0 + text::width(words, SIZE) <= rect.right();
                    let (at, anchor) = if is_left { (x + 5.0, Anchor::Start) } else { (x - 5.0, Anchor::End) };
                    canvas.text_over(words, (at, rect.top + SIZE), anchor, SIZE, theme::INK);
                }
            }
            Self::Y(value, words) => {
                let y = panel.y(*value);
                if panel.holds((rect.left, y)) {
                    canvas.line((rect.left, y), (rect.right(), y), stroke);
                    let above = y - 4.0 - SIZE >= rect.top;
                    let at = (rect.right() - 4.0, if above { y - 4.0 } else { y + SIZE + 3.0 });
                    canvas.text_over(words, at, Anchor::End, SIZE, theme::INK);
                }
            }
            Self::Segment(from, to) => {
                let ends = [panel.at(from.0, from.1), panel.at(to.0, to.1)];
                for part in crate::extent::clip(&ends, rect.inset(-0.01)) {
                    canvas.polyline(&part, Stroke { color: theme::AXIS, ..stroke });
                }
            }
            Self::Note(x, y, words) => draw_note(canvas, rect, panel.at(*x, *y), words),
            Self::XBand(..) | Self::YBand(..) => {}
        }
    }
}

/// Words beside a point, on the side where there is room.
fn draw_note(canvas: &mut Canvas, rect: Rect, (x, y): (f64, f64), words: &str) {
    if !(rect.left - 0.1..=rect.right() + 0.1).contains(&x) || !(rect.top - 0.1..=rect.bottom() + 0.1).contains(&y) {
        return;
    }
    canvas.circle((x, y), 2.5, theme::INK, 1.0);
    let is_left = x + 7.0 + text::width(words, SIZE) <= rect.right();
    let (at, anchor) = if is_left { (x + 7.0, Anchor::Start) } else { (x - 7.0, Anchor::End) };
    let baseline = (y - 6.0).max(rect.top + SIZE);
    canvas.text_over(words, (at, baseline), anchor, SIZE, theme::INK);
}

fn finite(places: Vec<f64>) -> Vec<f64> {
    places.into_iter().filter(|place| place.abs() < 1e300).collect()
}
