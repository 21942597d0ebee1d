//! What students write, and what they are told: one line each, with what to do, and never a plan of polars.

use cuaderno_eda::prelude::*;
use cuaderno_eda::{EdaError, Reader};
use polars::prelude::*;

fn posts() -> DataFrame {
    df!(
        "title" => ["One", "two", "Three!"], "class" => ["a", "b", "a"], "score" => [1i64, 2, 3], "ratio" => [0.5, 0.7, 0.9],
        "id" => ["x", "y", "z"],
    )
    .unwrap()
}

fn said<T>(result: Result<T, EdaError>) -> String {
    result.err().map_or_else(|| "nothing".to_owned(), |error| error.to_string())
}

const HAS: &str = "this table has \"title\", \"class\", \"score\", \"ratio\", \"id\"";

#[test]
fn twenty_six_mistakes() {
    let posts = &posts();
    let lazy = posts.clone().lazy();
    let named_count = posts.clone().lazy().rename(["class"], ["count"], true).collect().unwrap();
    let no_such = |name: &str, near: &str| match near {
        "" => format!("no column \"{name}\"; {HAS}"),
        near => format!("no column \"{name}\"; did you mean \"{near}\"? {HAS}"),
    };
    let mistakes = [
        // A name that is nearly right, in each verb.
        (said(count(posts, "clas")), no_such("clas", "class")),
        (said(count(posts, "Class")), no_such("Class", "class")),
        (said(count(&lazy, "subreddit")), no_such("subreddit", "")),
        (said(top_n(posts, "titel", 3)), no_such("titel", "title")),
        (said(posts.keep(col("scores").gt(lit(1)))), no_such("scores", "score")),
        (said(lazy.keep(col("scores").gt(lit(1)))), no_such("scores", "score")),
        (said(posts.mutate((col("ratioo") * lit(2)).alias("double"))), no_such("ratioo", "ratio")),
        (said(posts.summarise("clss", len())), no_such("clss", "class")),
        (said(posts.summarise("class", col("Score").mean())), no_such("Score", "score")),
        (said(posts.descending("sc0re")), no_such("sc0re", "score")),
        (said(posts.fill_missing("scor", lit(0))), no_such("scor", "score")),
        (said(left_join(posts, posts, ["id", "idd"], [".a", ".b"])), no_such("idd", "id")),
        (said(text_features(posts, "titles")), no_such("titles", "title")),
        (said(histogram(posts, "ratios")), no_such("ratios", "ratio")),
        (said(mean_by(posts, "score", "clazz", 0.95)), no_such("clazz", "class")),
        (said(cross_table(posts, "class", "Title")), no_such("Title", "title")),
        // A column of the wrong type.
        (said(mean_by(posts, "title", "class", 0.95)), "mean_by needs a column of numbers, and \"title\" holds str".into()),
        (said(text_features(posts, "score")), "text_features needs a column of text, and \"score\" holds i64".into()),
        (said(count_per(posts, "score", "1d")), "count_per needs a column of dates or times, and \"score\" holds i64".into()),
        (said(quantile_bins(posts, "class", 4)), "quantile_bins needs a column of numbers, and \"class\" holds str".into()),
        (
            said(left_join(posts, posts, ["id", "score"], [".a", ".b"])),
            "left_join compares \"id\" (str) with \"score\" (i64); cast one to the type of the other".into(),
        ),
        // Names that the verb makes itself.
        (
            said(count(&named_count, "count")),
            "counting column \"count\" would give two columns of that name; rename it first".into(),
        ),
        (
            said(text_features(&text_features(posts, "title").unwrap(), "class")),
            "text_features adds a column \"exclamations\", and this table already has one; [\"class\"] instead of \"class\" makes it \
             \"class_exclamations\", or rename that first"
                .into(),
        ),
        // Settings.
        (
            said(stratified_split(posts, "class", [0.8, 0.1, 0.2], 1)),
            "the shares of train, validation and test are [0.8, 0.1, 0.2]; they must lie between 0 and 1 and add up to 1".into(),
        ),
        (said(t_test(posts, "score", "id", 0.95)), "t_test compares two groups, and \"id\" has 3; keep two of them first".into()),
        (
            said(Reader::new().separator('→').read_with_report(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).map(drop)),
            "the separator is '→'; it has to be one character of ASCII, such as ';'".into(),
        ),
    ];
    assert_eq!(mistakes.len(), 26);
    for (found, expected) in mistakes {
        assert_eq!(found, expected);
    }
}

#[test]
fn polars_draws_no_plan_in_a_message() {
    let posts = &posts();
    for message in [
        said(posts.mutate(col("title").cast(DataType::Int64).alias("n")).and_then(|t| t.keep(col("title").gt(lit(3))))),
        said(posts.mutate(col("title").str().strptime(DataType::Date, StrptimeOptions::default(), lit("raise")))),
        said(posts.keep(col("title") + lit(1))),
        said(posts.summarise("class", [col("score").sum(), col("score").mean()])),
    ] {
        assert!(message != "nothing" && message.lines().count() <= 3, "{message}");
        for word in ["FAILED HERE", "Resolved plan", "DF [", "FILTER", "-->"] {
            assert!(!message.contains(word), "{message}");
        }
    }
}
