//! Random tables for as long as one likes: are they read as they were written?
//!
//!     cargo run -p cuaderno-eda --example fuzz_tables -- [--minutes=N] [--seed=N] [--save=FOLDER]
//!
//! Prints the seed of each table that is not, and what is wrong; ends with 1 if there was one. `--save` writes each table that is
//! wrong into a folder, as text and as Parquet, for a look with other programs (`tests/tables/beside_pandas.py`).

#[path = "../tests/tables/generator.rs"]
mod generator;

use generator::Random;
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let option = |name: &str| std::env::args().find_map(|argument| argument.strip_prefix(name).map(str::to_owned));
    let number = |name: &str, or: f64| option(name).map_or(or, |text| text.parse().expect("a number"));
    let until = Instant::now() + Duration::from_secs_f64(60.0 * number("--minutes=", 1.0));
    let (folder, save) = (tempfile::tempdir().expect("a folder"), option("--save="));
    let first = number("--seed=", 1000.0) as u64;
    let (mut seed, mut wrong) = (first, 0);
    while Instant::now() < until && wrong < 20 {
        let random = Random::new(seed);
        if let Err(reason) = random.check(folder.path()) {
            println!("seed {seed}: {reason}\n");
            wrong += 1;
            if let Some(save) = &save {
                let place = std::path::Path::new(save).join(format!("{seed}.txt{}", random.end));
                std::fs::create_dir_all(save)
                    .and_then(|()| std::fs::write(&place, &random.bytes))
                    .expect("a folder to write to");
                cuaderno_eda::write_table(&random.table, place.with_extension("parquet")).expect("a table");
            }
        }
        seed += 1;
    }
    println!("{} tables from seed {first} on, {wrong} read wrong", seed - first);
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
