//! Small tables, as aligned text and as HTML.

use crate::{MimeBundle, escape_html};

/// Rows of cells. The first column is aligned left, the others right.
///
/// ```
/// use cuaderno_display::Table;
///
/// let cells = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
/// let table = Table::headed([cells("class", "pictures"), cells("cat", "12"), cells("mouse", "7")]);
/// assert_eq!(table.text(), "class  pictures\ncat          12\nmouse         7");
/// ```
#[derive(Clone, Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
    headed: bool,
    left: usize,
    code: Option<usize>,
    note: String,
}

impl Table {
    /// Rows without a heading.
    pub fn new(rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        Self { rows: rows.into_iter().collect(), headed: false, left: 1, code: None, note: String::new() }
    }

    /// Rows of which the first is the heading.
    pub fn headed(rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        Self { headed: true, ..Self::new(rows) }
    }

    /// Aligns the first `columns` left, the others right.
    pub fn left(self, columns: usize) -> Self {
        Self { left: columns, ..self }
    }

    /// Sets a column in the letters of code.
    pub fn code(self, column: usize) -> Self {
        Self { code: Some(column), ..self }
    }

    /// A line below the table.
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// The table in columns of even width, two spaces between them.
    pub fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let cells = |column: usize| self.rows.iter().filter_map(move |row| row.get(column));
        let width = |column: usize| cells(column).map(|cell| cell.chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
                if column < self.left { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let note = (!self.note.is_empty()).then(|| self.note.clone());
        self.rows.iter().map(line).chain(note).collect::<Vec<_>>().join("\n")
    }

    /// The table as HTML.
    pub fn html(&self) -> String {
        let (head, body) = self.rows.split_at(usize::from(self.headed).min(self.rows.len()));
        let row = |tag: &str, row: &Vec<String>| {
            let cells = row.iter().enumerate().map(|(column, cell)| {
                let side = if column < self.left { "left" } else { "right" };
                let (open, close) = if self.code == Some(column) { ("<code>", "</code>") } else { ("", "") };
                format!("<{tag} style=\"text-align:{side}\">{open}{}{close}</{tag}>", escape_html(cell))
            });
            format!("<tr>{}</tr>", cells.collect::<String>())
        };
        let part = |name: &str, tag: &str, rows: &[Vec<String>]| match rows {
            [] => String::new(),
            rows => format!("<{name}>{}</{name}>", rows.iter().map(|cells| row(tag, cells)).collect::<String>()),
        };
        let note = if self.note.is_empty() { String::new() } else { format!("<p>{}</p>", escape_html(&self.note)) };
        format!("<table>{}{}</table>{note}", part("thead", "th", head), part("tbody", "td", body))
    }

    /// Both.
    pub fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text(self.text()).with_html(self.html())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let cells = |a: &str, b: &str, c: &str| [a, b, c].map(String::from).to_vec();
        Table::headed([cells("name", "type", "n"), cells("é<b>", "Vec<i32>", "10"), cells("longer", "", "7")])
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_in_letters() {
        let text = table().left(2).note("2 rows").text();
        assert_eq!(text, "name    type       n\né<b>    Vec<i32>  10\nlonger             7\n2 rows");
    }

    #[test]
    fn html_holds_no_markup_of_the_cells() {
        let html = table().code(1).note("a < b").html();
        assert!(html.starts_with("<table><thead><tr><th style=\"text-align:left\">name</th>"), "{html}");
        assert!(html.contains("é&lt;b&gt;") && html.contains("<code>Vec&lt;i32&gt;</code>"), "{html}");
        assert!(html.ends_with("</table><p>a &lt; b</p>"), "{html}");
    }

    #[test]
    fn no_rows_are_an_empty_table() {
        assert_eq!(Table::headed([]).text(), "");
        assert_eq!(Table::new([]).html(), "<table></table>");
    }
}
