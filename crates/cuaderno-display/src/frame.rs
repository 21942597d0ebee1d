//! Polars frames as tables: the first and the last rows, types, shape.
//!
//! The HTML form follows the notebook's own theme (no colours of its own), sets numbers to the right, and cuts long
//! strings, whose full text appears when the mouse rests on them. The text form is polars' own.

use crate::{MimeBundle, Rich, Table, counted, escape_html};
use polars::prelude::{AnyValue, Column, DataFrame, DataType, IntoColumn, LazyFrame, Schema, Series};
use std::fmt::Write;

/// Up to this many rows a table is shown whole: a top 25 stays readable without a second thought.
const WHOLE_ROWS: usize = 30;
/// Of longer tables, this many rows from each end.
const END_ROWS: usize = 5;
/// Up to this many columns a table is shown whole.
const WHOLE_COLUMNS: usize = 40;
/// Of wider tables, this many columns from each end.
const END_COLUMNS: usize = 20;
/// Characters of a string shown in a cell.
const CELL_CHARS: usize = 60;
/// Characters of a string kept in its tooltip; a page of thousands of long texts would not load.
const TOOLTIP_CHARS: usize = 1000;

impl Rich for DataFrame {
    fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text(self.to_string()).with_html(html_table(self))
    }
}

impl Rich for Series {
    fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text(self.to_string()).with_html(html_column(self.clone().into_column()))
    }
}

impl Rich for Column {
    fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text(self.as_materialized_series().to_string()).with_html(html_column(self.clone()))
    }
}

impl Rich for LazyFrame {
    /// The columns with their types; rows are not computed just to be shown.
    fn mime_bundle(&self) -> MimeBundle {
        const HINT: &str = "not computed yet: .collect()? computes it, .limit(10).collect()? its first rows";
        match self.clone().collect_schema() {
            Ok(schema) => MimeBundle::text(format!("LazyFrame, {HINT}\n{}", plain_schema(&schema)))
                .with_html(html_schema(&schema, HINT)),
            Err(error) => MimeBundle::text(format!("LazyFrame that cannot be computed: {error}")),
        }
    }
}

fn html_column(column: Column) -> String {
    DataFrame::new(column.len(), vec![column]).map(|frame| html_table(&frame)).unwrap_or_default()
}

/// The frame as an HTML table.
fn html_table(frame: &DataFrame) -> String {
    let rows = ends(frame.height(), WHOLE_ROWS, END_ROWS);
    let columns = ends(frame.width(), WHOLE_COLUMNS, END_COLUMNS);
    let mut html = String::from("<div style=\"overflow-x:auto\"><table style=\"border-collapse:collapse\"><thead><tr>");
    for index in &columns {
        match index {
            Some(index) => {
                let column = &frame.columns()[*index];
                let align = if is_number(column.dtype()) { "right" } else { "left" };
                let _ = write!(
                    html,
                    "<th style=\"text-align:{align}\">{}<br><span style=\"font-weight:normal;opacity:0.6\">{}</span></th>",
                    escape_html(column.name()),
                    escape_html(&column.dtype().to_string())
                );
            }
            None => html.push_str("<th>…</th>"),
        }
    }
    html.push_str("</tr></thead><tbody>");
    for row in &rows {
        html.push_str("<tr>");
        for index in &columns {
            match (index, row) {
                (Some(index), Some(row)) => html_cell(&mut html, &frame.columns()[*index], *row),
                _ => html.push_str("<td style=\"text-align:center;opacity:0.6\">…</td>"),
            }
        }
        html.push_str("</tr>");
    }
    let _ = write!(
        html,
        "</tbody></table><div style=\"opacity:0.6\">{} × {}</div></div>",
        counted(frame.height(), "row"),
        counted(frame.width(), "column")
    );
    html
}

fn html_cell(html: &mut String, column: &Column, row: usize) {
    let value = column.get(row).unwrap_or(AnyValue::Null);
    if value.is_null() {
        html.push_str("<td style=\"text-align:right;opacity:0.4\">missing</td>");
        return;
    }
    let text = match &value {
        AnyValue::String(text) => (*text).to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Float32(number) => float(f64::from(*number)),
        AnyValue::Float64(number) => float(*number),
        other => other.to_string(),
    };
    let align = if is_number(column.dtype()) { "right" } else { "left" };
    let cell: String = text.chars().take(CELL_CHARS).collect();
    if cell.len() < text.len() {
        let tooltip: String = text.chars().take(TOOLTIP_CHARS).collect();
        let more = if tooltip.len() < text.len() { "…" } else { "" };
        let _ = write!(
            html,
            "<td style=\"text-align:{align}\" title=\"{}{more}\">{}…</td>",
            escape_html(&tooltip),
            escape_html(cell.trim_end())
        );
    } else {
        let _ = write!(html, "<td style=\"text-align:{align}\">{}</td>", escape_html(&cell));
    }
}

/// At most six decimals, whole values with one: `0.5`, `23.812345`, `3.0`; very large and very small in powers of ten.
fn float(number: f64) -> String {
    let size = number.abs();
    if number.is_finite() && size != 0.0 && !(1e-4..1e12).contains(&size) {
        return format!("{number:.4e}");
    }
    let text = format!("{number:.6}");
    if !number.is_finite() {
        return text;
    }
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

fn is_number(dtype: &DataType) -> bool {
    dtype.is_primitive_numeric() || dtype.is_decimal()
}

/// Indices to show, with `None` where some are left out.
fn ends(len: usize, whole: usize, end: usize) -> Vec<Option<usize>> {
    if len <= whole {
        return (0..len).map(Some).collect();
    }
    (0..end).map(Some).chain([None]).chain((len - end..len).map(Some)).collect()
}

fn plain_schema(schema: &Schema) -> String {
    schema.iter().map(|(name, dtype)| format!("{name}: {dtype}\n")).collect()
}

fn html_schema(schema: &Schema, hint: &str) -> String {
    let heading = ["column", "type"].map(String::from).to_vec();
    let columns = schema.iter().map(|(name, dtype)| vec![name.to_string(), dtype.to_string()]);
    let table = Table::headed([heading].into_iter().chain(columns)).left(2);
    format!("<div>LazyFrame, {}</div>{}", escape_html(hint), table.html())
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::NamedFrom;
    use polars::prelude::{IntoLazy, df};

    fn html(frame: &DataFrame) -> String {
        frame.mime_bundle().get("text/html").unwrap_or_default().to_owned()
    }

    #[test]
    fn a_small_frame_is_shown_whole_with_types_and_shape() {
        let frame = df!("name" => ["<b>", "b"], "ups" => [Some(1.5), None]).unwrap();
        let html = html(&frame);
        assert!(html.contains("&lt;b&gt;"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
        assert!(html.contains("<td style=\"text-align:right\">1.5</td>"), "{html}");
        assert!(html.contains("missing"), "{html}");
        assert!(html.contains("2 rows × 2 columns"), "{html}");
        assert!(html.contains("f64"), "{html}");
        assert!(frame.mime_bundle().plain().contains("shape: (2, 2)"));
    }

    #[test]
    fn a_long_frame_shows_both_ends() {
        let frame = df!("n" => (0..12_345i64).collect::<Vec<_>>()).unwrap();
        let html = html(&frame);
        assert!(html.contains(">4<") && html.contains(">12340<") && html.contains(">12344<"));
        assert!(!html.contains(">5<") && !html.contains(">12339<"));
        assert!(html.contains("12,345 rows × 1 column<"));
    }

    #[test]
    fn a_long_string_is_cut_and_kept_in_the_tooltip() {
        let text = "ñ".repeat(61);
        let html = html(&df!("text" => [text.as_str()]).unwrap());
        assert!(html.contains(&format!("title=\"{text}\"")));
        assert!(html.contains(&format!("{}…<", "ñ".repeat(60))));
    }

    #[test]
    fn quotes_do_not_leave_the_tooltip() {
        let text = format!("\" onmouseover=\"alert(1){}", "x".repeat(80));
        assert!(!html(&df!("text" => [text.as_str()]).unwrap()).contains("\" onmouseover=\""));
    }

    #[test]
    fn empty_frames_and_series_show() {
        assert!(html(&DataFrame::empty()).contains("0 rows × 0 columns"));
        let series = Series::new("a".into(), [1i32, 2]);
        assert!(series.mime_bundle().get("text/html").is_some_and(|html| html.contains("2 rows")));
        assert!(series.into_column().mime_bundle().get("text/html").is_some());
    }

    #[test]
    fn a_wide_frame_leaves_out_columns_in_the_middle() {
        let columns = (0..50).map(|index| Column::new(format!("c{index}").into(), [index])).collect();
        let html = html(&DataFrame::new(1, columns).unwrap());
        assert!(html.contains("c19") && html.contains("c30") && !html.contains("c20"));
        assert!(html.contains("1 row × 50 columns"));
    }

    #[test]
    fn a_lazy_frame_shows_its_schema_and_does_not_run() {
        let lazy = df!("a" => [1i64]).unwrap().lazy();
        let bundle = lazy.mime_bundle();
        assert!(bundle.plain().contains("a: i64"), "{}", bundle.plain());
        assert!(bundle.get("text/html").is_some_and(|html| html.contains("not computed yet")));
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(float(3.0), "3.0");
        assert_eq!(float(0.1 + 0.2), "0.3");
        assert_eq!(float(1e-9), "1.0000e-9");
        assert_eq!(float(f64::NAN), "NaN");
        assert_eq!(float(0.0), "0.0");
        assert_eq!(float(f64::INFINITY), "inf");
    }
}
