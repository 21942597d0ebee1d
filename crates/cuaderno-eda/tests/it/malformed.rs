use cuaderno_eda::{EdaError, Malformed, ReadReport, read_posts_with_report};
use polars::prelude::*;
use std::io::Write;
use tempfile::{NamedTempFile, TempDir};

const HEADER: &str = "author\tclean_title\tcreated_utc\tdomain\thasImage\tid\timage_url\tlinked_submission_id\tnum_comments\t\
                      score\tsubreddit\ttitle\tupvote_ratio\t2_way_label\t3_way_label\t6_way_label\n";

/// A row with this id and title.
fn row(id: &str, title: &str) -> String {
    format!("ana\tt\t1551641244.0\ti.redd.it\tTrue\t{id}\thttp://x\t\t2.0\t12\tpics\t{title}\t0.84\t1\t0\t0\n")
}

fn file(content: impl AsRef<[u8]>) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content.as_ref()).unwrap();
    file
}

fn read(content: impl AsRef<[u8]>) -> (DataFrame, Vec<Malformed>) {
    let (posts, report) = reported(content);
    (posts, report.malformed)
}

fn reported(content: impl AsRef<[u8]>) -> (DataFrame, ReadReport) {
    let (posts, mut reports) = read_posts_with_report(file(content).path()).unwrap();
    assert_eq!((reports.len(), reports[0].rows), (1, posts.height()));
    (posts, reports.remove(0))
}

/// The message without the folder of the file.
fn refusal(content: impl AsRef<[u8]>) -> String {
    let file = file(content);
    let error = read_posts_with_report(file.path()).unwrap_err();
    error.to_string().replace(&file.path().display().to_string(), "posts.tsv")
}

fn ids(posts: &DataFrame) -> Vec<&str> {
    posts.column("id").unwrap().str().unwrap().iter().flatten().collect()
}

#[test]
fn no_rows_and_one_row() {
    let (posts, malformed) = read(HEADER);
    assert_eq!((posts.height(), posts.width(), malformed.len()), (0, 17, 0));
    assert_eq!(posts.column("created_at").unwrap().dtype().to_string(), "datetime[μs]");

    let (posts, _) = read(HEADER.to_owned() + &row("a", "One"));
    assert_eq!(posts.column("class").unwrap().str().unwrap().get(0), Some("Other"));
    let created_at = posts.column("created_at").unwrap().get(0).unwrap().to_string();
    assert_eq!(created_at, "2019-03-03 19:27:24");
}

#[test]
fn a_title_with_tab_newline_and_quotes() {
    let (posts, malformed) =
        read(HEADER.to_owned() + &row("a", "\"tab\there,\nline, \"\"quoted\"\"\"") + &row("b", "5\" pipe"));
    assert!(malformed.is_empty());
    let titles: Vec<_> = posts.column("title").unwrap().str().unwrap().iter().flatten().collect();
    assert_eq!(titles, ["tab\there,\nline, \"quoted\"", "5\" pipe"]);
}

#[test]
fn an_empty_file() {
    assert!(
        refusal("").starts_with("posts.tsv: the file is empty; expected a first line with the column names \"author\"")
    );
    assert!(refusal("\n\n").contains("the file is empty"));
}

#[test]
fn a_missing_file() {
    let error = read_posts_with_report("no/such.tsv").unwrap_err();
    assert!(matches!(error, EdaError::Io { .. }));
    assert!(error.to_string().starts_with("no/such.tsv: No such file"), "{error}");
}

#[test]
fn a_missing_column() {
    let message = refusal(HEADER.replace("\tsubreddit", "") + &row("a", "One"));
    assert!(message.starts_with("posts.tsv: no column \"subreddit\"; the first line has \"author\", "), "{message}");
}

#[test]
fn columns_in_another_order_and_one_more() {
    let content = format!(
        "x\tid\tauthor\tclean_title\tcreated_utc\tdomain\thasImage\timage_url\tlinked_submission_id\tnum_comments\tscore\t\
         subreddit\ttitle\tupvote_ratio\t2_way_label\t3_way_label\t6_way_label\n{}",
        "9\tabc\tana\tt\t1.0\td\tTrue\tu\tl\t2.0\t12\tpics\tTitle\t0.84\t0\t0\t0\n"
    );
    let (posts, report) = reported(content);
    assert_eq!(ids(&posts), ["abc"]);
    assert_eq!(report.ignored_columns, ["x"]);
    assert!(report.to_string().ends_with("1 post, no malformed rows; columns not used: x"), "{report}");
}

#[test]
fn a_wrong_delimiter() {
    let message = refusal(HEADER.replace('\t', ",") + &row("a", "One").replace('\t', ","));
    assert!(message.ends_with("; its columns are separated by commas, expected tabs"), "{message}");
}

#[test]
fn a_truncated_file() {
    let whole = HEADER.to_owned() + &row("a", "One") + &row("b", "Two") + &row("c", "Three");
    let (posts, malformed) = read(&whole[..whole.len() - 30]);
    assert_eq!(ids(&posts), ["a", "b"]);
    assert_eq!(malformed.len(), 1);
    assert_eq!((malformed[0].row, malformed[0].line), (4, 4));
    assert!(malformed[0].reason.ends_with("fields instead of 16"), "{}", malformed[0]);
}

#[test]
fn an_open_quote_costs_one_row() {
    let content =
        HEADER.to_owned() + &row("a", "One") + &row("b", "\"never closed") + &row("c", "Three") + &row("d", "\"x\ny\"");
    let (posts, malformed) = read(&content);
    assert_eq!(ids(&posts), ["a", "c", "d"]);
    assert_eq!(malformed.len(), 1);
    assert_eq!(malformed[0].line, 3);
    assert_eq!(malformed[0].reason, "text behind a closing quote");

    let (posts, malformed) =
        read(HEADER.to_owned() + &row("a", "\"never closed") + &row("b", "Two") + &row("c", "Three"));
    assert_eq!(ids(&posts), ["b", "c"]);
    assert_eq!(malformed[0].to_string(), "row 2: a quote opens and does not close");
}

#[test]
fn wrong_values_name_column_row_and_value() {
    let bad = row("b", "Two").replace("\t12\t", "\ttwelve\t");
    let (posts, malformed) = read(HEADER.to_owned() + &row("a", "\"One\n\"") + &bad + &row("c", "Three"));
    assert_eq!(ids(&posts), ["a", "c"]);
    assert_eq!(malformed[0].to_string(), "row 3 (line 4): score is \"twelve\", not a whole number");
}

#[test]
fn mostly_wrong_rows_are_another_file() {
    let bad = row("b", "Two").replace("\t12\t", "\ttwelve\t");
    let message = refusal(HEADER.to_owned() + &bad + &bad + &row("c", "Three"));
    let expected = "posts.tsv: 2 of 3 rows do not fit the columns of posts, first row 2: score is \"twelve\", not a whole number; \
                    is this the right file?";
    assert_eq!(message, expected);
}

#[test]
fn invalid_utf8_costs_its_row() {
    let mut content = (HEADER.to_owned() + &row("a", "One")).into_bytes();
    content.extend(row("b", "caf#").into_bytes().iter().map(|byte| if *byte == b'#' { 0xe9 } else { *byte }));
    content.extend(row("c", "Three").into_bytes());
    let (posts, malformed) = read(content);
    assert_eq!(ids(&posts), ["a", "c"]);
    assert_eq!(malformed[0].to_string(), "row 3: title is \"caf\u{fffd}\", not text in UTF-8");
}

#[test]
fn utf16_is_named() {
    let mut content = vec![0xff, 0xfe];
    content.extend(HEADER.encode_utf16().flat_map(u16::to_le_bytes));
    assert!(refusal(content).contains("this is UTF-16 text, save it as UTF-8"));
}

#[test]
fn byte_order_mark_and_windows_lines() {
    let content =
        format!("\u{feff}{}", HEADER.to_owned() + &row("a", "One") + "\n" + &row("b", "Two")).replace('\n', "\r\n");
    let (posts, malformed) = read(content);
    assert_eq!(ids(&posts), ["a", "b"]);
    assert!(malformed.is_empty());
    assert_eq!(posts.column("6_way_label").unwrap().i64().unwrap().get(1), Some(0));
}

#[test]
fn missing_author_and_domain() {
    let content =
        HEADER.to_owned() + &row("a", "One").replace("ana\t", "\t").replace("i.redd.it", "NA") + &row("b", " ");
    let (posts, report) = reported(content);
    assert_eq!(posts.column("author").unwrap().null_count(), 1);
    assert_eq!(posts.column("domain").unwrap().null_count(), 1);
    assert_eq!(posts.column("title").unwrap().null_count(), 1);
    assert!(report.to_string().ends_with("missing: 1 author, 1 domain, 2 linked_submission_id, 1 title"), "{report}");
}

#[test]
fn a_wrong_value_behind_a_line_break_costs_one_row() {
    let bad = row("b", "\"Two\nlines\"").replace("\t0.84\t", "\tmuch\t");
    let (posts, malformed) = read(HEADER.to_owned() + &row("a", "One") + &bad + &row("c", "Three"));
    assert_eq!(ids(&posts), ["a", "c"]);
    assert_eq!(malformed.len(), 1);
    assert_eq!(malformed[0].to_string(), "row 3: upvote_ratio is \"much\", not a number");
}

#[test]
fn a_file_that_is_no_text() {
    let message = refusal(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    assert!(message.starts_with("posts.tsv: the first line is not UTF-8 text; expected"), "{message}");
}

#[test]
fn several_files_and_parquet() {
    let folder = TempDir::new().unwrap();
    for (name, id) in [("1.tsv", "a"), ("2.tsv", "b")] {
        std::fs::write(folder.path().join(name), HEADER.to_owned() + &row(id, "Title")).unwrap();
    }
    let (posts, reports) = read_posts_with_report(folder.path().join("*.tsv")).unwrap();
    assert_eq!((ids(&posts), reports.len()), (vec!["a", "b"], 2));

    // A Parquet file of the sixteen columns, as pandas or polars would write it from the text.
    let table = CsvReadOptions::default()
        .map_parse_options(|options| options.with_separator(b'\t'))
        .try_into_reader_with_file_path(Some(folder.path().join("1.tsv")))
        .unwrap();
    let path = folder.path().join("posts.parquet");
    ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut table.finish().unwrap()).unwrap();
    let (again, reports) = read_posts_with_report(&path).unwrap();
    assert!(again.equals_missing(&posts.head(Some(1))), "{again}");
    assert!(reports.is_empty());
}
