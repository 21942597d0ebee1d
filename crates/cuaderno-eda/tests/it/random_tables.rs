//! Random tables are read as they were written. Any number more: `cargo xtask fuzz tables`, or the example `fuzz_tables`.

#[path = "../tables/generator.rs"]
mod generator;

use generator::Random;

#[test]
fn random_tables_are_read_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..300 {
        if let Err(wrong) = Random::new(seed).check(folder.path()) {
            panic!("seed {seed}: {wrong}");
        }
    }
}
