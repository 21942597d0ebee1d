//! Random tables are read as they were written. Any number more: `cargo xtask fuzz tables`.

#[path = "../tables/generator.rs"]
mod generator;

use generator::Random;
use std::path::Path;
use std::time::{Duration, Instant};

#[test]
fn random_tables_are_read_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..300 {
        if let Err(wrong) = Random::new(seed).check(folder.path()) {
            panic!("seed {seed}: {wrong}");
        }
    }
}

/// `CUADERNO_FUZZ_MINUTES` and `CUADERNO_FUZZ_SEED`, as the command hands them on. With `CUADERNO_FUZZ_SAVE`, every table goes into
/// that folder, as text and as Parquet of what it holds, for `tests/tables/beside_pandas.py`.
#[test]
#[ignore = "for as long as one likes: cargo xtask fuzz tables"]
fn tables() {
    let number = |name: &str, or: f64| std::env::var(name).map_or(or, |text| text.parse().expect("a number"));
    let until = Instant::now() + Duration::from_secs_f64(60.0 * number("CUADERNO_FUZZ_MINUTES", 1.0));
    let save = std::env::var("CUADERNO_FUZZ_SAVE").ok();
    let folder = tempfile::tempdir().unwrap();
    let first = number("CUADERNO_FUZZ_SEED", 1000.0) as u64;
    let (mut seed, mut wrong) = (first, 0);
    while Instant::now() < until && wrong < 20 {
        let random = Random::new(seed);
        if let Err(reason) = random.check(folder.path()) {
            eprintln!("seed {seed}: {reason}\n");
            wrong += 1;
        }
        if let Some(save) = &save {
            let place = Path::new(save).join(format!("{seed}.txt{}", random.end));
            std::fs::create_dir_all(save)
                .and_then(|()| std::fs::write(&place, &random.bytes))
                .expect("a folder to write to");
            let about =
                format!("{{\"separator\": {:?}, \"malformed\": {}}}", random.separator.to_string(), random.malformed);
            std::fs::write(Path::new(save).join(format!("{seed}.json")), about).expect("a folder to write to");
            cuaderno_eda::write_table(&random.table, Path::new(save).join(format!("{seed}.parquet"))).expect("a table");
        }
        seed += 1;
    }
    eprintln!("{} tables from seed {first} on, {wrong} read wrong", seed - first);
    assert_eq!(wrong, 0);
}
