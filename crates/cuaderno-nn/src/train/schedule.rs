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
            Self::Constant => None,
            Self::Inverse { decay } => (!(decay.is_finite() && *decay >= 0.0))
                .then(|| ("decay", decay.to_string(), "use 0 or more, for example 1e-6")),
            Self::Exponential { factor, .. } | Self::Steps { factor, .. } => (!(factor.is_finite() && *factor > 0.0))
                .then(|| ("the schedule's factor", factor.to_string(), "use a positive number, usually below 1")),
            Self::Cosine { floor, .. } => (!(0.0..=1.0).contains(floor))
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
                let share = 0.5 * (1.0 + libm::cosf(std::f32::consts::PI * progress));
                rate * ((1.0 - floor) * share + floor)
            }
            Self::Steps { at, factor } => {
                rate * libm::powf(*factor, at.iter().filter(|at| **at <= step).count() as f32)
            }
        }
    }
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
    fn steps_count_from_the_step_they_name() {
        let rates = [9, 10, 19, 20].map(|step| Schedule::Steps { at: vec![10, 20], factor: 0.1 }.apply(1.0, step));
        let expected = [1.0, 0.1, 0.1, 0.01];
        assert!(rates.iter().zip(expected).all(|(rate, expected)| (rate - expected).abs() < 1e-6), "{rates:?}");
    }
}
