//! A whole analysis, one line a step: values as pandas and scipy have them, and not much longer than in R.

use cuaderno_eda::prelude::*;
use polars::prelude::*;
use serde_json::Value;

type Analysed = Result<(), Box<dyn std::error::Error>>;

/// The analysis of tests/titanic/titanic.R, as a notebook has it.
const R: &str = include_str!("../titanic/titanic.R");
const RUST: &str = include_str!("titanic.rs");

#[test]
fn an_analysis_has_the_values_of_pandas() -> Analysed {
    let people = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/titanic/people.csv");
    let expected: Value = serde_json::from_str(include_str!("../titanic/expected.json"))?;
    let close = |found: f64, expected: &Value| {
        let expected = expected.as_f64().unwrap();
        assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1e-3), "{found}, expected {expected}");
    };
    let numbers = |table: &DataFrame, column: &str| -> Vec<f64> {
        let column = table.column(column).unwrap().cast(&DataType::Float64).unwrap();
        column.f64().unwrap().iter().map(|value| value.unwrap_or(f64::NAN)).collect()
    };
    let clean = tempfile::NamedTempFile::with_suffix(".csv")?;
    let save = |t: &DataFrame| write_table(t, clean.path());

    // begin
    let t = read_table(people)?;
    let s = t.summary()?;
    let m = missing(&t)?;
    let sexes = count(&t, "Sex")?;
    let ports = shares(&t, "Embarked")?;
    let t = t.fill_missing_by("Age", col("Age").median(), ["Sex", "Pclass"])?;
    let t = t.mutate([
        col("Name").str().extract(lit(r", (\w+)\."), 1).alias("Title"),
        (col("SibSp") + lit(1)).alias("Family"),
    ])?;
    let titles = count(&t, "Title")?;
    let children = t.keep(col("Age").lt(lit(16)))?;
    let groups = t.summarise(["Sex", "Pclass"], [col("Survived").mean(), len().alias("n")])?;
    let wide = t.summarise(["Sex", "Pclass"], col("Survived").mean())?.wider("Pclass", "Survived")?;
    let cross = cross_table(&t, "Sex", "Survived")?;
    let t = quantile_bins(&t, "Fare", 4)?;
    let bins = t.summarise("Fare_bin", col("Survived").mean())?;
    let test = t_test(&t, "Fare", "Survived", 0.95)?;
    let chi = chi_square(&t, "Sex", "Survived")?;
    let r = correlation(&t.select(["Age", "Fare"])?)?;
    let slope = straight_line(&t, "Age", "Fare", 0.95)?;
    histogram(&t, "Age")?.title("Age");
    box_plot(&t, "Fare")?.by("Pclass")?.title("Fare by class");
    let dear = t.descending("Fare")?.head(Some(10)).select(["Name", "Fare"])?;
    save(&t)?;
    // end

    assert_eq!(t.height() as u64, expected["rows"].as_u64().unwrap());
    assert_eq!((s.rows, m.height(), sexes.height(), dear.height()), (300, 9, 2, 10));
    close(numbers(&t, "Age").iter().sum(), &expected["age_sum"]);
    close(numbers(&ports, "share")[0], &expected["share"]);
    for (title, number) in titles.column("Title")?.str()?.iter().zip(numbers(&titles, "count")) {
        close(number, &expected["titles"][title.unwrap()]);
    }
    assert_eq!(children.height() as u64, expected["children"].as_u64().unwrap());
    for (place, mean) in numbers(&groups, "Survived").into_iter().enumerate() {
        close(mean, &expected["mean"][place]);
        close(numbers(&wide, &(place % 3 + 1).to_string())[place / 3], &expected["mean"][place]);
    }
    for (column, survived) in ["0", "1"].into_iter().enumerate() {
        numbers(&cross, survived)
            .into_iter()
            .enumerate()
            .for_each(|(row, n)| close(n, &expected["cross"][row][column]));
    }
    numbers(&bins, "Survived").into_iter().enumerate().for_each(|(bin, mean)| close(mean, &expected["bins"][bin]));
    for (table, column, name) in [
        (&test, "t", "t"),
        (&test, "p", "t_p"),
        (&chi, "chi_square", "chi"),
        (&chi, "p", "chi_p"),
        (&slope, "slope", "slope"),
        (&slope, "p", "slope_p"),
        (&slope, "intercept", "intercept"),
    ] {
        close(numbers(table, column)[0], &expected[name]);
    }
    close(numbers(&r, "Fare")[0], &expected["correlation"]);
    Ok(())
}

/// R's analysis of 21 steps took 1,653 characters when it was first compared; this is as much again in both.
#[test]
fn an_analysis_is_at_most_a_third_longer_than_in_r() {
    let rust = RUST.split("// begin\n").nth(1).and_then(|rest| rest.split("// end").next()).unwrap();
    let rust: usize = rust.lines().map(|line| line.trim().chars().count()).sum();
    let r: usize = R.lines().map(|line| line.chars().count()).sum();
    assert!(rust * 10 <= r * 13 && rust <= 2149, "{rust} characters, R {r}");
}
