use cuaderno_eda::prelude::*;
use polars::prelude::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Tables with a class that may be missing, a row number, and a text that depends on the row.
fn table() -> impl Strategy<Value = DataFrame> {
    let class = prop::option::weighted(0.9, prop::sample::select(vec!["a", "b", "c"]));
    prop::collection::vec(class, 1..120).prop_map(|classes| {
        let rows: Vec<i64> = (0..classes.len() as i64).collect();
        let texts: Vec<String> = rows.iter().map(|row| format!("text of {row}")).collect();
        df!("class" => classes, "row" => rows, "text" => texts).unwrap()
    })
}

fn rows(table: &DataFrame) -> Vec<i64> {
    table.column("row").unwrap().i64().unwrap().iter().flatten().collect()
}

/// Rows of each class; every row must be as it was.
fn by_class(table: &DataFrame, original: &DataFrame) -> BTreeMap<Option<String>, usize> {
    let mut counts = BTreeMap::new();
    for (place, row) in rows(table).into_iter().enumerate() {
        for column in ["class", "text"] {
            let value = table.column(column).unwrap().get(place).unwrap();
            assert_eq!(value, original.column(column).unwrap().get(row as usize).unwrap());
        }
        let class = table.column("class").unwrap().str().unwrap().get(place).map(str::to_owned);
        *counts.entry(class).or_insert(0) += 1;
    }
    counts
}

fn has_class(table: &DataFrame) -> bool {
    table.column("class").unwrap().null_count() < table.height()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_split_is_disjoint_complete_and_stratified(table in table(), seed: u64, first in 0.0f64..1.0, second in 0.0f64..1.0) {
        let shares = [first, (1.0 - first) * second, (1.0 - first) * (1.0 - second)];
        let (train, validation, test) = stratified_split(&table, "class", shares, seed).unwrap();
        let mut all: Vec<i64> = [&train, &validation, &test].into_iter().flat_map(rows).collect();
        for part in [&train, &validation, &test] {
            prop_assert!(rows(part).is_sorted());
        }
        all.sort_unstable();
        prop_assert_eq!(all, rows(&table));
        let whole = by_class(&table, &table);
        for (part, share) in [&train, &validation, &test].into_iter().zip(shares) {
            let counts = by_class(part, &table);
            for (class, size) in &whole {
                let found = counts.get(class).copied().unwrap_or(0) as f64;
                prop_assert!((found - share * *size as f64).abs() <= 1.0, "{:?}: {} of {}, share {}", class, found, size, share);
            }
        }
        let again = stratified_split(&table, "class", shares, seed).unwrap();
        prop_assert_eq!(rows(&again.0), rows(&train));
    }

    #[test]
    fn downsampling_keeps_whole_rows_of_equal_classes(table in table().prop_filter("a class", has_class), seed: u64) {
        let balanced = downsample(&table, "class", seed).unwrap();
        let mut before = by_class(&table, &table);
        before.remove(&None);
        let least = before.values().min().unwrap();
        let after = by_class(&balanced, &table);
        prop_assert_eq!(after.len(), before.len());
        prop_assert!(after.values().all(|size| size == least));
        prop_assert!(rows(&balanced).windows(2).all(|pair| pair[0] < pair[1]), "a row twice, or out of order");
    }

    #[test]
    fn upsampling_keeps_every_row(table in table().prop_filter("a class", has_class), seed: u64) {
        let balanced = upsample(&table, "class", seed).unwrap();
        let mut before = by_class(&table, &table);
        before.remove(&None);
        let most = before.values().max().unwrap();
        prop_assert!(by_class(&balanced, &table).values().all(|size| size == most));
        let mut distinct = rows(&balanced);
        distinct.dedup();
        prop_assert_eq!(distinct.len(), before.values().sum::<usize>());
    }

    #[test]
    fn counts_add_up_and_fall(table in table()) {
        let counts: Vec<u32> = count(&table, "class").unwrap().column("count").unwrap().u32().unwrap().iter().flatten().collect();
        prop_assert_eq!(counts.iter().sum::<u32>() as usize, table.height());
        prop_assert!(counts.is_sorted_by(|a, b| a >= b));
    }

    #[test]
    fn lazy_and_computed_tables_agree(table in table()) {
        let lazy = table.clone().lazy();
        prop_assert_eq!(lazy.summary().unwrap(), table.summary().unwrap());
        prop_assert!(text_features(&lazy, "text").unwrap().collect().unwrap().equals_missing(&text_features(&table, "text").unwrap()));
        prop_assert!(missing(&lazy).unwrap().equals_missing(&missing(&table).unwrap()));
    }
}

/// Compared with going through the rows one after the other.
#[test]
fn a_join_of_computed_tables_keeps_the_order_of_the_rows() {
    let keys = |count: usize, step: usize, range: usize| -> Vec<String> {
        (0..count).map(|row| format!("p{}", row * step % range)).collect()
    };
    let (left_keys, right_keys) = (keys(300_000, 7919, 40_000), keys(60_000, 104_729, 30_000));
    let mut places: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    right_keys.iter().enumerate().for_each(|(row, key)| places.entry(key).or_default().push(row as u32));
    let mut expected: Vec<(u32, Option<u32>)> = Vec::new();
    for (row, key) in left_keys.iter().enumerate() {
        match places.get(key.as_str()) {
            Some(found) => expected.extend(found.iter().map(|place| (row as u32, Some(*place)))),
            None => expected.push((row as u32, None)),
        }
    }
    let left = df!("id" => &left_keys, "row" => (0..300_000u32).collect::<Vec<_>>()).unwrap();
    let right = df!("post" => &right_keys, "place" => (0..60_000u32).collect::<Vec<_>>()).unwrap();
    for _ in 0..3 {
        let joined = left_join(&left, &right, ["id", "post"], [".left", ".right"]).unwrap();
        let (rows, found) =
            (joined.column("row").unwrap().u32().unwrap(), joined.column("place").unwrap().u32().unwrap());
        assert!(rows.into_no_null_iter().zip(found.iter()).eq(expected.iter().copied()));
    }
}

#[test]
fn means_by_group_have_the_same_bits_every_time() {
    let rows = 400_000u64;
    let values: Vec<f64> = (0..rows).map(|row| ((row * 7919 % 104_729) as f64 / 1e4).exp()).collect();
    let groups: Vec<String> = (0..rows).map(|row| format!("g{}", row * 31 % 5)).collect();
    let table = df!("group" => groups, "value" => values).unwrap();
    let means = || mean_by(&table, "value", "group", 0.95).unwrap();
    let first = means();
    for _ in 0..5 {
        assert_eq!(means(), first);
    }
}
