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

#[test]
fn the_first_column_may_lack_its_name_as_pandas_writes_it() {
    let (comments, report) = read(HEADER.trim_start_matches("index").to_owned() + &row("a", "hi"));
    assert_eq!(comments.column("index").unwrap().i64().unwrap().get(0), Some(7));
    assert!(report.ignored_columns.is_empty());
}

#[test]
fn packed_comments_are_held() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("all_comments.tsv.gz");
    let mut gzip = flate2::write::GzEncoder::new(fs::File::create(&path).unwrap(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, (HEADER.to_owned() + &row("a", "hi").repeat(1000)).as_bytes()).unwrap();
    gzip.finish().unwrap();
    assert_eq!(read_comments(&path).unwrap().collect().unwrap().height(), 1000);
}

/// R: as.Date(as.POSIXct("2020-07-01 22:30", tz = "UTC"), tz = "Europe/Madrid") is 2 July.
#[test]
fn days_of_a_column_with_a_zone_are_days_there() {
    // 1 July 22:30 UTC, half past midnight on 2 July in Madrid; and a winter's day, an hour apart.
    let at = Column::new("at".into(), [1_593_642_600_000_000i64, 1_577_836_800_000_000]);
    let utc = at.cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))).unwrap();
    let posts = DataFrame::new(2, vec![utc]).unwrap();
    let madrid = TimeZone::opt_try_new(Some("Europe/Madrid")).unwrap();
    let posts = posts.lazy().with_columns([col("at").dt().convert_time_zone(madrid.unwrap())]).collect().unwrap();
    let days = count_per(&posts, "at", "1d").unwrap();
    assert_eq!(days.column("at").unwrap().get(days.height() - 1).unwrap().to_string(), "2020-07-02 00:00:00");
    let dates = posts.summary().unwrap().dates;
    assert_eq!(dates.column("max").unwrap().get(0).unwrap().to_string(), "2020-07-02 00:30:00");
    assert_eq!(dates.column("min").unwrap().get(0).unwrap().to_string(), "2020-01-01 01:00:00");
}

#[test]
fn nan_is_missing_everywhere() {
    let table = df!("x" => [1.0, f64::NAN], "y" => [f32::NAN, 1.0], "n" => [1, 2]).unwrap();
    let missing = missing(&table).unwrap();
    assert_eq!(
        missing,
        df!("column" => ["x", "y", "n"], "missing" => [1u64, 1, 0], "percent" => [50.0, 50.0, 0.0]).unwrap()
    );
    assert_eq!(table.fill_missing("x", lit(5.0)).unwrap().column("x").unwrap().f64().unwrap().get(1), Some(5.0));
}

/// pandas: pd.qcut([7.25, 71.28, 7.92, 53.1, 8.05, 8.46, 21.07, 11.13], 4) has the same bins.
#[test]
fn quantile_bins_sort_as_numbers() {
    let fares = df!("fare" => [7.25, 71.28, 7.92, 53.1, 8.05, 8.46, 21.07, 11.13, f64::NAN]).unwrap();
    let bins = quantile_bins(&fares, "fare", 4).unwrap().summarise("fare_bin", len()).unwrap();
    let names = bins.column("fare_bin").unwrap().cast(&DataType::String).unwrap();
    let names: Vec<_> = names.str().unwrap().iter().collect();
    assert_eq!(names, [Some("[7.25, 8.02]"), Some("(8.02, 9.8]"), Some("(9.8, 29.1]"), Some("(29.1, 71.3]"), None]);
    let same = quantile_bins(&df!("n" => [1, 1, 1, 1]).unwrap(), "n", 4).unwrap();
    assert_eq!(count(&same, "n_bin").unwrap().height(), 1);
}

/// Few posts with all comments: the rows, their order and their number are those of a join of everything.
#[test]
fn few_posts_are_joined_with_their_comments_only() {
    let posts = df!("id" => [Some("p3"), Some("p1"), Some("none"), None, Some("p3")], "n" => [1, 2, 3, 4, 5]).unwrap();
    let keys: Vec<Option<String>> = (0..400).map(|row| (row % 7 != 0).then(|| format!("p{}", row * 31 % 50))).collect();
    let comments = df!("post" => keys, "n" => (0..400).collect::<Vec<i32>>()).unwrap();
    let joined = left_join(&posts, &comments, ["id", "post"], [".p", ".c"]).unwrap();
    let plain =
        posts.clone().lazy().join_builder().with(comments.clone().lazy()).left_on([col("id")]).right_on([col("post")]);
    let plain = plain.how(JoinType::Left).maintain_order(MaintainOrderJoin::LeftRight).finish().collect().unwrap();
    assert_eq!(joined.height(), plain.height());
    let found: Vec<_> = joined.column("n.c").unwrap().i32().unwrap().iter().collect();
    assert_eq!(found, plain.column("n_right").unwrap().i32().unwrap().iter().collect::<Vec<_>>());
    let lazy = left_join(&posts, &comments.lazy(), ["id", "post"], [".p", ".c"]).unwrap().collect().unwrap();
    assert_eq!(lazy.height(), plain.height());
}
