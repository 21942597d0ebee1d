//! The reference is judged by Keras: a sample of a hundred networks, whose numbers `tests/keras/random_networks.py` printed.

use super::build;
use super::case::{Case, Layer, Shape};
use super::generate::Budget;
use super::reference::{Gradient, Reference};
use cuaderno_nn::Network;

/// Numbers in -1..1 that look random, as the script computes them.
fn wave(count: usize, phase: f64) -> Vec<f64> {
    let number = |i: usize| (i as f64 * 12.9898 + phase).sin() * 43758.5453;
    (0..count).map(|i| 2.0 * (number(i) - number(i).floor()) - 1.0).collect()
}

fn dot(values: &[f64]) -> f64 {
    values.iter().zip(wave(values.len(), 0.75)).map(|(a, b)| a * b).sum()
}

/// A case of a seed without dropout, whose numbers only this library draws.
fn case(seed: u64) -> Case {
    let case = Case::generate(seed, Budget(200_000));
    Case { batch: case.batch.min(6), layers: without_dropout(&case.layers), ..case }
}

fn without_dropout(layers: &[Layer]) -> Vec<Layer> {
    let kept = layers.iter().filter(|layer| !matches!(layer, Layer::Dropout(_)));
    let inner = |layer: &Layer| match layer {
        Layer::Model(layers) => Layer::Model(without_dropout(layers)),
        Layer::Residual(branch, shortcut) => {
            Layer::Residual(without_dropout(branch), shortcut.as_deref().map(without_dropout))
        }
        other => other.clone(),
    };
    kept.map(inner).collect()
}

/// The line by which the script knows a case.
fn line(case: &Case) -> String {
    let shape = match case.input {
        Shape::Image(sizes) => sizes.map(|size| size.to_string()).join(","),
        Shape::Row(n) => n.to_string(),
    };
    let layers: Vec<String> = case.layers.iter().map(Layer::to_string).collect();
    format!("{}\t{}\t{shape}\t{}", case.seed, case.batch, layers.join(", "))
}

/// The sums of the script.
fn numbers(case: &Case) -> Vec<f64> {
    let network = Network::new(build::layers(case), 0);
    let mut tensors = Vec::new();
    for (name, shape) in network.tensors() {
        let x = wave(shape.iter().product(), (tensors.len() + 1) as f64);
        tensors.push(match name.rsplit('/').next() {
            Some("kernel") => {
                let (taps, ends) = shape.split_at(shape.len() - 2);
                let limit = (6.0 / (taps.iter().product::<usize>() * (ends[0] + ends[1])) as f64).sqrt();
                x.into_iter().map(|x| limit * x).collect()
            }
            Some("gamma") => x.into_iter().map(|x| 1.0 + 0.3 * x).collect(),
            Some("moving_variance") => x.into_iter().map(|x| 1.0 + 0.5 * x).collect(),
            _ => x.into_iter().map(|x| 0.3 * x).collect::<Vec<f64>>(),
        });
    }
    let reference = Reference { tensors: &tensors, trains: true, frozen: 0, key: &|_| 0 };
    let input: Vec<f32> = wave(case.batch * case.input.len(), 0.25).into_iter().map(|x| x as f32).collect();
    let run = reference.run(&case.layers, &input, case.input);
    let weights = wave(run.output.data.len(), 0.5);
    let total = run.output.data.iter().zip(&weights).map(|(y, w)| y * w).sum();
    let (input, gradients) = run.back(Gradient { data: weights, ..Gradient::zeros(run.output.data.len()) });
    let trained = gradients.iter().flatten().map(|gradient| dot(&gradient.data));
    let moved = run.moved.iter().flatten().map(|values| dot(&values.data));
    [total, dot(&input.data)].into_iter().chain(trained).chain(moved).collect()
}

#[test]
fn the_reference_computes_what_keras_computes() {
    let mut compared = 0;
    for expected in include_str!("../../keras/random_networks.txt").lines() {
        let (known, values) = expected.rsplit_once('\t').unwrap();
        let case = case(known.split('\t').next().unwrap().parse().unwrap());
        assert_eq!(line(&case), known, "cases are others than those of the script: run it again");
        let values: Vec<f64> = values.split(' ').map(|value| value.parse().unwrap()).collect();
        let found = numbers(&case);
        assert_eq!(found.len(), values.len(), "{known}");
        for (found, value) in found.iter().zip(&values) {
            assert!((found - value).abs() < 1e-6 * (1.0 + value.abs()), "{known}\n{found} {value}");
        }
        compared += 1;
    }
    assert!(compared >= 100, "{compared}");
}

/// Prints the cases for the script.
#[test]
#[ignore = "makes the input of tests/keras/random_networks.py"]
fn sample() {
    (0..125).for_each(|seed| println!("{}", line(&case(seed))));
}
