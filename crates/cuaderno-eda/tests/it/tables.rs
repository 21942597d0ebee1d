//! Messy tables beside pandas' reading and readr's rules for types; tests/tables/tables.py makes both.

use base64::Engine;
use cuaderno_eda::Reader;
use polars::prelude::*;
use serde_json::{Value, json};

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("../tables/tables.json")).unwrap()
}

fn reader(settings: &Value) -> Reader {
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    settings.as_object().unwrap().iter().fold(Reader::new(), |reader, (setting, value)| match setting.as_str() {
        "missing" => reader.missing(texts(value).iter().map(String::as_str).collect::<Vec<_>>()),
        "dates" => reader.dates(value.as_str().unwrap()),
        "header" => reader.header(value.as_bool().unwrap()),
        "skip" => reader.skip(value.as_u64().unwrap() as usize),
        "quote" => reader.quote(value.as_str().unwrap().chars().next().unwrap()),
        "latin1" => reader.latin1(),
        other => panic!("{other}"),
    })
}

fn value(value: &AnyValue<'_>) -> Value {
    match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(flag) => json!(flag),
        AnyValue::Int64(number) => json!(number),
        AnyValue::Float64(number) => json!(number),
        AnyValue::Datetime(at, ..) => json!(at),
        AnyValue::Date(_) => json!(value.to_string()),
        other => json!(other.get_str().unwrap()),
    }
}

#[test]
fn thirty_messy_tables_as_pandas_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases();
    assert!(cases.len() >= 30);
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let path = folder.path().join(format!("table{}", case["end"].as_str().unwrap()));
        let bytes = base64::engine::general_purpose::STANDARD.decode(case["bytes"].as_str().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let (table, report) =
            reader(&case["settings"]).read_with_report(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
        let found: Vec<Value> = table
            .columns()
            .iter()
            .map(|column| {
                let values: Vec<Value> = (0..column.len()).map(|row| value(&column.get(row).unwrap())).collect();
                json!({"name": column.name().as_str(), "type": column.dtype().to_string(), "values": values})
            })
            .collect();
        assert_eq!(json!(found), case["columns"], "{name}: {report}");
        assert_eq!(json!(report.malformed_rows), case["malformed"], "{name}: {report}");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let table = df!(
        "n" => [Some(1i64), None, Some(-3)],
        "x" => [0.1, 1e300, f64::MIN_POSITIVE],
        "text" => [Some("a, \"b\"\n\tc"), Some("ñ 🙂"), None],
        "flag" => [Some(true), Some(false), None],
        "*" => ["x", "y", "z"],
    )
    .unwrap();
    let day = Column::new("day".into(), [Some(20_786i32), Some(-1), None]).cast(&DataType::Date).unwrap();
    let at = Column::new("at".into(), [1_795_969_805_250_000i64, 0, -1]);
    let at = at.cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
    let table = table.hstack(&[day, at]).unwrap();
    for end in ["csv", "tsv", "csv.gz", "tsv.zst", "parquet"] {
        let path = folder.path().join(format!("new folder/table.{end}"));
        cuaderno_eda::write_table(&table, &path).unwrap();
        let (again, report) = Reader::new().read_with_report(&path).unwrap();
        assert!(again.equals_missing(&table), "{end}: {again}");
        assert_eq!(report.malformed_rows, 0);
    }
    for end in ["jsonl", "json", "ndjson.gz"] {
        let path = folder.path().join(format!("table.{end}"));
        cuaderno_eda::write_table(&table.lazy_columns(["n", "x", "text", "flag"]), &path).unwrap();
        let again = cuaderno_eda::read_table(&path).unwrap();
        assert!(again.equals_missing(&table.select(["n", "x", "text", "flag"]).unwrap()), "{end}: {again}");
    }
    let message = cuaderno_eda::write_table(&table, folder.path().join("table.xls")).unwrap_err().to_string();
    assert!(message.ends_with(
        "table.xls: end the name in .csv, .tsv, .parquet, .jsonl or .json, and .gz or .zst behind it to pack the file"
    ));
}

trait LazyColumns {
    fn lazy_columns<const N: usize>(&self, names: [&str; N]) -> LazyFrame;
}

impl LazyColumns for DataFrame {
    fn lazy_columns<const N: usize>(&self, names: [&str; N]) -> LazyFrame {
        self.select(names).unwrap().lazy()
    }
}

#[test]
fn what_the_guess_was_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Reader::new().read_with_report(&path).unwrap().1.to_string()
    };
    assert_eq!(read("a.csv", "a,b\n1,\n2,x\n"), "a.csv: 2 rows, no malformed rows; missing: 1 b");
    assert_eq!(
        read("b.txt", "1;2\n3;4\n"),
        "b.txt: 2 rows, no malformed rows; semicolons between fields; no header, so the columns are X1, X2 and so on"
    );
    let ages: String = (0..40).map(|age| format!("{age}\n")).collect();
    assert_eq!(
        read("c.csv", &format!("age\n{ages}unknown\n?\n")),
        "c.csv: 42 rows, no malformed rows; age is text, as 2 of 42 values are no number (\"unknown\", \"?\"); \
         Reader::new().missing([…]) takes them for missing"
    );
}

#[test]
fn files_that_are_no_tables() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let message = cuaderno_eda::read_table(&path).unwrap_err().to_string();
        message.replace(&format!("{}/", folder.path().display()), "")
    };
    assert!(refusal("a.csv", b"").starts_with("a.csv: the file is empty; expected a first line"));
    assert!(refusal("b.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").starts_with("b.csv: the first line"));
    assert!(
        refusal("c.csv", &[0; 5000]).starts_with("c.csv: the first line holds zero bytes, so this is no text file")
    );
    assert_eq!(refusal("d.xls", b"\xd0\xcf\x11\xe0rest"), "d.xls: an old Excel workbook; save its sheet as CSV first");
    let mut zip = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0".to_vec();
    zip.extend(b"[Content_Types].xml");
    assert_eq!(refusal("e.xlsx", &zip), "e.xlsx: an Excel workbook; save its sheet as CSV first");
    assert!(
        refusal("f.csv", b"a,b\n1\n2\n3,x\n")
            .starts_with("f.csv: 2 of 3 rows do not fit the columns of its first line, \"a\", \"b\"")
    );
    let gz = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 75, 76];
    assert!(refusal("g.csv.gz", &gz).starts_with("g.csv.gz: "));
    let message = cuaderno_eda::read_table(folder.path().join("a.cvs")).unwrap_err().to_string();
    assert!(message.ends_with("; did you mean \"a.csv\"?"), "{message}");
    assert!(cuaderno_eda::read_table(folder.path()).unwrap_err().to_string().ends_with(": a folder, not a file"));
}

#[test]
fn a_zip_of_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv.zip");
    // python: zipfile.ZipFile("table.csv.zip", "w", zipfile.ZIP_DEFLATED).writestr("table.csv", "a,b\n1,x\n2,y\n")
    let bytes = "UEsDBBQAAAAIAAAAIQDCln6dDgAAAAwAAAAJAAAAdGFibGUuY3N2S9RJ4jLUqeAy0qnkAgBQSwECFAMUAAAACAAAACEAwpZ+nQ4AAAAMAAAACQAAAAAAAAAAAAAAgAEAAAAAdGFibGUuY3N2UEsFBgAAAAABAAEANwAAADUAAAAAAA==";
    std::fs::write(&path, base64::engine::general_purpose::STANDARD.decode(bytes).unwrap()).unwrap();
    let table = cuaderno_eda::read_table(&path).unwrap();
    assert_eq!(table, df!("a" => [1i64, 2], "b" => ["x", "y"]).unwrap());
}

#[test]
fn every_number_type_of_polars() {
    use cuaderno_eda::prelude::*;
    let sizes = df!("id" => ["a", "b", "c"], "width" => [320i64, 640, 1024], "is_wide" => [false, true, true]).unwrap();
    for dtype in
        [DataType::Int8, DataType::Int16, DataType::UInt8, DataType::UInt16, DataType::UInt32, DataType::Float32]
    {
        let typed = sizes.mutate((col("width") / lit(16)).cast(dtype.clone()).alias("w")).unwrap();
        assert_eq!(typed.column("w").unwrap().dtype(), &dtype);
        assert_eq!(typed.summary().unwrap().numbers.height(), 2, "{dtype}");
        assert_eq!(mean_by(&typed, "w", "is_wide", 0.95).unwrap().height(), 2);
        assert_eq!(count(&typed, "w").unwrap().height(), 3);
        assert_eq!(correlation(&typed).unwrap().height(), 2);
    }
    assert_eq!(
        df!("label" => [0i8, 1, 2], "width" => [320i16, 640, 1024]).unwrap().summary().unwrap().numbers.height(),
        2
    );
}

#[test]
fn columns_that_polars_takes_for_patterns_mean_themselves() {
    use cuaderno_eda::prelude::*;
    let marks = df!(
        "title" => ["what?!", "5* hotel", "**bold** claim", "plain"],
        "?" => [1, 0, 0, 0], "*" => [0.0, 1.0, f64::NAN, 0.0], "^_^" => [0, 0, 0, 1], "^.*$" => [Some("x"), None, Some("y"), Some("x")],
    )
    .unwrap();
    assert_eq!(missing(&marks).unwrap().height(), 5);
    assert_eq!(marks.summary().unwrap().numbers.height(), 3);
    assert_eq!(correlation(&marks).unwrap().height(), 3);
    assert_eq!(mean_by(&marks, "*", "^.*$", 0.95).unwrap().height(), 3);
    assert_eq!(count(&marks, ["*", "^.*$"]).unwrap().height(), 3);
    assert_eq!(top_n(&marks, "^.*$", 1).unwrap(), df!("^.*$" => ["x"], "count" => [2u32]).unwrap());
    assert!(histogram(&marks, "*").is_ok() && bar(&marks, "^.*$", "^_^").is_ok());
    assert_eq!(word_frequencies(&marks, "^.*$").unwrap().height(), 2);
    assert_eq!(text_features_only(&marks, "^.*$", ["words"]).unwrap().width(), 6);
    assert_eq!(text_features_only(&marks.clone().lazy(), "^.*$", ["words"]).unwrap().collect().unwrap().width(), 6);
    assert_eq!(marks.ascending("*").unwrap().height(), 4);
    assert_eq!(marks.summarise("^.*$", len()).unwrap().shape(), (3, 2));
    assert_eq!(downsample(&marks, "^.*$", 1).unwrap().height(), 2);
    assert_eq!(marks.only("^.*$", "x").unwrap().height(), 2);
    let joined = left_join(&marks, &marks, ["^.*$", "^.*$"], [".a", ".b"]).unwrap();
    assert_eq!((joined.width(), joined.height()), (9, 6));
    assert_eq!(quantile_bins(&marks, "*", 2).unwrap().width(), 6);
    assert_eq!(marks.select(["?", "*", "^_^"]).unwrap().longer(["*", "^_^"]).unwrap().height(), 8);
    assert_eq!(cross_table(&marks, "^.*$", "?").unwrap().shape(), (3, 3));
}
