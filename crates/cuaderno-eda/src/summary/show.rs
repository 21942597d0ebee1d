//! A summary on the page: one table per kind of column.

use super::Summary;
use crate::number::{counted, thousands};
use cuaderno_display::{MimeBundle, Rich};
use polars::prelude::{AnyValue, DataFrame};
use std::fmt::{self, Write};

/// How the columns of the frames are headed.
const HEADINGS: [(&str, &str); 3] = [("q1", "1st quartile"), ("q3", "3rd quartile"), ("column", "")];

impl Summary {
    /// Kind of column, and its table.
    fn parts(&self) -> impl Iterator<Item = (&'static str, &DataFrame)> {
        [
            ("Numbers", &self.numbers),
            ("True or false", &self.logicals),
            ("Dates and times", &self.dates),
            ("Texts and others", &self.texts),
        ]
        .into_iter()
        .filter(|(_, frame)| frame.height() > 0)
    }
}

impl Rich for Summary {
    fn mime_bundle(&self) -> MimeBundle {
        let mut html = String::from("<div style=\"overflow-x:auto\">");
        for (kind, frame) in self.parts() {
            let _ = write!(html, "<table style=\"border-collapse:collapse;margin-bottom:0.8em\"><thead><tr>");
            for (place, heading) in headings(frame, kind).iter().enumerate() {
                let align = if place == 0 { "left" } else { "right" };
                let _ = write!(html, "<th style=\"text-align:{align}\">{}</th>", escape(heading));
            }
            html.push_str("</tr></thead><tbody>");
            for row in 0..frame.height() {
                html.push_str("<tr>");
                for (place, cell) in cells(frame, row).iter().enumerate() {
                    let align = if place == 0 { "left" } else { "right" };
                    let _ = write!(html, "<td style=\"text-align:{align}\">{}</td>", escape(cell));
                }
                html.push_str("</tr>");
            }
            html.push_str("</tbody></table>");
        }
        let _ = write!(html, "<div style=\"opacity:0.6\">{}</div></div>", counted(self.rows, "row"));
        MimeBundle::text(self.to_string()).with_html(html)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, frame) in self.parts() {
            let mut lines = vec![headings(frame, kind)];
            lines.extend((0..frame.height()).map(|row| cells(frame, row)));
            let width = |place: usize| lines.iter().map(|line| line[place].chars().count()).max().unwrap_or(0);
            let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
            for line in &lines {
                write!(f, "{:<width$}", line[0], width = widths[0])?;
                for (cell, width) in line.iter().zip(&widths).skip(1) {
                    write!(f, "  {cell:>width$}")?;
                }
                writeln!(f)?;
            }
            writeln!(f)?;
        }
        write!(f, "{}", counted(self.rows, "row"))
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
    let magnitude = number.abs().log10().floor() as i32;
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

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
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
