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

/// R, Python's csv and pandas (on_bad_lines="skip") count such a record once, and read no row inside its quotes.
#[test]
fn a_malformed_record_with_line_breaks_in_its_quotes_counts_once() {
    let fake = row("FAKE", "x");
    let bad = row("b", &format!("\"said\n{fake}{fake}so\"\textra"));
    let (posts, malformed) = read(HEADER.to_owned() + &row("a", "One") + &bad + &row("c", "Three") + "short\n");
    assert_eq!(ids(&posts), ["a", "c"]);
    let named: Vec<String> = malformed.iter().map(ToString::to_string).collect();
    assert_eq!(named, ["row 3: 17 fields instead of 16 in 4 lines", "row 5 (line 8): 1 field instead of 16"]);
}

/// A quote that should have been doubled ends the text for a reader; the lines of the text are still no rows.
#[test]
fn lines_of_a_text_with_stray_quotes_are_no_rows() {
    let fake = row("FAKE", "x");
    let bad = row("b", &format!("\"she said \nsay \"no\"\n{fake}to all\""));
    let (posts, malformed) = read(HEADER.to_owned() + &row("a", "One") + &bad + &row("c", "Three"));
    assert!(ids(&posts).contains(&"a") && ids(&posts).contains(&"c"));
    assert_eq!(malformed[0].reason, "text behind a closing quote");
    let open_end =
        HEADER.to_owned() + &row("a", "One") + "ana\tt\t1.0\td\tTrue\tb\tu\t\t2.0\t12\tpics\t\"cut\nin the\nmiddle";
    let (posts, malformed) = read(open_end);
    assert_eq!((ids(&posts), malformed.len()), (vec!["a"], 1));
    assert_eq!(malformed[0].to_string(), "row 3: a quote opens and does not close");
}

#[test]
fn a_record_over_16_mb_is_malformed_once() {
    let long = "x ".repeat(20 << 20);
    for title in [long.clone(), format!("\"{long}\"\tmore"), format!("\"{}\"", long.replace("x x ", "x\ny\n"))] {
        let content = HEADER.to_owned() + &row("a", "One") + &row("b", &title) + &row("c", "Three");
        let (posts, malformed) = read(content);
        assert_eq!(ids(&posts), ["a", "c"]);
        assert_eq!(malformed.len(), 1);
        assert_eq!((malformed[0].row, malformed[0].reason.as_str()), (3, "longer than 16 MB"));
    }
    // In the last column, and at the end of the file.
    let label = HEADER.to_owned() + &row("a", "One") + &row("b", "Two").replace("\t0\n", &format!("\t{long}"));
    let (posts, malformed) = read(label);
    assert_eq!((ids(&posts), malformed.len()), (vec!["a"], 1));
}

#[test]
fn times_that_are_none_are_missing() {
    let times = ["NaN", "nan", "inf", "-inf", "1e20", "1e300", "-9e15"];
    let rows: String = times.iter().map(|time| row(time, "x").replace("1551641244.0", time)).collect();
    let (posts, report) = reported(HEADER.to_owned() + &rows + &row("a", "One"));
    assert_eq!((posts.column("created_at").unwrap().null_count(), posts.height()), (7, 8));
    assert!(report.to_string().contains("missing: 7 created_utc"), "{report}");
    let per_day = cuaderno_eda::count_per(&posts, "created_at", "1d").unwrap();
    assert_eq!(per_day.height(), 1);
    assert!(posts.to_string().contains("2019-03-03"));
    let table = df!("created_at" => [i64::MIN, 0, i64::MAX]).unwrap();
    let at = table.column("created_at").unwrap().cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
    let far =
        cuaderno_eda::count_per(&DataFrame::new(3, vec![at]).unwrap(), "created_at", "1d").unwrap_err().to_string();
    assert!(far.starts_with("count_per: \"created_at\" goes over "), "{far}");
}

#[test]
fn letters_for_true_and_false() {
    let (posts, _) =
        read(HEADER.to_owned() + &row("a", "x").replace("True", "t") + &row("b", "y").replace("True", "f"));
    let flags: Vec<_> = posts.column("hasImage").unwrap().bool().unwrap().iter().collect();
    assert_eq!(flags, [Some(true), Some(false)]);
}

#[test]
fn messages_stay_below_a_page() {
    let zeros = refusal(vec![0; 1 << 20]);
    assert!(zeros.starts_with("posts.tsv: the first line is longer than 1 MB; expected"), "{zeros}");
    let zeros = refusal(vec![0; 1000]);
    assert!(zeros.starts_with("posts.tsv: the first line holds zero bytes, so this is no text file"), "{zeros}");
    let many: String = (0..100_000).map(|column| format!("\tc{column}")).collect();
    let head = HEADER.trim_end().to_owned() + &many + "\n";
    let (_, report) = reported(&head);
    assert!(report.to_string().ends_with("c18, c19 and 99,980 more"), "{report}");
    let message = refusal(many.trim_start().to_owned() + "\n" + &"x".repeat(10_000));
    assert!(message.len() < 2000, "{message}");
    let message = refusal(format!("{}\n", "y".repeat(900_000)));
    assert!(message.len() < 2000, "{} bytes", message.len());
}

#[cfg(unix)]
#[test]
fn pipes_folders_and_links_to_nowhere_are_named() {
    let folder = TempDir::new().unwrap();
    let [pipe, link] = ["pipe.tsv", "link.tsv"].map(|name| folder.path().join(name));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink("nowhere.tsv", &link).unwrap();
    let said = |path: &std::path::Path| cuaderno_eda::read_comments(path).err().unwrap().to_string();
    assert!(said(&pipe).ends_with("pipe.tsv: a pipe or a device, not an ordinary file"));
    assert!(said(folder.path()).ends_with(": a folder, not a file"));
    assert!(said(&link).ends_with("; it is a link to \"nowhere.tsv\", which is not there"));
    assert!(cuaderno_eda::read_table(&pipe).unwrap_err().to_string().ends_with("not an ordinary file"));
}

#[test]
fn packed_posts_are_unpacked() {
    let plain = HEADER.to_owned() + &row("a", "\"One\n\"") + "short\n" + &row("b", "Two");
    let (expected, _) = read(&plain);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(plain.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    for packed in [gzip.clone(), zstd::encode_all(plain.as_bytes(), 0).unwrap()] {
        let (posts, report) = reported(packed);
        assert!(posts.equals_missing(&expected));
        assert_eq!(report.malformed_rows, 1);
    }
    assert!(refusal(&gzip[..gzip.len() - 20]).starts_with("posts.tsv: "));
}
