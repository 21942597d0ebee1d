use cuaderno_eda::prelude::*;
use polars::prelude::*;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn expected(file: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/expected").join(file);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[track_caller]
fn close(found: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap();
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: {found}, expected {expected}");
}

fn floats(table: &DataFrame, column: &str) -> Vec<f64> {
    table.column(column).unwrap().cast(&DataType::Float64).unwrap().f64().unwrap().iter().map(Option::unwrap).collect()
}

/// Checks the six numbers of one column of a summary.
#[track_caller]
fn check_numbers(numbers: &DataFrame, column: &str, expected: &Value) {
    let row = numbers.column("column").unwrap().str().unwrap().iter().position(|name| name == Some(column)).unwrap();
    for (place, name) in ["min", "q1", "median", "mean", "q3", "max"].into_iter().enumerate() {
        let found = numbers.column(name).unwrap().f64().unwrap().get(row).unwrap();
        close(found, &expected[place], &format!("{column} {name}"));
    }
}

fn check_posts(folder: &Path, expected: &Value) {
    let (posts, reports) = read_posts_with_report(folder.join("multimodal_train.tsv")).unwrap();
    let report = &reports[0];
    assert_eq!(posts.height() as u64, expected["rows"].as_u64().unwrap());
    assert_eq!(report.malformed_rows, 0);
    for (column, missing) in &report.missing {
        assert_eq!(*missing as u64, expected["missing"][column].as_u64().unwrap(), "{column}");
    }
    assert_eq!(report.missing.len(), expected["missing"].as_object().unwrap().len());

    for (name, class) in expected["class"].as_object().unwrap() {
        assert_eq!(posts.only("class", name).unwrap().height() as u64, class.as_u64().unwrap());
    }
    let summary = posts.summary().unwrap();
    for (column, six) in expected["numbers"].as_object().unwrap() {
        check_numbers(&summary.numbers, column, six);
    }
    let dates =
        |name: &str| summary.dates.column(name).unwrap().cast(&DataType::String).unwrap().get(0).unwrap().to_string();
    assert_eq!(dates("min")[1..20], expected["created_at"][0].as_str().unwrap()[..19]);
    assert_eq!(dates("max")[1..20], expected["created_at"][1].as_str().unwrap()[..19]);

    let sizes = |table: &DataFrame| -> Vec<usize> {
        ["Disinformation", "Other"].map(|class| table.only("class", class).unwrap().height()).to_vec()
    };
    assert_eq!(json!(sizes(&upsample(&posts, "class", 3).unwrap())), expected["upsampled"]);
    assert_eq!(json!(sizes(&downsample(&posts, "class", 3).unwrap())), expected["downsampled"]);
    for case in expected["split"].as_array().unwrap() {
        let shares: Vec<f64> = case["shares"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
        let (train, validation, test) =
            stratified_split(&posts, "class", [shares[0], shares[1], shares[2]], 3).unwrap();
        let parts = [train, validation, test].map(|part| sizes(&part));
        for (place, class) in ["Disinformation", "Other"].into_iter().enumerate() {
            assert_eq!(json!([parts[0][place], parts[1][place], parts[2][place]]), case["rows"][class], "{shares:?}");
        }
    }

    let disinformation = posts.only("class", "Disinformation").unwrap();
    for (column, expected) in [("author", &expected["top_authors"]), ("domain", &expected["top_domains"])] {
        let top = top_n(&disinformation, column, 25).unwrap();
        let counts: Vec<u32> = top.column("count").unwrap().u32().unwrap().iter().flatten().collect();
        assert_eq!(json!(counts), expected["counts"], "{column}");
        // The names and their order; of those with the count of the last place, some are cut.
        let letters = |name: &str| name.chars().map(|letter| letter as usize).sum::<usize>();
        let names = top.column(column).unwrap().str().unwrap().iter().flatten().map(letters).zip(1..);
        assert_eq!(json!(names.map(|(letters, place)| place * letters).sum::<usize>()), expected["names"], "{column}");
    }
    check_features(&text_features(&posts, "title").unwrap(), &expected["features"]);

    for (found, name) in [(correlation(&posts), "pearson"), (rank_correlation(&posts), "spearman")] {
        let found = floats(&found.unwrap(), "num_comments");
        found.iter().enumerate().for_each(|(place, r)| close(*r, &expected[name][place], name));
    }
    let means = mean_by(&posts, "score", "class", 0.95).unwrap();
    for (row, class) in ["Disinformation", "Other"].into_iter().enumerate() {
        for (place, name) in ["n", "mean", "sd", "low", "high"].into_iter().enumerate() {
            close(floats(&means, name)[row], &expected["score_by_class"][class][place], name);
        }
    }
    let per_year = floats(&count_per(&posts, "created_at", "1y").unwrap(), "count");
    let there: Vec<f64> = per_year.into_iter().filter(|count| *count > 0.0).collect();
    assert_eq!(there, expected["per_year"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect::<Vec<_>>());
    let words = word_frequencies(&posts, "title").unwrap();
    assert_eq!(
        words.only("word", "the").unwrap().column("count").unwrap().get(0).unwrap().extract::<u64>(),
        expected["word_the"].as_u64()
    );
}

#[track_caller]
fn check_features(table: &DataFrame, expected: &Value) {
    for (name, sum) in expected.as_object().unwrap() {
        let found: f64 = floats(table, name).iter().sum();
        assert_eq!(found as u64, sum.as_u64().unwrap(), "{name}");
    }
}

#[test]
fn posts_of_the_sample() {
    check_posts(&super::sample(), &expected("sample.json")["posts"]);
}

#[test]
fn comments_of_the_sample() {
    let expected = &expected("sample.json")["comments"];
    let comments = read_comments(super::sample().join("all_comments.tsv")).unwrap();
    let summary = comments.summary().unwrap();
    assert_eq!(summary.rows as u64, expected["rows"].as_u64().unwrap());
    let logical: Vec<f64> =
        ["false", "true", "missing"].iter().map(|name| floats(&summary.logicals, name)[0]).collect();
    assert_eq!(json!(logical.iter().map(|n| *n as u64).collect::<Vec<_>>()), expected["isTopLevel"]);
    check_numbers(&summary.numbers, "ups", &expected["ups"]);

    let complete = comments.clone().drop_nulls(None);
    let features = text_features(&complete, "body").unwrap().collect().unwrap();
    assert_eq!(features.height() as u64, expected["complete"].as_u64().unwrap());
    check_features(&features, &expected["features"]);

    let (posts, _) = read_posts_with_report(super::sample().join("multimodal_train.tsv")).unwrap();
    let joined =
        left_join(&posts, &comments, ["id", "submission_id"], [".publication", ".comment"]).unwrap().collect().unwrap();
    assert_eq!(joined.height() as u64, expected["joined"].as_u64().unwrap());
    assert_eq!(joined.column("index").unwrap().null_count() as u64, expected["joined_without"].as_u64().unwrap());
    for column in ["id", "id.comment", "author.publication", "author.comment", "body", "title"] {
        assert!(joined.column(column).is_ok(), "{column}");
    }
}

/// On the real files, where they are: the counts a report on them shows.
#[test]
fn posts_of_the_real_file() {
    let Some(folder) = std::env::var_os("CUADERNO_DATA") else { return };
    let folder = PathBuf::from(folder).join("reddit");
    check_posts(&folder, &expected("real.json")["posts"]);

    let (posts, _) = read_posts_with_report(folder.join("multimodal_train.tsv")).unwrap();
    assert_eq!(floats(&count(&posts, "class").unwrap(), "count"), [5932.0, 4063.0]);
    let balanced = downsample(&posts, "class", 1).unwrap();
    assert_eq!(floats(&count(&balanced, "class").unwrap(), "count"), [4063.0, 4063.0]);
    // Named authors of all posts, before downsampling; 290 more have no author.
    let authors = top_n(&posts.only("class", "Disinformation").unwrap(), "author", 2).unwrap();
    assert_eq!(authors, df!("author" => ["ApiContraption", "all-top-today_SS"], "count" => [258u32, 72]).unwrap());
}
