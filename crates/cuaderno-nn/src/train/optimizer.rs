//! Which step to take down the gradient.

use super::schedule::Schedule;
use crate::NetworkError;
use cuaderno_ops::{Adam, RmsProp, Sgd};
use std::fmt;

/// An optimizer with its learning rate; formulas and defaults are Keras's.
///
/// ```
/// use cuaderno_nn::Optimizer;
///
/// let gentle = Optimizer::adam(1e-4).decay(1e-6);
/// let classic = Optimizer::sgd(0.01).momentum(0.9).nesterov();
/// ```
#[derive(Clone)]
pub struct Optimizer {
    pub(crate) rule: Rule,
    pub(crate) learning_rate: f32,
    pub(crate) schedule: Schedule,
    /// A setting that the rule does not have, and what to do about it; reported when training begins.
    pub(crate) misuse: Option<(&'static str, &'static str)>,
}

impl fmt::Debug for Optimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let learning_rate = self.learning_rate;
        match self.rule {
            Rule::Sgd(sgd) => Sgd { learning_rate, ..sgd }.fmt(f)?,
            Rule::RmsProp(rmsprop) => RmsProp { learning_rate, ..rmsprop }.fmt(f)?,
            Rule::Adam(adam) => Adam { learning_rate, ..adam }.fmt(f)?,
        }
        match &self.schedule {
            Schedule::Constant => Ok(()),
            schedule => write!(f, " with {schedule:?}"),
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Rule {
    Sgd(Sgd),
    RmsProp(RmsProp),
    Adam(Adam),
}

impl Optimizer {
    /// Stochastic gradient descent (Keras: 0.01).
    pub fn sgd(learning_rate: f32) -> Self {
        Self::new(Rule::Sgd(Sgd::default()), learning_rate)
    }

    /// RMSprop (Keras: 0.001), the default.
    pub fn rmsprop(learning_rate: f32) -> Self {
        Self::new(Rule::RmsProp(RmsProp::default()), learning_rate)
    }

    /// Adam (Keras: 0.001).
    pub fn adam(learning_rate: f32) -> Self {
        Self::new(Rule::Adam(Adam::default()), learning_rate)
    }

    /// Adam with decoupled weight decay 0.004 (Keras: 0.001).
    pub fn adamw(learning_rate: f32) -> Self {
        Self::new(Rule::Adam(Adam::with_decay()), learning_rate)
    }

    fn new(rule: Rule, learning_rate: f32) -> Self {
        Self { rule, learning_rate, schedule: Schedule::Constant, misuse: None }
    }

    /// Share of the last step that is taken again: SGD and RMSprop.
    pub fn momentum(mut self, share: f32) -> Self {
        match &mut self.rule {
            Rule::Sgd(sgd) => sgd.momentum = share,
            Rule::RmsProp(rmsprop) => rmsprop.momentum = share,
            Rule::Adam(_) => self.misuse = Some(("momentum", "it has a momentum of its own; leave .momentum(…) out")),
        }
        self
    }

    /// Looks the gradient up ahead of the momentum step: SGD.
    pub fn nesterov(mut self) -> Self {
        match &mut self.rule {
            Rule::Sgd(sgd) => sgd.nesterov = true,
            _ => self.misuse = Some(("nesterov", "only Optimizer::sgd knows it; leave .nesterov() out")),
        }
        self
    }

    /// Share of each weight taken away per step, times the learning rate.
    pub fn weight_decay(mut self, share: f32) -> Self {
        match &mut self.rule {
            Rule::Sgd(sgd) => sgd.weight_decay = share,
            Rule::RmsProp(rmsprop) => rmsprop.weight_decay = share,
            Rule::Adam(adam) => adam.weight_decay = share,
        }
        self
    }

    /// Divides by the deviation of the gradient instead of its size: RMSprop.
    pub fn centered(mut self) -> Self {
        match &mut self.rule {
            Rule::RmsProp(rmsprop) => rmsprop.centered = true,
            _ => self.misuse = Some(("centered", "only Optimizer::rmsprop knows it; leave .centered() out")),
        }
        self
    }

    /// How much of the squared gradients' mean stays at each step (Keras: 0.9): RMSprop.
    pub fn rho(mut self, share: f32) -> Self {
        match &mut self.rule {
            Rule::RmsProp(rmsprop) => rmsprop.rho = share,
            _ => self.misuse = Some(("rho", "only Optimizer::rmsprop knows it; leave .rho(…) out")),
        }
        self
    }

    /// How much of the gradients' mean, and of that of their squares, stays at each step (Keras: 0.9 and 0.999): Adam, AdamW.
    pub fn betas(mut self, first: f32, second: f32) -> Self {
        match &mut self.rule {
            Rule::Adam(adam) => (adam.beta_1, adam.beta_2) = (first, second),
            _ => self.misuse = Some(("betas", "only Optimizer::adam and adamw know them; leave .betas(…) out")),
        }
        self
    }

    /// What is added to the size of a gradient before dividing by it (Keras: 1e-7): all but SGD.
    pub fn epsilon(mut self, value: f32) -> Self {
        match &mut self.rule {
            Rule::RmsProp(rmsprop) => rmsprop.epsilon = value,
            Rule::Adam(adam) => adam.epsilon = value,
            Rule::Sgd(_) => self.misuse = Some(("epsilon", "it divides by nothing; leave .epsilon(…) out")),
        }
        self
    }

    /// Divides the learning rate by `1 + decay * step`: a [`schedule`](Self::schedule).
    pub fn decay(self, decay: f32) -> Self {
        self.schedule(Schedule::Inverse { decay })
    }

    /// Lets the learning rate change from step to step.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        if self.schedule != Schedule::Constant {
            self.misuse = Some(("a second schedule", "give one, .decay(…) or .schedule(…)"));
        }
        self.schedule = schedule;
        self
    }

    /// The learning rate of a step, counted from 0.
    pub fn learning_rate_at(&self, step: u64) -> f32 {
        self.schedule.apply(self.learning_rate, step)
    }

    /// The name, for tables.
    pub fn name(&self) -> &'static str {
        match self.rule {
            Rule::Sgd(_) => "SGD",
            Rule::RmsProp(_) => "RMSprop",
            Rule::Adam(Adam { weight_decay, .. }) if weight_decay != 0.0 => "AdamW",
            Rule::Adam(_) => "Adam",
        }
    }

    /// Whether its settings make sense.
    pub(crate) fn check(&self) -> Result<(), NetworkError> {
        let wrong = |setting, found: String, advice: &str| {
            Err(NetworkError::Setting { setting, found, advice: advice.to_owned() })
        };
        if let Some((setting, advice)) = self.misuse {
            return wrong(setting, format!("set for {}", self.name()), advice);
        }
        let rate = self.learning_rate;
        if !(rate.is_finite() && rate >= 0.0) {
            return wrong("learning rate", rate.to_string(), "use a positive number, for example 0.001");
        }
        let shares = match self.rule {
            Rule::Sgd(sgd) => vec![("momentum", sgd.momentum), ("weight_decay", sgd.weight_decay)],
            Rule::RmsProp(RmsProp { momentum, rho, weight_decay, .. }) => {
                vec![("momentum", momentum), ("rho", rho), ("weight_decay", weight_decay)]
            }
            Rule::Adam(Adam { beta_1, beta_2, weight_decay, .. }) => {
                vec![("the first of betas", beta_1), ("the second of betas", beta_2), ("weight_decay", weight_decay)]
            }
        };
        if let Some((setting, share)) = shares.into_iter().find(|(_, share)| !(0.0..1.0).contains(share)) {
            return wrong(setting, share.to_string(), "use a share of at least 0 and below 1");
        }
        if let Rule::RmsProp(RmsProp { epsilon, .. }) | Rule::Adam(Adam { epsilon, .. }) = self.rule
            && !(epsilon.is_finite() && epsilon > 0.0)
        {
            return wrong("epsilon", epsilon.to_string(), "use a small positive number, for example 1e-7");
        }
        match self.schedule.misfit() {
            Some((setting, found, advice)) => wrong(setting, found, advice),
            None => Ok(()),
        }
    }

    /// How many values it remembers per parameter.
    pub(crate) fn values_per_parameter(&self) -> usize {
        self.memory().into_iter().filter(|used| *used).count()
    }

    /// Which values it remembers for each parameter.
    fn memory(&self) -> [bool; 3] {
        match self.rule {
            Rule::Sgd(sgd) => [sgd.momentum != 0.0, false, false],
            Rule::RmsProp(rmsprop) => [true, rmsprop.momentum != 0.0, rmsprop.centered],
            Rule::Adam(_) => [true, true, false],
        }
    }
}

impl Default for Optimizer {
    fn default() -> Self {
        Self::rmsprop(1e-3)
    }
}

/// What an optimizer remembers between steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct OptimizerState {
    /// Steps taken.
    pub step: u64,
    /// Up to three values per parameter.
    pub slots: [Vec<f32>; 3],
}

impl OptimizerState {
    pub fn new(optimizer: &Optimizer, parameters: usize) -> Self {
        let slots = optimizer.memory().map(|used| vec![0.0; if used { parameters } else { 0 }]);
        Self { step: 0, slots }
    }

    /// Changes `parameters` by one step.
    pub fn apply(&mut self, optimizer: &Optimizer, parameters: &mut [f32], gradient: &[f32]) {
        let learning_rate = optimizer.learning_rate_at(self.step);
        self.step += 1;
        let [a, b, c] = &mut self.slots;
        match optimizer.rule {
            Rule::Sgd(sgd) => Sgd { learning_rate, ..sgd }.step(parameters, gradient, a),
            Rule::RmsProp(rmsprop) => RmsProp { learning_rate, ..rmsprop }.step(parameters, gradient, a, b, c),
            Rule::Adam(adam) => Adam { learning_rate, ..adam }.step(self.step, parameters, gradient, a, b),
        }
    }
}
