//! Random networks, trained and asked both by the library and by a plain reference in `f64`.
//!
//! A case is a network with pictures and settings, all of them functions of a seed. Compared are what it predicts (by the folded
//! plan and the unfolded one), gradients, running statistics, losses, and the first step of every optimizer. A failing case is
//! made as small as it gets and printed as a student would write it.
//!
//! `cargo xtask fuzz networks --minutes 60` goes on where the suite stops.

mod build;
mod case;
mod check;
mod compare;
mod data;
mod generate;
mod keras;
mod onnx;
mod optimizers;
mod random;
mod reference;
mod shapes;
mod shrink;

use case::Case;
use compare::Tally;
use generate::Budget;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Multiplications of a batch in the suite, and of the large cases of a long run.
const SUITE: Budget = Budget(6_000_000);
const LARGE: Budget = Budget(60_000_000);

/// The result, with a panic as an error.
fn outcome(case: &Case) -> Result<Tally, String> {
    catch_unwind(AssertUnwindSafe(|| check::check(case))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(format!("panic: {}", text.unwrap_or_default()))
    })
}

/// The smallest failing case that is found from this one, and why it fails.
fn smallest(case: &Case) -> String {
    let failed_at = |case: &Case| outcome(case).err();
    let smallest = shrink::shrink(case, &|case| failed_at(case).is_some());
    let (first, now) = (failed_at(case).unwrap_or_default(), failed_at(&smallest).unwrap_or_default());
    format!("{smallest}\n{now}\nfound as seed {}: {first}", case.seed)
}

fn all_agree(seeds: std::ops::Range<u64>) {
    let mut tally = Tally::default();
    for seed in seeds {
        let case = Case::generate(seed, SUITE);
        match outcome(&case) {
            Ok(more) => tally.add(more),
            Err(_) => panic!("{}", smallest(&case)),
        }
    }
    assert!(tally.vague * 3 < tally.numbers, "the reference allows too much to be one: {tally:?}");
}

#[test]
fn random_networks_agree_with_a_plain_reference_1() {
    all_agree(0..75);
}

#[test]
fn random_networks_agree_with_a_plain_reference_2() {
    all_agree(75..150);
}

#[test]
fn random_networks_agree_with_a_plain_reference_3() {
    all_agree(150..225);
}

#[test]
fn random_networks_agree_with_a_plain_reference_4() {
    all_agree(225..300);
}

/// `cargo xtask fuzz networks --minutes N`: as many networks as there is time for, from `CUADERNO_FUZZ_SEED` on.
#[test]
#[ignore = "runs for CUADERNO_FUZZ_MINUTES"]
fn networks() {
    let setting = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<f64>().ok());
    let until = Instant::now() + Duration::from_secs_f64(60.0 * setting("CUADERNO_FUZZ_MINUTES").unwrap_or(1.0));
    let first = setting("CUADERNO_FUZZ_SEED").map_or(1_000_000, |seed| seed as u64);
    std::panic::set_hook(Box::new(|_| {}));
    let (mut tried, mut failed, mut tally) = (0, 0, Tally::default());
    for seed in first.. {
        if Instant::now() > until {
            break;
        }
        let case = Case::generate(seed, if seed % 8 == 0 { LARGE } else { SUITE });
        tried += 1;
        match outcome(&case) {
            Ok(more) => tally.add(more),
            Err(_) => {
                failed += 1;
                eprintln!("{}\n", smallest(&case));
            }
        }
    }
    let _ = std::panic::take_hook();
    let share = 100.0 * tally.vague as f64 / tally.numbers.max(1) as f64;
    eprintln!(
        "{tried} networks from seed {first}, {failed} failed; {} numbers compared, {share:.1} % vaguely",
        tally.numbers
    );
    assert_eq!(failed, 0, "networks that do not agree with the reference");
}
