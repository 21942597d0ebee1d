//! Tables as text and HTML.

use cuaderno_display::MimeBundle;

/// A table from rows of cells, the header first, with a line below it. All but the first column are aligned right.
pub(crate) fn table(rows: &[Vec<String>], note: &str) -> MimeBundle {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    let mut html = String::from("<table>");
    for (number, row) in rows.iter().enumerate() {
        let tag = if number == 0 { "th" } else { "td" };
        let mut line = String::new();
        html += "<tr>";
        for (column, cell) in row.iter().enumerate() {
            let (width, side) = (widths[column], if column == 0 { "left" } else { "right" });
            let padded = if column == 0 { format!("{cell:<width$}") } else { format!("  {cell:>width$}") };
            line += &padded;
            html += &format!("<{tag} style=\"text-align:{side}\">{}</{tag}>", escape(cell));
        }
        html += "</tr>";
        text += line.trim_end();
        text.push('\n');
    }
    html += "</table>";
    if !note.is_empty() {
        text += note;
        html += &format!("<p>{}</p>", escape(note));
    }
    MimeBundle::text(text.trim_end()).with_html(html)
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
