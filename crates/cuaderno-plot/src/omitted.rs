//! What a figure leaves out, and why.

use cuaderno_display::counted;

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

/// What reaches beyond an axis that someone has shortened.
pub(crate) fn cut(count: usize, what: &str) -> Option<String> {
    let what = if what == "box" && count != 1 { "boxe" } else { what };
    (count > 0).then(|| format!("{} cut off by the axis limits", counted(count, what)))
}

/// Groups with nothing to show.
pub(crate) fn empty_groups<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then(|| format!("no values to show: {}", names.join(", ")))
}
