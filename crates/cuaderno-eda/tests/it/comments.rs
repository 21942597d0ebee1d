use cuaderno_display::interrupt;
use cuaderno_eda::prelude::*;
use cuaderno_eda::{EdaError, ReadReport, read_comments_with_report};
use polars::prelude::*;
use std::fs;
use tempfile::TempDir;

const HEADER: &str = "index\tid\tauthor\tbody\tisTopLevel\tparent_id\tsubmission_id\tups\n";

fn row(id: &str, body: &str) -> String {
    format!("7\t{id}\tana\t{body}\tTrue\tt3_x\tx\t2.0\n")
}

/// Reads files with these contents, in the order of their names.
fn read_all(contents: &[&[u8]]) -> (DataFrame, Vec<ReadReport>) {
    let folder = TempDir::new().unwrap();
    for (place, content) in contents.iter().enumerate() {
        fs::write(folder.path().join(format!("comments-{place}.tsv")), content).unwrap();
    }
    let (comments, reports) = read_comments_with_report(folder.path().join("comments-*.tsv")).unwrap();
    (comments.collect().unwrap(), reports)
}

fn read(content: impl AsRef<[u8]>) -> (DataFrame, ReadReport) {
    let (comments, mut reports) = read_all(&[content.as_ref()]);
    assert_eq!(reports[0].rows, comments.height());
    (comments, reports.remove(0))
}

fn refusal(content: impl AsRef<[u8]>) -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("comments.tsv");
    fs::write(&path, content).unwrap();
    let error = read_comments(&path).err().unwrap().to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

fn texts<'t>(comments: &'t DataFrame, column: &str) -> Vec<Option<&'t str>> {
    comments.column(column).unwrap().str().unwrap().iter().collect()
}

#[test]
fn no_rows_and_one_row() {
    let (comments, _) = read(HEADER);
    assert_eq!((comments.height(), comments.width()), (0, 8));
    let (comments, report) = read(HEADER.to_owned() + &row("a", "hi"));
    assert_eq!(comments.column("ups").unwrap().f64().unwrap().get(0), Some(2.0));
    assert!(report.to_string().ends_with(": 1 comment, no malformed rows"), "{report}");
}

#[test]
fn quoted_bodies_windows_lines_byte_order_mark_and_missing_values() {
    let content = format!("\u{feff}{HEADER}{}{}", row("a", "\"tab\t\"\"and\"\"\nline\""), "8\tb\t\tNA\t\t\tx\t\n")
        .replace('\n', "\r\n");
    let (comments, _) = read(content);
    assert_eq!(texts(&comments, "body"), [Some("tab\t\"and\"\r\nline"), None]);
    assert_eq!(texts(&comments, "author"), [Some("ana"), None]);
    assert_eq!(comments.column("isTopLevel").unwrap().null_count(), 1);
    assert_eq!(comments.column("ups").unwrap().null_count(), 1);
}

#[test]
fn what_does_not_fit_is_named_and_left_out() {
    let mut content =
        (HEADER.to_owned() + &row("a", "hi") + &row("b", "two\tfields") + &row("c", "5\" pipe") + "8\td\tshort\n")
            .into_bytes();
    content.extend(row("e", "caf#").bytes().map(|byte| if byte == b'#' { 0xe9 } else { byte }));
    content.extend(
        (row("f", "x").replace("2.0", "two")
            + &row("g", "\"open")
            + &row("h", "end")
            + "\n"
            + &row("i", "\"q\"")
            + &row("j", "last").repeat(5))
            .bytes(),
    );
    let (comments, report) = read(&content);
    assert_eq!(texts(&comments, "body")[1], Some("5\" pipe"));
    let ids = [Some("a"), Some("c"), Some("h"), Some("i")].into_iter().chain([Some("j"); 5]).collect::<Vec<_>>();
    assert_eq!(texts(&comments, "id"), ids);
    let named: Vec<String> = report.malformed.iter().map(ToString::to_string).collect();
    assert_eq!(
        named,
        [
            "row 3: 9 fields instead of 8",
            "row 5: 3 fields instead of 8",
            "row 6: body is \"caf\u{fffd}\", not text in UTF-8",
            "row 7: ups is \"two\", not a number",
            "row 8: text behind a closing quote",
        ]
    );
    assert!(report.to_string().contains("9 comments, 5 malformed rows left out: row 3: 9 fields"), "{report}");
}

#[test]
fn a_truncated_file() {
    let whole = HEADER.to_owned() + &row("a", "hi") + &row("b", "ho");
    let (comments, report) = read(&whole[..whole.len() - 10]);
    assert_eq!(texts(&comments, "id"), [Some("a")]);
    assert_eq!(report.malformed_rows, 1);
}

#[test]
fn blank_lines_are_no_rows() {
    let (comments, report) = read(HEADER.to_owned() + "\n" + &row("a", "hi") + "\n\n" + &row("b", "ho") + "\n");
    assert_eq!(texts(&comments, "id"), [Some("a"), Some("b")]);
    assert_eq!(report.malformed_rows, 0);
}

#[test]
fn refusals() {
    assert!(refusal("").starts_with("comments.tsv: the file is empty; expected"));
    let message = refusal(HEADER.replace("\tups", "") + "1\n");
    assert!(message.starts_with("comments.tsv: no column \"ups\"; the first line has \"index\""), "{message}");
    let message = refusal(HEADER.replace('\t', ","));
    assert!(message.ends_with("separated by commas, expected tabs"), "{message}");
    let message = refusal(HEADER.to_owned() + "a\nb\n" + &row("c", "hi"));
    assert_eq!(
        message,
        "comments.tsv: 2 of 3 rows do not fit the columns of comments, first row 2: 1 field instead of 8; is this the right file?"
    );
    let message = read_comments("no/such-*.tsv").err().unwrap().to_string();
    let here = std::env::current_dir().unwrap();
    let folder = format!("there is no folder \"no\", seen from \"{}\"", here.display());
    assert_eq!(message, format!("no/such-*.tsv: no file matches this pattern; {folder}"));
    assert!(read_comments("no/such.tsv").err().unwrap().to_string().starts_with("no/such.tsv: No such file"));
    let near = super::sample().join("all_coments.tsv");
    let message = read_comments(&near).err().unwrap().to_string();
    assert!(message.ends_with("; did you mean \"all_comments.tsv\"?"), "{message}");
    let message = read_comments("no/such.parquet").err().unwrap().to_string();
    assert!(message.starts_with("no/such.parquet: No such file"), "{message}");
    let message = read_comments(super::sample().join("all_coments*.tsv")).err().unwrap().to_string();
    assert!(message.ends_with(": no file matches this pattern; did you mean \"all_comments.tsv\"?"), "{message}");
}

#[test]
fn several_files_and_parquet() {
    let (first, second) = (HEADER.to_owned() + &row("a", "hi"), "x\t".to_owned() + HEADER + "9\t" + &row("b", "ho"));
    let (mut comments, reports) = read_all(&[first.as_bytes(), second.as_bytes()]);
    assert_eq!(texts(&comments, "id"), [Some("a"), Some("b")]);
    assert_eq!(reports[1].ignored_columns, ["x"]);

    let folder = TempDir::new().unwrap();
    for name in ["1.parquet", "2.parquet"] {
        ParquetWriter::new(fs::File::create(folder.path().join(name)).unwrap()).finish(&mut comments).unwrap();
    }
    let again = read_comments(folder.path().join("*.parquet")).unwrap().collect().unwrap();
    assert_eq!(texts(&again, "id"), [Some("a"), Some("b"), Some("a"), Some("b")]);
}

#[test]
fn an_interrupt_ends_the_reading() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("comments.tsv");
    fs::write(&path, HEADER.to_owned() + &row("a", "hi").repeat(1000)).unwrap();
    interrupt::request();
    let (comments, posts) = (read_comments(&path), read_posts(super::sample().join("multimodal_train.tsv")));
    interrupt::clear();
    assert!(matches!(comments.err().unwrap(), EdaError::Interrupted));
    assert_eq!(posts.unwrap_err().to_string(), "interrupted");
    assert_eq!(read_comments(&path).unwrap().collect().unwrap().height(), 1000);
}

#[test]
fn an_interrupt_ends_the_counting() {
    let (comments, _) = read(HEADER.to_owned() + &row("a", "hi").repeat(1000));
    interrupt::request();
    let ends = [
        text_features(&comments, "body").err(),
        comments.clone().lazy().summary().err(),
        word_frequencies(&comments, "body").err(),
    ];
    interrupt::clear();
    for end in ends {
        assert_eq!(end.unwrap().to_string(), "interrupted");
    }
}
