//! From values to places along an axis.

use crate::date::Step;
use crate::number;

/// Units of integer times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds since 1970-01-01 00:00 UTC.
    Seconds,
    /// Milliseconds since then.
    Milliseconds,
    /// Microseconds since then.
    Microseconds,
    /// Nanoseconds since then.
    Nanoseconds,
}

impl TimeUnit {
    /// A time in this unit as milliseconds.
    pub(crate) fn to_ms(self, time: f64) -> f64 {
        match self {
            Self::Seconds => time * 1e3,
            Self::Milliseconds => time,
            Self::Microseconds => time / 1e3,
            Self::Nanoseconds => time / 1e6,
        }
    }
}

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Evenly.
    Linear { low: f64, high: f64 },
    /// Evenly by their logarithm; both limits are positive.
    Log { low: f64, high: f64 },
    /// Evenly, in milliseconds since 1970, with ticks of the calendar.
    Time { low: f64, high: f64 },
    /// Side by side; the values are 0, 1, 2...
    Bands { count: usize },
}

/// A mark on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    /// From 0 at the start of the axis to 1 at its end.
    pub(crate) place: f64,
    /// May have a second line.
    pub(crate) label: String,
}

impl Scale {
    pub(crate) fn linear(low: f64, high: f64) -> Self {
        let (low, high) = widen(low, high);
        Self::Linear { low, high }
    }

    pub(crate) fn log(low: f64, high: f64) -> Self {
        let (low, high) = (low.clamp(1e-300, 1e300), high.clamp(1e-300, 1e300));
        if libm::log(high) - libm::log(low) < 0.001 {
            Self::Log { low: low / 2.0, high: high * 2.0 }
        } else {
            Self::Log { low, high }
        }
    }

    pub(crate) fn time(low: f64, high: f64) -> Self {
        // A lone moment stands in the middle of its day.
        if high - low < 1.0 {
            return Self::Time { low: low - 43_200_000.0, high: high + 43_200_000.0 };
        }
        Self::Time { low, high }
    }

    pub(crate) fn bands(count: usize) -> Self {
        Self::Bands { count }
    }

    /// Where a value lies: 0 at the start, 1 at the end, outside that beyond the axis.
    pub(crate) fn place(&self, value: f64) -> f64 {
        match *self {
            Self::Linear { low, high } | Self::Time { low, high } => (value - low) / (high - low),
            // Differences of logarithms, because a quotient may be too large for a number.
            Self::Log { low, high } => {
                (libm::log(value.max(1e-320)) - libm::log(low)) / (libm::log(high) - libm::log(low))
            }
            Self::Bands { count } => (value + 0.5) / count.max(1) as f64,
        }
    }

    /// Marks that a reader can count by, about as many as wanted.
    pub(crate) fn ticks(&self, wanted: usize) -> Vec<Tick> {
        let wanted = wanted.max(1);
        match *self {
            Self::Linear { low, high } => linear_ticks(low, high, wanted)
                .into_iter()
                .map(|(value, label)| Tick { place: self.place(value), label })
                .collect(),
            Self::Log { low, high } => self.log_ticks(low, high, wanted),
            Self::Time { low, high } => {
                let step = Step::fitting(low, high, wanted);
                let mut before = None;
                let edges = step.edges(low, high).into_iter().filter(|at| (low..=high).contains(at));
                edges.map(|at| Tick { place: self.place(at), label: step.label(at, before.replace(at)) }).collect()
            }
            Self::Bands { .. } => Vec::new(),
        }
    }

    /// Places of thin lines between the ticks of a log axis.
    pub(crate) fn minor(&self) -> Vec<f64> {
        let Self::Log { low, high } = *self else { return Vec::new() };
        let decades = libm::log10(high) - libm::log10(low);
        if decades > 6.0 {
            return Vec::new();
        }
        multiples(low, high, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
            .into_iter()
            .map(|v| self.place(v))
            .collect()
    }

    fn log_ticks(&self, low: f64, high: f64, wanted: usize) -> Vec<Tick> {
        let decades = libm::log10(high) - libm::log10(low);
        let choices: [&[f64]; 3] = [&[1.0], &[1.0, 3.0], &[1.0, 2.0, 5.0]];
        let values = choices.into_iter().map(|digits| multiples(low, high, digits)).find(|values| values.len() >= 3);
        let values = match values {
            Some(values) => values,
            // Less than about one power of ten: linear steps serve better.
            None => linear_ticks(low, high, wanted).into_iter().map(|(value, _)| value).filter(|v| *v > 0.0).collect(),
        };
        let every = if decades > wanted as f64 { (decades / wanted as f64).ceil() as usize } else { 1 };
        let ticks = values.into_iter().step_by(every);
        ticks
            .map(|value| {
                let label = if (1e-4..1e7).contains(&value) { number::short(value) } else { number::scientific(value) };
                Tick { place: self.place(value), label }
            })
            .collect()
    }
}

/// Every power of ten times these digits between two limits.
fn multiples(low: f64, high: f64, digits: &[f64]) -> Vec<f64> {
    let (first, last) = (libm::log10(low).floor() as i32, libm::log10(high).ceil() as i32);
    let all = (first..=last).flat_map(|power| digits.iter().map(move |digit| digit * 10f64.powi(power)));
    all.filter(|value| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(value)).collect()
}

/// A step of 1, 2 or 5 times a power of ten, no shorter than `wanted`.
pub(crate) fn nice_step(wanted: f64) -> f64 {
    let power = 10f64.powi(libm::log10(wanted).floor() as i32);
    let digit = wanted / power;
    power
        * if digit <= 1.0 + 1e-9 {
            1.0
        } else if digit <= 2.0 + 1e-9 {
            2.0
        } else if digit <= 5.0 + 1e-9 {
            5.0
        } else {
            10.0
        }
}

fn linear_ticks(low: f64, high: f64, wanted: usize) -> Vec<(f64, String)> {
    let step = nice_step((high - low) / wanted as f64);
    let decimals = (-libm::log10(step).floor()).clamp(0.0, 12.0) as usize;
    let largest = low.abs().max(high.abs());
    // Written in full where that is readable, or where nothing shorter tells one tick from the next.
    let plain = step >= 1e-6 && (largest < 1e10 || (largest / step > 1e3 && largest < 1e16));
    let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
    let steps = (last - first).clamp(0.0, 100.0) as usize;
    (0..=steps)
        .map(|index| (first + index as f64) * step)
        .map(|value| (value, if plain { number::fixed(value, decimals) } else { number::short_or_zero(value, step) }))
        .collect()
}

/// Limits with room between them, also around a single value.
pub(crate) fn widen(low: f64, high: f64) -> (f64, f64) {
    let largest = low.abs().max(high.abs());
    if high - low > largest * 1e-12 && high - low > 1e-290 {
        return (low, high);
    }
    let room = if largest > 1e-290 { largest * 0.05 } else { 0.5 };
    (low - room, high + room)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, wanted: usize) -> Vec<String> {
        scale.ticks(wanted).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(labels(Scale::linear(0.0, 5932.0), 6), ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]);
        assert_eq!(labels(Scale::linear(0.59, 0.64), 5), ["0.59", "0.60", "0.61", "0.62", "0.63", "0.64"]);
        assert_eq!(labels(Scale::log(1.0, 300.0), 6), ["1", "10", "100"]);
        assert_eq!(labels(Scale::log(1.0, 50.0), 6), ["1", "3", "10", "30"]);
    }

    #[test]
    fn absurd_limits_give_few_ticks_and_end() {
        for (low, high) in [(0.0, 0.0), (1e300, 1e300), (-1e300, 1e300), (5e-324, 1e-320), (1e15, 1e15 + 0.125)] {
            assert!(Scale::linear(low, high).ticks(6).len() < 40, "{low} {high}");
        }
        assert!(Scale::log(1e-300, 1e300).ticks(6).len() < 40);
        assert!(Scale::time(-1e300, 1e300).ticks(6).is_empty());
    }
}
