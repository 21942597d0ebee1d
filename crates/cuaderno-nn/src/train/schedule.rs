//! How the learning rate changes while training.

/// The learning rate as a function of the step, counted from 0 over all epochs.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Schedule {
    /// Always the same.
    #[default]
    Constant,
    /// `rate / (1 + decay * step)`: the `decay` of Keras's older optimizers.
    Inverse {
        /// Per step.
        decay: f32,
    },
    /// `rate * factor ^ (step / steps)`; in whole stairs if wanted.
    Exponential {
        /// Steps until the factor has been applied once.
        steps: u64,
        /// Usually below 1.
        factor: f32,
        /// Whether the exponent is rounded down.
        staircase: bool,
    },
    /// Half a cosine from the rate down to `floor * rate` after `steps`, then constant.
    Cosine {
        /// Length of the descent.
        steps: u64,
        /// Share of the rate that stays.
        floor: f32,
    },
    /// [`Cosine`](Self::Cosine) again and again, Keras's `CosineDecayRestarts`.
    CosineRestarts {
        /// Length of the first descent.
        steps: u64,
        /// How many times as long each further one is, 1 or more (Keras: 2).
        lengthen: f32,
        /// What the height is multiplied by at each restart (Keras: 1).
        lower: f32,
        /// Share of the rate that stays.
        floor: f32,
    },
    /// Up from a 25th of the rate to the rate in the first 30 % of the steps, then down to a 250,000th, both along half a cosine:
    /// PyTorch's `OneCycleLR` with its defaults, without its change of momentum.
    OneCycle {
        /// Length of the cycle.
        steps: u64,
    },
    /// From 0 to the rate in a straight line, then as another schedule from its beginning.
    Warmup {
        /// Length of the rise.
        steps: u64,
        /// What follows.
        then: Box<Schedule>,
    },
    /// Multiplies the rate by `factor` from each of these steps on. (Keras's `PiecewiseConstantDecay` changes one step later.)
    Steps {
        /// When, ascending.
        at: Vec<u64>,
        /// Usually 0.1.
        factor: f32,
    },
}

impl Schedule {
    /// A setting that makes no sense: its name, what was found, and what to do.
    pub(super) fn misfit(&self) -> Option<(&'static str, String, &'static str)> {
        match self {
            Self::OneCycle { steps: 0 } => {
                Some(("the schedule's `steps`", "0".into(), "use the number of steps of the training"))
            }
            Self::Constant | Self::OneCycle { .. } => None,
            Self::Warmup { then, .. } => then.misfit(),
            Self::CosineRestarts { lengthen, .. } if !(lengthen.is_finite() && *lengthen >= 1.0) => {
                Some(("the schedule's `lengthen`", lengthen.to_string(), "use 1 or more"))
            }
            Self::CosineRestarts { lower, .. } if !(lower.is_finite() && *lower > 0.0) => {
                Some(("the schedule's `lower`", lower.to_string(), "use a positive number, usually 1 or below"))
            }
            Self::Inverse { decay } => (!(decay.is_finite() && *decay >= 0.0))
                .then(|| ("decay", decay.to_string(), "use 0 or more, for example 1e-6")),
            Self::Exponential { factor, .. } | Self::Steps { factor, .. } => (!(factor.is_finite() && *factor > 0.0))
                .then(|| ("the schedule's factor", factor.to_string(), "use a positive number, usually below 1")),
            Self::Cosine { floor, .. } | Self::CosineRestarts { floor, .. } => (!(0.0..=1.0).contains(floor))
                .then(|| ("the schedule's floor", floor.to_string(), "use a share from 0 to 1")),
        }
    }

    /// The learning rate at a step.
    pub fn apply(&self, rate: f32, step: u64) -> f32 {
        let t = step as f32;
        match self {
            Self::Constant => rate,
            Self::Inverse { decay } => rate / (1.0 + decay * t),
            Self::Exponential { steps, factor, staircase } => {
                let exponent = t / (*steps).max(1) as f32;
                rate * libm::powf(*factor, if *staircase { exponent.floor() } else { exponent })
            }
            Self::Cosine { steps, floor } => {
                let progress = (t / (*steps).max(1) as f32).min(1.0);
                rate * ((1.0 - floor) * falling(progress) + floor)
            }
            Self::CosineRestarts { steps, lengthen, lower, floor } => {
                let (mut t, mut length, mut height) = (step as f64, (*steps).max(1) as f64, 1.0);
                while t >= length {
                    (t, length, height) = (t - length, length * f64::from(*lengthen), height * lower);
                }
                rate * ((1.0 - floor) * height * falling((t / length) as f32) + floor)
            }
            Self::OneCycle { steps } => {
                let last = steps.saturating_sub(1) as f32;
                let top = (0.3 * *steps as f32 - 1.0).max(0.0);
                let (from, to) = (rate / 25.0, rate / 250_000.0);
                match t < top {
                    true => rate + (from - rate) * falling(t / top),
                    false => to + (rate - to) * falling(((t - top) / (last - top).max(1.0)).min(1.0)),
                }
            }
            Self::Warmup { steps, .. } if step < *steps => rate * t / *steps as f32,
            Self::Warmup { steps, then } => then.apply(rate, step - steps),
            Self::Steps { at, factor } => {
                rate * libm::powf(*factor, at.iter().filter(|at| **at <= step).count() as f32)
            }
        }
    }
}

/// Half a cosine from 1 to 0.
fn falling(progress: f32) -> f32 {
    0.5 * (1.0 + libm::cosf(std::f32::consts::PI * progress))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_keras() {
        // keras.optimizers.schedules, 3.15: ExponentialDecay(0.1, 10, 0.5)(15), staircase; CosineDecay(0.1, 100, alpha=0.1)(25);
        // InverseTimeDecay(0.1, 1, 1e-2)(50)
        let close = |a: f32, b: f32| assert!((a - b).abs() < 1e-6, "{a} {b}");
        close(Schedule::Exponential { steps: 10, factor: 0.5, staircase: false }.apply(0.1, 15), 0.035_355_34);
        close(Schedule::Exponential { steps: 10, factor: 0.5, staircase: true }.apply(0.1, 15), 0.05);
        close(Schedule::Cosine { steps: 100, floor: 0.1 }.apply(0.1, 25), 0.086_819_8);
        close(Schedule::Inverse { decay: 0.01 }.apply(0.1, 50), 0.066_666_67);
    }

    #[test]
    fn restarts_and_warmup_are_those_of_keras() {
        // keras 3.15: CosineDecayRestarts(0.1, 10, t_mul=2.0, m_mul=0.5, alpha=0.1); CosineDecay(0.0, 100, alpha=0.1,
        // warmup_target=0.1, warmup_steps=10)
        let close = |a: f32, b: f32| assert!((a - b).abs() < 1e-6, "{a} {b}");
        let restarts = Schedule::CosineRestarts { steps: 10, lengthen: 2.0, lower: 0.5, floor: 0.1 };
        let expected = [
            (0, 0.1),
            (5, 0.055),
            (9, 0.012_202_458),
            (10, 0.055),
            (20, 0.032_5),
            (29, 0.010_277_01),
            (30, 0.032_5),
            (50, 0.021_25),
            (69, 0.010_034_68),
            (70, 0.021_25),
            (100, 0.017_777_596),
        ];
        expected.into_iter().for_each(|(step, rate)| close(restarts.apply(0.1, step), rate));
        let cosine = Box::new(Schedule::Cosine { steps: 100, floor: 0.1 });
        let warmup = Schedule::Warmup { steps: 10, then: cosine };
        for (step, rate) in [(0, 0.0), (5, 0.05), (10, 0.1), (35, 0.086_819_8), (110, 0.01)] {
            close(warmup.apply(0.1, step), rate);
        }
    }

    #[test]
    fn one_cycle_is_that_of_pytorch() {
        // torch 2: OneCycleLR(optimizer, max_lr=1.0, total_steps=100)
        let expected =
            [(0, 0.04), (10, 0.295_163_95), (29, 1.0), (30, 0.999_496_5), (60, 0.589_280_1), (99, 4e-6), (500, 4e-6)];
        for (step, rate) in expected {
            let found = Schedule::OneCycle { steps: 100 }.apply(1.0, step);
            assert!((found - rate).abs() < 2e-6, "{step}: {found} {rate}");
        }
    }

    #[test]
    fn steps_count_from_the_step_they_name() {
        let rates = [9, 10, 19, 20].map(|step| Schedule::Steps { at: vec![10, 20], factor: 0.1 }.apply(1.0, step));
        let expected = [1.0, 0.1, 0.1, 0.01];
        assert!(rates.iter().zip(expected).all(|(rate, expected)| (rate - expected).abs() < 1e-6), "{rates:?}");
    }
}
