//! One border for each two classes, and how their answers become votes and probabilities.
//!
//! LIBSVM's own probabilities come from a random generator that all fits of a process share, so that a second fit differs from
//! the first. Here folds follow from the order of the examples.

use crate::ZooError;
use cuaderno_display::interrupt;
use cuaderno_nn::NetworkError;
use libsvm_rs::predict::predict_values;
use libsvm_rs::probability::{multiclass_probability, sigmoid_predict, sigmoid_train};
use libsvm_rs::train::svm_train;
use libsvm_rs::{KernelType, SvmModel, SvmNode, SvmParameter, SvmProblem};

const FOLDS: usize = 5;

/// LIBSVM's smallest probability of one class against another.
const LEAST: f64 = 1e-7;

#[derive(Clone, Debug)]
pub(crate) struct Pairs {
    model: SvmModel,
    /// For each pair of classes, A and B of Platt's `1 / (1 + exp(A f + B))`.
    sigmoids: Vec<(f64, f64)>,
}

impl Pairs {
    /// Fits borders on rows of the kernel.
    pub fn fit(rows: Vec<Vec<SvmNode>>, labels: &[usize], cost: f64) -> Result<Self, ZooError> {
        libsvm_rs::set_quiet(true);
        let parameter = SvmParameter { kernel_type: KernelType::Precomputed, c: cost, ..SvmParameter::default() };
        // Classes in the order of their numbers, so that the pairs are, too.
        let mut order: Vec<usize> = (0..labels.len()).collect();
        order.sort_by_key(|index| labels[*index]);
        let train = |keep: &dyn Fn(usize) -> bool| {
            let chosen: Vec<usize> = (0..order.len()).filter(|place| keep(*place)).map(|place| order[place]).collect();
            let labels = chosen.iter().map(|index| labels[*index] as f64).collect();
            let instances = chosen.iter().map(|index| rows[*index].clone()).collect();
            let mut model = svm_train(&SvmProblem { labels, instances }, &parameter);
            // Of a support vector only its number is read.
            model.sv.iter_mut().for_each(|vector| *vector = vec![vector[0]]);
            model
        };
        let mut held_out = Vec::new();
        for fold in 0..FOLDS {
            if interrupt::requested() {
                return Err(
                    NetworkError::Interrupted { done: 0, total: labels.len(), what: "examples", kept: false }.into()
                );
            }
            // Numbers 0 to 4 round and round give each fold a fifth of each class.
            let model = train(&|place| place % FOLDS != fold);
            let left = order.iter().skip(fold).step_by(FOLDS);
            held_out.extend(left.map(|index| (labels[*index], named_decisions(&model, &rows[*index]))));
        }
        let model = train(&|_| true);
        let sigmoid = |[first, second]: [usize; 2]| {
            let of_pair = held_out.iter().filter(|(label, _)| *label == first || *label == second);
            let found = of_pair.filter_map(|(label, decisions)| {
                let (_, value) = decisions.iter().find(|(pair, _)| *pair == [first, second])?;
                Some((*value, if *label == first { 1.0 } else { -1.0 }))
            });
            let (values, sides): (Vec<f64>, Vec<f64>) = found.unzip();
            sigmoid_train(&values, &sides)
        };
        let sigmoids = pairs(&model).map(sigmoid).collect();
        Ok(Self { model, sigmoids })
    }

    pub fn support_vectors(&self) -> usize {
        self.model.sv.len()
    }

    /// The class with most votes, and the probability of each of `classes` classes; zero for one that had no example.
    pub fn answer(&self, row: &[SvmNode], classes: usize) -> (usize, Vec<f32>) {
        let count = self.model.nr_class;
        let (mut votes, mut against) = (vec![0; count], vec![vec![0.0; count]; count]);
        let places = (0..count).flat_map(|i| (i + 1..count).map(move |j| (i, j)));
        for (((i, j), value), (a, b)) in places.zip(decisions(&self.model, row)).zip(&self.sigmoids) {
            votes[if value > 0.0 { i } else { j }] += 1;
            let probability = sigmoid_predict(value, *a, *b).clamp(LEAST, 1.0 - LEAST);
            (against[i][j], against[j][i]) = (probability, 1.0 - probability);
        }
        let mut shares = [against[0][1], against[1][0]].to_vec();
        if count > 2 {
            shares = vec![0.0; count];
            multiclass_probability(count, &against, &mut shares);
        }
        // Of as many votes, the first class, as in LIBSVM.
        let winner = (0..count).rev().max_by_key(|place| votes[*place]).unwrap_or(0);
        let mut probabilities = vec![0.0; classes];
        self.model.label.iter().zip(&shares).for_each(|(label, share)| probabilities[*label as usize] = *share as f32);
        (self.model.label[winner] as usize, probabilities)
    }
}

/// The two classes of each border.
fn pairs(model: &SvmModel) -> impl Iterator<Item = [usize; 2]> {
    let labels = &model.label;
    (0..labels.len()).flat_map(move |i| (i + 1..labels.len()).map(move |j| [labels[i] as usize, labels[j] as usize]))
}

/// On which side of each border a row lies, and how far from it.
fn decisions(model: &SvmModel, row: &[SvmNode]) -> Vec<f64> {
    let mut values = vec![0.0; model.rho.len()];
    predict_values(model, row, &mut values);
    values
}

/// The same with the classes; empty if examples of one class only were left.
fn named_decisions(model: &SvmModel, row: &[SvmNode]) -> Vec<([usize; 2], f64)> {
    pairs(model).zip(decisions(model, row)).collect()
}
