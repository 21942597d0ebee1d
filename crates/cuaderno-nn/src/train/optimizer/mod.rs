//! Which step to take down the gradient: one type for each optimizer, so that none takes a setting of another's.

mod adam;
mod rmsprop;
mod sgd;
mod state;

pub use adam::Adam;
pub use rmsprop::RmsProp;
pub use sgd::Sgd;
pub(crate) use state::OptimizerState;

use super::schedule::Schedule;
use crate::NetworkError;
use std::fmt;
use std::sync::Arc;

/// An optimizer with its settings, learning rate and schedule; formulas and defaults are Keras's.
///
/// Each begins as a type of its own, which has its settings as methods, and becomes an `Optimizer` by a
/// [`schedule`](Sgd::schedule), which therefore comes last, or by `into()`. A list of several kinds is one of `Optimizer`s.
///
/// ```
/// use cuaderno_nn::Optimizer;
///
/// let gentle = Optimizer::adam(1e-4).decay(1e-6);
/// let classic = Optimizer::sgd(0.01).momentum(0.9).nesterov();
/// let both: [Optimizer; 2] = [gentle, classic.into()];
/// ```
#[derive(Clone)]
pub struct Optimizer {
    rule: Arc<dyn Rule>,
    learning_rate: f32,
    schedule: Schedule,
}

/// What an optimizer does, its learning rate apart.
trait Rule: Send + Sync {
    /// The name, for tables.
    fn name(&self) -> &'static str;

    /// The settings with a learning rate, as they are shown.
    fn settings(&self, learning_rate: f32) -> String;

    /// Settings that must be at least 0 and below 1.
    fn shares(&self) -> Vec<(&'static str, f32)>;

    /// What is added before dividing, if it divides.
    fn epsilon(&self) -> Option<f32>;

    /// Which of three values it remembers for each parameter.
    fn remembers(&self) -> [bool; 3];

    /// Changes parameters by a step, counted from 1.
    fn step(&self, learning_rate: f32, step: u64, parameters: &mut [f32], gradient: &[f32], slots: &mut [Vec<f32>; 3]);
}

impl Optimizer {
    /// Stochastic gradient descent (Keras: 0.01).
    pub fn sgd(learning_rate: f32) -> Sgd {
        Sgd::new(learning_rate)
    }

    /// RMSprop (Keras: 0.001), the default.
    pub fn rmsprop(learning_rate: f32) -> RmsProp {
        RmsProp::new(learning_rate)
    }

    /// Adam (Keras: 0.001).
    pub fn adam(learning_rate: f32) -> Adam {
        Adam::new(learning_rate)
    }

    /// Adam with decoupled weight decay 0.004 (Keras: 0.001).
    pub fn adamw(learning_rate: f32) -> Adam {
        Adam::with_decay(learning_rate)
    }

    /// The learning rate of a step, counted from 0.
    pub fn learning_rate_at(&self, step: u64) -> f32 {
        self.schedule.apply(self.learning_rate, step)
    }

    /// The learning rate before the schedule.
    pub(crate) fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    pub(crate) fn set_learning_rate(&mut self, rate: f32) {
        self.learning_rate = rate;
    }

    /// The same rule with another learning rate and schedule.
    pub(crate) fn with_schedule(&self, learning_rate: f32, schedule: Schedule) -> Self {
        Self { rule: self.rule.clone(), learning_rate, schedule }
    }

    /// The name, for tables.
    pub fn name(&self) -> &'static str {
        self.rule.name()
    }

    /// Whether its settings make sense.
    pub(crate) fn check(&self) -> Result<(), NetworkError> {
        let wrong = |setting, found: String, advice: &str| {
            Err(NetworkError::Setting { setting, found, advice: advice.to_owned() })
        };
        let rate = self.learning_rate;
        if !(rate.is_finite() && rate >= 0.0) {
            return wrong("learning rate", rate.to_string(), "use a positive number, for example 0.001");
        }
        if let Some((setting, share)) = self.rule.shares().into_iter().find(|(_, share)| !(0.0..1.0).contains(share)) {
            return wrong(setting, share.to_string(), "use a share of at least 0 and below 1");
        }
        if let Some(epsilon) = self.rule.epsilon().filter(|epsilon| !(epsilon.is_finite() && *epsilon > 0.0)) {
            return wrong("epsilon", epsilon.to_string(), "use a small positive number, for example 1e-7");
        }
        match self.schedule.misfit() {
            Some((setting, found, advice)) => wrong(setting, found, advice),
            None => Ok(()),
        }
    }

    /// How many values it remembers per parameter.
    pub(crate) fn values_per_parameter(&self) -> usize {
        self.rule.remembers().into_iter().filter(|used| *used).count()
    }
}

impl Default for Optimizer {
    fn default() -> Self {
        Self::rmsprop(1e-3).into()
    }
}

impl fmt::Debug for Optimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rule.settings(self.learning_rate))?;
        match &self.schedule {
            Schedule::Constant => Ok(()),
            schedule => write!(f, " with {schedule:?}"),
        }
    }
}

/// What every optimizer's own type has besides its settings: for a type around the formula's settings, which hold the learning
/// rate and the weight decay.
macro_rules! optimizer {
    ($name:ident) => {
        impl $name {
            /// Share of each weight taken away per step, times the learning rate.
            pub fn weight_decay(mut self, share: f32) -> Self {
                self.0.weight_decay = share;
                self
            }

            /// Divides the learning rate by `1 + decay * step`: a [`schedule`](Self::schedule).
            pub fn decay(self, decay: f32) -> super::Optimizer {
                self.schedule(super::Schedule::Inverse { decay })
            }

            /// Lets the learning rate change from step to step. It comes last: what it gives has no settings any more.
            pub fn schedule(self, schedule: super::Schedule) -> super::Optimizer {
                super::Optimizer { schedule, ..self.into() }
            }
        }

        impl From<$name> for super::Optimizer {
            fn from(optimizer: $name) -> Self {
                let learning_rate = optimizer.0.learning_rate;
                Self { rule: std::sync::Arc::new(optimizer), learning_rate, schedule: super::Schedule::Constant }
            }
        }

        /// As the [`Optimizer`](super::Optimizer) that it becomes.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
use optimizer;
