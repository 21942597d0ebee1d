//! A summary on the page: one table per kind of column.

use super::Summary;
use cuaderno_display::{MimeBundle, Rich, Table, counted, thousands};
use polars::prelude::{AnyValue, DataFrame};
use std::fmt;

/// How the columns of the frames are headed.
const HEADINGS: [(&str, &str); 3] = [("q1", "1st quartile"), ("q3", "3rd quartile"), ("column", "")];

impl Summary {
    /// One table for each kind of column there is.
    fn tables(&self) -> impl Iterator<Item = Table> {
        [
            ("Numbers", &self.numbers),
            ("True or false", &self.logicals),
            ("Dates and times", &self.dates),
            ("Texts and others", &self.texts),
        ]
        .into_iter()
        .filter(|(_, frame)| frame.height() > 0)
        .map(|(kind, frame)| {
            let rows = (0..frame.height()).map(|row| cells(frame, row));
            Table::headed([headings(frame, kind)].into_iter().chain(rows))
        })
    }
}

impl Rich for Summary {
    fn mime_bundle(&self) -> MimeBundle {
        let tables: String = self.tables().map(|table| table.html()).collect();
        let rows = counted(self.rows, "row");
        let html = format!("<div style=\"overflow-x:auto\">{tables}<div style=\"opacity:0.6\">{rows}</div></div>");
        MimeBundle::text(self.to_string()).with_html(html)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in self.tables() {
            write!(f, "{}\n\n", table.text())?;
        }
        f.write_str(&counted(self.rows, "row"))
    }
}

fn headings(frame: &DataFrame, kind: &str) -> Vec<String> {
    let heading = |name: &str| match HEADINGS.iter().find(|(column, _)| *column == name) {
        Some((_, "")) => kind.to_owned(),
        Some((_, heading)) => (*heading).to_owned(),
        None => name.to_owned(),
    };
    frame.get_column_names().into_iter().map(|name| heading(name)).collect()
}

fn cells(frame: &DataFrame, row: usize) -> Vec<String> {
    let cell = |value: AnyValue<'_>| match value {
        AnyValue::Null => "–".to_owned(),
        AnyValue::String(text) => text.to_owned(),
        AnyValue::UInt64(count) => thousands(count as usize),
        AnyValue::Float64(number) => short(number),
        // Dates to the second.
        other => other.to_string().split('.').next().unwrap_or_default().to_owned(),
    };
    frame.columns().iter().map(|column| column.get(row).map(cell).unwrap_or_default()).collect()
}

/// A number to four significant digits, as R's `summary` prints it, with all digits before the point: `23.81`, `0.8432`,
/// `42,573`.
fn short(number: f64) -> String {
    if !number.is_finite() || number == 0.0 {
        return number.to_string();
    }
    let magnitude = libm::log10(number.abs()).floor() as i32;
    if !(-5..15).contains(&magnitude) {
        return format!("{number:.3e}");
    }
    let text = format!("{:.*}", usize::try_from(3 - magnitude).unwrap_or(0), number.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    let fraction = fraction.trim_end_matches('0');
    let sign = if number < 0.0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analysis;
    use polars::prelude::df;

    #[test]
    fn four_digits() {
        let shown = [23.812345, 0.84321, -9432.0, 42573.0, 1e-9, 0.0, 10_002_177.5, 2.0, 100.04].map(short);
        assert_eq!(shown, ["23.81", "0.8432", "-9,432", "42,573", "1.000e-9", "0", "10,002,178", "2", "100"]);
    }

    #[test]
    fn every_kind_has_its_table() {
        let frame = df!(
            "ups" => [Some(1i64), Some(2), None, Some(7)],
            "isTopLevel" => [Some(true), None, Some(false), Some(false)],
            "body" => [Some("<b>"), None, None, Some("x")],
        )
        .unwrap();
        let expected = "\
Numbers  min  1st quartile  median   mean  3rd quartile  max  missing
ups        1           1.5       2  3.333           4.5    7        1

True or false  false  true  missing
isTopLevel         2     1        1

Texts and others  length  class  missing
body                   4    str        2

4 rows";
        let summary = frame.summary().unwrap();
        assert_eq!(summary.to_string(), expected);
        assert!(summary.mime_bundle().get("text/html").is_some_and(|html| html.contains("3.333")));
    }
}
