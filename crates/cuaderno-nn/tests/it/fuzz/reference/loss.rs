//! Cross-entropies of scores, as Keras defines them: means over the batch, examples weighed by their class.

use super::pointwise::probabilities;
use super::values::{Gradient, Values};
use crate::fuzz::case::{Case, Layer, Numbers};

/// How the scores of a network become answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// One class among several.
    OneOf,
    /// Each output says yes or no by itself.
    Independent,
    /// Each output is a number.
    Numbers(Numbers),
}

/// A loss.
pub struct Judge {
    pub answers: Answers,
    /// What each class counts.
    pub weights: Vec<f64>,
    /// The share of the targets that is spread over all classes.
    pub smoothing: f64,
}

impl Case {
    /// The layers before a last softmax or sigmoid, which belongs to the loss, and that layer.
    pub fn body_and_head(&self) -> (Vec<Layer>, Option<Layer>) {
        without_head(&self.layers)
    }

    /// How this case's network is trained.
    pub fn trained_as(&self) -> Answers {
        let one = super::super::shapes::of(&self.layers, self.input).is_some_and(|shape| shape.len() == 1);
        match self.body_and_head().1 {
            None if self.numbers.is_some() => Answers::Numbers(self.numbers.expect("numbers")),
            Some(Layer::Sigmoid) => Answers::Independent,
            None if one || self.binary => Answers::Independent,
            _ => Answers::OneOf,
        }
    }
}

fn without_head(layers: &[Layer]) -> (Vec<Layer>, Option<Layer>) {
    match layers.split_last() {
        Some((Layer::Model(inner), rest)) => {
            let (inner, head) = without_head(inner);
            (rest.iter().cloned().chain([Layer::Model(inner)]).collect(), head)
        }
        Some((head @ (Layer::Softmax | Layer::Sigmoid), rest)) => (rest.to_vec(), Some(head.clone())),
        _ => (layers.to_vec(), None),
    }
}

impl Judge {
    /// The loss of a batch, and the gradient of its scores. Numbers that are to be learnt are `targets`.
    pub fn loss(&self, scores: &Values, labels: &[usize], targets: &[f32]) -> (f64, Gradient) {
        if let Answers::Numbers(loss) = self.answers {
            return of_numbers(loss, scores, targets);
        }
        let (outputs, batch) = (scores.shape.len(), labels.len() as f64);
        let mut gradient = Gradient::zeros(scores.data.len());
        let mut total = 0.0;
        for (n, (row, label)) in scores.data.chunks_exact(outputs).zip(labels).enumerate() {
            let d = &mut gradient.data[n * outputs..(n + 1) * outputs];
            let weight = self.weights[*label];
            match self.answers {
                Answers::OneOf => {
                    let p = probabilities(row);
                    let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let sum: f64 = row.iter().map(|x| (x - largest).exp()).sum();
                    for (i, x) in row.iter().enumerate() {
                        let target = self.smoothed(i == *label, outputs);
                        total += weight * target * (largest + sum.ln() - x) / batch;
                        d[i] = weight * (p[i] - target) / batch;
                    }
                }
                Answers::Independent => {
                    for (i, x) in row.iter().enumerate() {
                        let target = self.smoothed(*label == if outputs == 1 { 1 } else { i }, 2);
                        let share = weight / batch / outputs as f64;
                        total += share * (x.max(0.0) - x * target + (-x.abs()).exp().ln_1p());
                        d[i] = share * (1.0 / (1.0 + (-x).exp()) - target);
                    }
                }
                Answers::Numbers(_) => unreachable!("numbers have no labels"),
            }
        }
        let heaviest = self.weights.iter().copied().fold(0.0, f64::max);
        gradient.noise = heaviest / batch * (scores.noise + 2e-7);
        (total, gradient)
    }

    /// A target of which a share is spread over so many parts.
    fn smoothed(&self, is_right: bool, parts: usize) -> f64 {
        f64::from(u8::from(is_right)) * (1.0 - self.smoothing) + self.smoothing / parts as f64
    }
}

/// Means over all numbers of a batch. Where an error is 0 but for rounding, its sign is either, or none, as the slope there.
fn of_numbers(loss: Numbers, scores: &Values, targets: &[f32]) -> (f64, Gradient) {
    assert_eq!(scores.data.len(), targets.len());
    let count = targets.len() as f64;
    let mut gradient = Gradient::zeros(targets.len());
    let mut total = 0.0;
    for (at, (score, target)) in scores.data.iter().zip(targets).enumerate() {
        let error = score - f64::from(*target);
        match loss {
            Numbers::SquaredError => {
                total += error * error / count;
                gradient.data[at] = 2.0 * error / count;
            }
            Numbers::AbsoluteError => {
                total += error.abs() / count;
                gradient.data[at] = error.signum() / count;
                if scores.is_close(error, 0.0) {
                    gradient.doubt[at] = 2.0 / count;
                }
            }
        }
    }
    gradient.noise = match loss {
        Numbers::SquaredError => 2.0 / count * (scores.noise + 2e-7),
        Numbers::AbsoluteError => 1e-7 / count,
    };
    (total, gradient)
}
