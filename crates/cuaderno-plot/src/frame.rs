//! What every figure has around its data: title, axis titles, captions, size.

use crate::legend::{Legend, Swatch};
use crate::reference::{Place, Reference};
use crate::theme::{self, Color};

/// The words around a figure, its size, its colours, and what is drawn over its data. Figures set these through methods.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub(crate) title: String,
    pub(crate) x_label: Option<String>,
    pub(crate) y_label: Option<String>,
    pub(crate) captions: Vec<String>,
    pub(crate) size: Option<(f64, f64)>,
    pub(crate) x_range: Option<(f64, f64)>,
    pub(crate) y_range: Option<(f64, f64)>,
    pub(crate) references: Vec<Reference>,
    /// Ticks of the y axis as percent.
    pub(crate) percent: bool,
    /// Colours of the groups, if not the usual ones.
    pub(crate) palette: Vec<Color>,
    /// Whether someone else says which colour is which.
    pub(crate) hide_legend: bool,
    /// What was asked for and cannot be done.
    pub(crate) refused: Vec<String>,
}

impl Frame {
    /// The colour of the nth group.
    pub(crate) fn color(&self, index: usize) -> Color {
        match self.palette.len() {
            0 => theme::color(index),
            colors => self.palette[index % colors],
        }
    }

    /// The legend, unless someone else has it.
    pub(crate) fn legend(&self, heading: &str, entries: impl IntoIterator<Item = (Swatch, String)>) -> Legend {
        if self.hide_legend { Legend::default() } else { Legend::new(heading, entries) }
    }

    /// Takes limits of an axis, or says why they are none.
    pub(crate) fn range(&mut self, name: &str, low: Place, high: Place) -> Option<(f64, f64)> {
        let range = (low.value, high.value);
        if chosen(Some(range)).is_some() {
            return Some(range);
        }
        let (low, high) = (low.text, high.text);
        self.refused.push(format!("{name}({low}, {high}) is no range from low to high; the whole axis is shown"));
        None
    }

    /// Takes a colour for each group, or says what is none.
    pub(crate) fn set_palette(&mut self, colors: &[&str]) {
        let (mut palette, mut wrong) = (Vec::new(), Vec::new());
        for color in colors {
            match Color::parse(color) {
                Some(color) => palette.push(color),
                None => wrong.push(*color),
            }
        }
        if wrong.is_empty() {
            self.palette = palette;
        } else {
            let wrong = wrong.join(", ");
            self.refused.push(format!("palette: {wrong} is no colour such as #0072B2; the usual colours are shown"));
        }
    }

    /// Limits that hold the data and the lines and bands across them.
    pub(crate) fn reach_x(&self, data: (f64, f64)) -> (f64, f64) {
        self.references.iter().flat_map(Reference::x).fold(data, |(low, high), x| (low.min(x), high.max(x)))
    }

    /// The same for y.
    pub(crate) fn reach_y(&self, data: (f64, f64)) -> (f64, f64) {
        self.references.iter().flat_map(Reference::y).fold(data, |(low, high), y| (low.min(y), high.max(y)))
    }

    /// The x axis title, or what the figure calls it by itself.
    pub(crate) fn x_label_or(&self, default: &str) -> String {
        self.x_label.clone().unwrap_or_else(|| default.to_owned())
    }

    /// The y axis title, or what the figure calls it by itself.
    pub(crate) fn y_label_or(&self, default: &str) -> String {
        self.y_label.clone().unwrap_or_else(|| default.to_owned())
    }

    pub(crate) fn set_size(&mut self, width: u32, height: u32) {
        // Smaller than this nothing can be read, larger than this nothing can be shown.
        self.size = Some((f64::from(width.clamp(160, 8000)), f64::from(height.clamp(120, 8000))));
    }

    /// The first line of a description: kind of figure and title.
    pub(crate) fn headline(&self, kind: &str) -> String {
        if self.title.is_empty() { kind.to_owned() } else { format!("{kind}: {}", self.title) }
    }
}

/// The limits of an axis the user set, if they make sense.
pub(crate) fn chosen(range: Option<(f64, f64)>) -> Option<(f64, f64)> {
    let drawable = |limit: f64| limit.abs() <= 1e300;
    range.filter(|(low, high)| drawable(*low) && drawable(*high) && low < high)
}
