//! How long a build still takes: what is left of a recorded one, at the pace seen so far.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

/// Written by `python/timings.py`.
const COLD_BUILD: &str = include_str!("../timings/cold_build.txt");
/// Seconds of work for a crate that is not in the table, as for most in it.
const USUAL: f64 = 1.0;
/// Seconds that pass for each second of work, on two cores: the guess before much is done.
const USUAL_PACE: f64 = 0.5;
/// As if so many seconds of work had been done at that pace.
const TRUST_IN_IT: f64 = 15.0;

/// Seconds of work of each crate of the recorded build.
static COSTS: LazyLock<BTreeMap<&str, f64>> =
    LazyLock::new(|| rows().map(|(name, [seconds, ..])| (name, seconds)).collect());

fn rows() -> impl Iterator<Item = (&'static str, [f64; 3])> {
    COLD_BUILD.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut words = line.split(' ');
        let name = words.next()?;
        let mut number = || words.next()?.parse().ok();
        Some((name, [number()?, number()?, number()?]))
    })
}

fn cost(package: &str) -> f64 {
    COSTS.get(package).copied().unwrap_or(USUAL)
}

/// The estimate for a running build; times are since its start.
pub struct TimeLeft {
    /// Seconds of work.
    left: f64,
    done: f64,
    /// Time of the last finished package, and the estimate then.
    estimate: (Duration, Duration),
}

impl TimeLeft {
    /// Before the build of these packages.
    pub fn new<'a>(packages: impl IntoIterator<Item = &'a String>) -> Self {
        let left = packages.into_iter().map(|package| cost(package)).sum();
        let mut new = Self { left, done: 0.0, estimate: Default::default() };
        new.estimate(Duration::ZERO);
        new
    }

    /// A package is done: it was compiled, or there already.
    pub fn without(&mut self, package: &str, was_compiled: bool, at: Duration) {
        self.left -= cost(package);
        if was_compiled {
            self.done += cost(package);
        }
        self.estimate(at);
    }

    fn estimate(&mut self, at: Duration) {
        let pace = (at.as_secs_f64() + TRUST_IN_IT * USUAL_PACE) / (self.done + TRUST_IN_IT);
        self.estimate = (at, Duration::from_secs_f64(self.left.max(0.0) * pace));
    }

    /// What is left.
    pub fn at(&self, now: Duration) -> Duration {
        let (at, then) = self.estimate;
        then.saturating_sub(now.saturating_sub(at)).max(Duration::from_secs(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of moments after the first minute at which the estimated total is off by more than a third.
    fn share_off(mut finished: Vec<(&str, f64)>) -> f64 {
        finished.sort_by(|a, b| a.1.total_cmp(&b.1));
        let total = finished.last().unwrap().1;
        let names: Vec<_> = finished.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mut left = TimeLeft::new(&names);
        let mut coming = finished.into_iter().peekable();
        let (mut off, mut moments) = (0, 0);
        for second in 0..total as u64 {
            let now = Duration::from_secs(second);
            while let Some((name, at)) = coming.next_if(|(_, at)| *at <= now.as_secs_f64()) {
                left.without(name, true, Duration::from_secs_f64(at));
            }
            if second >= 60 {
                let estimated = (now + left.at(now)).as_secs_f64() / total;
                moments += 1;
                off += u32::from(!(2.0 / 3.0..=4.0 / 3.0).contains(&estimated));
            }
        }
        f64::from(off) / f64::from(moments)
    }

    #[test]
    fn the_total_stays_within_a_third_of_the_truth() {
        assert!(rows().count() > 300);
        for (machine, column, pace) in [
            ("quiet", 1, 1.0),
            ("half as fast", 1, 2.0),
            ("twice as fast", 1, 0.5),
            ("busy", 2, 1.0),
            ("busy at times, fast", 2, 0.25),
        ] {
            // The build on the busy machine was stopped before the last crates.
            let finished = rows().map(|(name, numbers)| (name, numbers[column] * pace)).filter(|(_, at)| *at > 0.0);
            let share = share_off(finished.collect());
            assert!(share <= 0.1, "{machine}: off at {:.1} % of the moments", 100.0 * share);
        }
    }

    #[test]
    fn what_was_there_says_nothing_of_the_pace() {
        let names = ["polars-core", "serde"].map(str::to_owned);
        let mut left = TimeLeft::new(&names);
        let before = left.at(Duration::ZERO);
        left.without("polars-core", false, Duration::from_secs(1));
        assert!(left.at(Duration::from_secs(1)) < before / 4, "{before:?} {:?}", left.at(Duration::from_secs(1)));
    }
}
