//! What every figure has around its data: title, axis titles, captions, size.

use cuaderno_display::counted;

/// The words around a figure, and its size. Figures set these through methods of the same names.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub(crate) title: String,
    pub(crate) x_label: Option<String>,
    pub(crate) y_label: Option<String>,
    pub(crate) captions: Vec<String>,
    pub(crate) size: Option<(f64, f64)>,
    pub(crate) x_range: Option<(f64, f64)>,
    pub(crate) y_range: Option<(f64, f64)>,
}

impl Frame {
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

/// How many values a figure leaves out, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Omitted {
    pub(crate) missing: usize,
    pub(crate) infinite: usize,
    pub(crate) not_positive: usize,
    pub(crate) outside: usize,
}

impl Omitted {
    /// Whether a value can be drawn; counts it if not.
    pub(crate) fn keep(&mut self, value: f64, log: bool) -> bool {
        if value.is_nan() {
            self.missing += 1;
        } else if value.abs() > 1e300 {
            self.infinite += 1;
        } else if log && value < 1e-300 {
            self.not_positive += 1;
        } else {
            return true;
        }
        false
    }

    /// One line for each reason.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.notes_on("value")
    }

    /// The same, with another word for what is left out.
    pub(crate) fn notes_on(&self, what: &str) -> Vec<String> {
        let reasons = [
            (self.missing, "missing"),
            (self.infinite, "infinite"),
            (self.not_positive, "not positive on a log axis"),
            (self.outside, "outside the axis limits"),
        ];
        let notes = reasons.into_iter().filter(|(count, _)| *count > 0);
        notes.map(|(count, reason)| format!("{} not shown: {reason}", counted(count, what))).collect()
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            missing: self.missing + other.missing,
            infinite: self.infinite + other.infinite,
            not_positive: self.not_positive + other.not_positive,
            outside: self.outside + other.outside,
        }
    }
}

/// `1 value`, `5,932 values`
pub(crate) fn values(count: usize) -> String {
    counted(count, "value")
}
