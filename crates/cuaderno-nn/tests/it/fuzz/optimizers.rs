//! The first step of every optimizer, as Keras's formulas have it when nothing is remembered yet.

use super::random::Random;
use cuaderno_nn::Optimizer;

/// What becomes of a parameter with a gradient.
type Rule = Box<dyn Fn(f64, f64) -> f64>;

/// An optimizer with random settings, and its first step.
pub struct Trial {
    pub optimizer: Optimizer,
    pub rule: Rule,
    pub learning_rate: f64,
}

pub fn trials(random: &mut Random) -> Vec<Trial> {
    let mut made = Vec::new();
    let mut add = |learning_rate: f32, optimizer: Optimizer, rule: Rule| {
        made.push(Trial { optimizer, rule, learning_rate: f64::from(learning_rate) });
    };
    let rate = |random: &mut Random| 10f32.powi(-(random.between(1, 4) as i32));
    let (lr, share, decay) = (rate(random), random.within(0.1, 0.95), random.within(0.0, 0.1));
    let (l, m, d) = (f64::from(lr), f64::from(share), f64::from(decay));
    add(lr, Optimizer::sgd(lr).into(), Box::new(move |w, g| w - l * g));
    add(
        lr,
        Optimizer::sgd(lr).momentum(share).weight_decay(decay).into(),
        Box::new(move |w, g| w * (1.0 - l * d) - l * g),
    );
    add(lr, Optimizer::sgd(lr).momentum(share).nesterov().into(), Box::new(move |w, g| w - l * g - m * l * g));

    let (lr, rho, epsilon) = (rate(random), random.within(0.5, 0.99), random.one_of(&[1e-7f32, 1e-5, 1e-3]));
    let (l, r, e) = (f64::from(lr), f64::from(rho), f64::from(epsilon));
    let rmsprop = || Optimizer::rmsprop(lr).rho(rho).epsilon(epsilon);
    add(lr, rmsprop().into(), Box::new(move |w, g| w - l * g / ((1.0 - r) * g * g + e).sqrt()));
    let centered = move |g: f64| l * g / ((1.0 - r) * g * g - ((1.0 - r) * g).powi(2) + e).sqrt();
    add(
        lr,
        rmsprop().centered().momentum(share).weight_decay(decay).into(),
        Box::new(move |w, g| w * (1.0 - l * d) - centered(g)),
    );

    let (lr, first, second) = (rate(random), random.within(0.1, 0.99), random.within(0.5, 0.9999));
    let (l, a, b) = (f64::from(lr), f64::from(first), f64::from(second));
    let step = move |g: f64| {
        let alpha = l * (1.0 - b).sqrt() / (1.0 - a);
        alpha * (1.0 - a) * g / (((1.0 - b) * g * g).sqrt() + e)
    };
    let adam = || Optimizer::adam(lr).betas(first, second).epsilon(epsilon);
    add(lr, adam().into(), Box::new(move |w, g| w - step(g)));
    add(lr, adam().weight_decay(decay).into(), Box::new(move |w, g| w * (1.0 - l * d) - step(g)));
    made
}
