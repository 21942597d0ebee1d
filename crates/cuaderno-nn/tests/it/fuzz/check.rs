//! Runs a case both ways.

use super::case::{Case, Layer, Numbers, Shape};
use super::compare::Tally;
use super::data::{Data, turned};
use super::random::Random;
use super::reference::{Answers, Gradient, Judge, Reference, Run, Values, dropout, probabilities};
use super::{build, optimizers, shapes};
use cuaderno_nn::{Fit, Loss, Network, Optimizer, typed};

/// Compares a network with the reference; what differs first is the error.
pub fn check(case: &Case) -> Result<Tally, String> {
    let output = shapes::of(&case.layers, case.input).expect("the case fits");
    let mut trial = Trial::new(case, output)?;
    trial.predictions()?;
    trial.tape(false)?;
    trial.tape(true)?;
    trial.training()?;
    Ok(trial.tally)
}

struct Trial<'a> {
    case: &'a Case,
    output: Shape,
    network: Network,
    data: Data,
    judge: Judge,
    tally: Tally,
}

impl<'a> Trial<'a> {
    fn new(case: &'a Case, output: Shape) -> Result<Self, String> {
        let layers = build::layers(case);
        let ours = (layers.output().is_image(), layers.output().channels(), layers.output().size());
        let expected = (matches!(output, Shape::Image(_)), output.channels(), output.size());
        if ours != expected {
            return Err(format!("output {ours:?}, expected {expected:?}"));
        }
        let mut network = Network::new(layers, case.seed);
        network.set_tensor_values(&parameters(case, &network));
        network.freeze(case.frozen);
        let classes = output.len().max(2);
        let mut random = Random(case.seed ^ 0xC1A5);
        let weight = |random: &mut Random| if case.class_weights { f64::from(random.within(0.3, 2.0)) } else { 1.0 };
        let weights = (0..classes).map(|_| weight(&mut random)).collect();
        let judge = Judge { answers: case.trained_as(), weights, smoothing: f64::from(case.smoothing) };
        Ok(Self { case, output, network, data: Data::new(case, output.len()), judge, tally: Tally::default() })
    }

    /// A run of the reference with a network's parameters.
    fn reference(
        &self,
        network: &Network,
        layers: &[Layer],
        trains: bool,
        step_key: u64,
        part: std::ops::Range<usize>,
    ) -> Run {
        let tensors: Vec<Vec<f64>> =
            network.tensor_values().into_iter().map(|t| t.into_iter().map(f64::from).collect()).collect();
        let key = |name: &str| dropout::key(step_key, network.position(name).expect("a dropout is an operation"));
        let reference = Reference { tensors: &tensors, trains, frozen: self.case.frozen, key: &key };
        reference.run(layers, self.data.part(part), self.case.input)
    }

    /// Prediction by the folded plan, and by the unfolded one.
    fn predictions(&mut self) -> Result<(), String> {
        let all = 0..self.data.labels.len();
        let run = self.reference(&self.network, &self.case.layers, false, 0, all.clone());
        let error = |error: cuaderno_nn::NetworkError| error.to_string();
        let folded = self.network.outputs(&self.data).map_err(error)?;
        self.tally.values("outputs of the folded plan", &folded, &run.output, 1e-6)?;
        let unfolded = self.network.outputs_after(self.network.layers().len(), &self.data, true).map_err(error)?;
        self.tally.values("outputs of the unfolded plan", &unfolded, &run.output, 1e-6)?;
        let (body, head) = self.case.body_and_head();
        if self.case.numbers.is_some() {
            return Ok(()); // numbers have no probabilities
        }
        let scores = self.reference(&self.network, &body, false, 0, all).output;
        let rows = scores.data.chunks_exact(self.output.len());
        let yes = |x: &f64| 1.0 / (1.0 + (-x).exp());
        let expected: Vec<f64> = match head {
            _ if self.output.len() == 1 => rows.flat_map(|row| [1.0 - yes(&row[0]), yes(&row[0])]).collect(),
            Some(Layer::Sigmoid) => scores.data.iter().map(yes).collect(),
            _ => rows.flat_map(probabilities).collect(),
        };
        let expected = Values { data: expected, noise: scores.noise, shape: scores.shape };
        let predictions = self.network.predict(&self.data).map_err(error)?;
        self.tally.values("probabilities", &predictions.probabilities, &expected, 1e-6)
    }

    /// One batch there and back as on a dfdx tape: outputs, and gradients of some function of them.
    fn tape(&mut self, trains: bool) -> Result<(), String> {
        let (case, batch) = (self.case, self.case.batch);
        let mode = if trains { "training on a tape" } else { "prediction on a tape" };
        let step_key = dropout::hash(case.seed, 0, 1);
        let run = self.reference(&self.network, &case.layers, trains, step_key, 0..batch);
        let mut random = Random(case.seed ^ 0x7A9E);
        let d_output: Vec<f32> = run.output.data.iter().map(|_| random.within(-1.0, 1.0)).collect();
        let (d_input, d_tensors) = run.back(Gradient {
            data: d_output.iter().map(|d| f64::from(*d)).collect(),
            ..Gradient::zeros(d_output.len())
        });
        let mut network = self.network.clone();
        let input = turned(self.data.part(0..batch), case.input, true);
        let [output, found_input, found] =
            typed::there_and_back(&mut network, trains, input, turned(&d_output, self.output, true));
        self.tally.values(&format!("{mode}: output"), &turned(&output, self.output, false), &run.output, 1e-6)?;
        let found_input = turned(&found_input, case.input, false);
        self.tally.gradient(&format!("{mode}: gradient of the input"), &found_input, &d_input, 1e-7)?;
        self.statistics(mode, &network, &run)?;
        let found = self.by_tensor(&found);
        self.gradients(mode, &found, &d_tensors, 1e-7)
    }

    /// Two steps of plain descent, from which the gradients are read off, then one of every optimizer.
    fn training(&mut self) -> Result<(), String> {
        let case = self.case;
        let (body, _) = case.body_and_head();
        let key = |step| dropout::hash(case.seed, step, 0);
        let run = self.reference(&self.network, &body, true, key(0), 0..case.batch);
        let (loss, d_scores) = self.judged(&run, 0..case.batch);
        let (_, expected) = run.back(d_scores);
        // So long a step that its rounding does not hide the gradient, and the next batch still finds a sane network.
        let largest = expected.iter().flatten().flat_map(|g| &g.data).fold(1e-12f64, |a, b| a.max(b.abs()));
        let rate = 2f32.powi((0.5 / largest).log2().floor().clamp(-10.0, 30.0) as i32);
        let descent: Optimizer = Optimizer::sgd(rate).into();

        let first = self.stepped(&descent, 1)?;
        let allowed = SIGMA_LOSS * run.output.noise + 1e-5 * (1.0 + loss.abs());
        self.tally.all("loss of the first step", &[first.1 as f32], &[loss], &|_| allowed)?;
        let gradient = self.read_off("first step", &self.network.clone(), &first.0, rate, &expected)?;
        self.statistics("first step", &first.0, &run)?;
        if case.rest > 0 {
            let part = case.batch..case.batch + case.rest;
            let second = self.stepped(&descent, 2)?.0;
            // Where several batches make a step, the second is seen by the parameters that the first was seen by.
            let together = case.accumulate > 1;
            let before = if together { with_statistics_of(&self.network, &first.0) } else { first.0 };
            let run = self.reference(&before, &body, true, key(1), part.clone());
            let (_, d_scores) = self.judged(&run, part);
            let (_, later) = run.back(d_scores);
            match together {
                true => {
                    let means = expected.iter().zip(&later).map(|(a, b)| Some(mean(a.as_ref()?, b.as_ref()?)));
                    self.read_off("step of two batches", &before, &second, rate, &means.collect::<Vec<_>>())?;
                }
                false => {
                    self.read_off("second step", &before, &second, rate, &later)?;
                }
            }
            self.statistics("second step", &second, &run)?;
        }
        self.optimizers(&gradient, rate)
    }

    /// The loss of examples that the reference has run, and the gradient of their scores.
    fn judged(&self, run: &Run, part: std::ops::Range<usize>) -> (f64, Gradient) {
        self.judge.loss(&run.output, &self.data.labels[part.clone()], self.data.targets_of(part))
    }

    /// The network after so many batches, and the loss.
    fn stepped(&self, optimizer: &Optimizer, steps: usize) -> Result<(Network, f64), String> {
        let mut network = self.network.clone();
        let weights: Vec<f32> = self.judge.weights.iter().map(|w| *w as f32).collect();
        let how = Fit::new().batch_size(self.case.batch).steps_per_epoch(steps).shuffle(false).quiet();
        let how = how.label_smoothing(self.case.smoothing).accumulate(self.case.accumulate);
        let how = if self.case.class_weights { how.class_weights(&weights) } else { how };
        let is_binary = self.judge.answers == Answers::Independent;
        let how = if is_binary { how.loss(Loss::BinaryCrossEntropy) } else { how };
        let how = match self.judge.answers {
            Answers::Numbers(Numbers::SquaredError) => how.loss(Loss::MeanSquaredError),
            Answers::Numbers(Numbers::AbsoluteError) => how.loss(Loss::MeanAbsoluteError),
            _ => how,
        };
        let history = network.fit(&self.data, &how.optimizer(optimizer.clone())).map_err(|error| error.to_string())?;
        Ok((network, history.loss()[0]))
    }

    /// The gradient that a step of descent took, compared.
    fn read_off(
        &mut self,
        step: &str,
        before: &Network,
        after: &Network,
        rate: f32,
        expected: &[Option<Gradient>],
    ) -> Result<Vec<f64>, String> {
        let (before, after) = (before.current_weights(), after.current_weights());
        let taken: Vec<f64> =
            before.iter().zip(&after).map(|(a, b)| (f64::from(*a) - f64::from(*b)) / f64::from(rate)).collect();
        let found: Vec<f32> = taken.iter().map(|g| *g as f32).collect();
        let largest = before.iter().chain(&after).fold(0.0f32, |a, b| a.max(b.abs()));
        let found = self.by_tensor(&found);
        self.gradients(step, &found, expected, f64::from(largest) * 1.5e-7 / f64::from(rate))?;
        Ok(taken)
    }

    /// Trainable values, one list a tensor; none for running statistics.
    fn by_tensor(&self, values: &[f32]) -> Vec<(String, Option<Vec<f32>>)> {
        let mut rest = values;
        let mut next = |(name, shape): (&str, &[usize])| {
            if name.contains("moving_") {
                return (name.to_owned(), None);
            }
            let (own, others) = rest.split_at(shape.iter().product());
            rest = others;
            (name.to_owned(), Some(own.to_vec()))
        };
        self.network.tensors().map(&mut next).collect()
    }

    fn gradients(
        &mut self,
        mode: &str,
        found: &[(String, Option<Vec<f32>>)],
        expected: &[Option<Gradient>],
        further: f64,
    ) -> Result<(), String> {
        for ((name, found), expected) in found.iter().zip(expected) {
            let Some(found) = found else { continue };
            let what = format!("{mode}: gradient of {name}");
            match expected.as_ref().filter(|_| !self.is_frozen(name)) {
                Some(expected) => self.tally.gradient(&what, found, expected, further)?,
                None => self.tally.all(&what, found, &vec![0.0; found.len()], &|_| 0.0)?,
            }
        }
        Ok(())
    }

    fn is_frozen(&self, tensor: &str) -> bool {
        tensor.split('_').next().and_then(|number| number.parse::<usize>().ok()).is_some_and(|n| n <= self.case.frozen)
    }

    /// Running statistics after a run that moved them, or did not.
    fn statistics(&mut self, mode: &str, network: &Network, run: &Run) -> Result<(), String> {
        let names: Vec<String> = network.tensors().map(|(name, _)| name.to_owned()).collect();
        for ((name, found), moved) in names.iter().zip(network.tensor_values()).zip(&run.moved) {
            if let Some(expected) = moved {
                self.tally.values(&format!("{mode}: {name}"), &found, expected, 1e-7)?;
            }
        }
        Ok(())
    }

    /// One step of every optimizer down the gradient that was found.
    fn optimizers(&mut self, gradient: &[f64], rate: f32) -> Result<(), String> {
        let before = self.network.current_weights();
        let frozen: Vec<bool> = self
            .by_tensor(&before)
            .iter()
            .flat_map(|(name, values)| vec![self.is_frozen(name); values.as_ref().map_or(0, Vec::len)])
            .collect();
        // The gradient is known up to the rounding of the step it was read from.
        let unsure =
            |i: usize| (f64::from(before[i].abs()) + gradient[i].abs() * f64::from(rate)) * 1.5e-7 / f64::from(rate);
        for trial in optimizers::trials(&mut Random(self.case.seed ^ 0x0971)) {
            let after = self.stepped(&trial.optimizer, 1)?.0.current_weights();
            let rule =
                |i: usize, g: f64| if frozen[i] { f64::from(before[i]) } else { (trial.rule)(f64::from(before[i]), g) };
            let expected: Vec<f64> = (0..before.len()).map(|i| rule(i, gradient[i])).collect();
            let allowed = |i: usize| {
                let spread = rule(i, gradient[i] + unsure(i)) - rule(i, gradient[i] - unsure(i));
                spread.abs() + 2e-6 * trial.learning_rate + 2e-7 * f64::from(before[i].abs())
            };
            self.tally.all(&format!("a step of {:?}", trial.optimizer), &after, &expected, &allowed)?;
        }
        Ok(())
    }
}

/// A network with the parameters of one and the running statistics of another.
fn with_statistics_of(network: &Network, other: &Network) -> Network {
    let mut result = network.clone();
    let names = network.tensors().map(|(name, _)| name.contains("moving_"));
    let values = names.zip(network.tensor_values()).zip(other.tensor_values());
    let values: Vec<_> = values.map(|((is_moving, own), other)| if is_moving { other } else { own }).collect();
    result.set_tensor_values(&values);
    result
}

/// The mean of two gradients.
fn mean(a: &Gradient, b: &Gradient) -> Gradient {
    let mut sum = a.clone();
    sum.add(b);
    sum.data.iter_mut().chain(&mut sum.doubt).for_each(|value| *value /= 2.0);
    sum.noise /= 2.0;
    sum
}

const SIGMA_LOSS: f64 = 2.0 * super::reference::SIGMAS;

/// Parameters as they may be after some training, or, where the case is fresh, as they are in a new network.
pub fn parameters(case: &Case, network: &Network) -> Vec<Vec<f32>> {
    let mut random = Random(case.seed ^ 0x3E16);
    let names: Vec<String> = network.tensors().map(|(name, _)| name.to_owned()).collect();
    let mut values = network.tensor_values();
    for (name, values) in names.iter().zip(&mut values) {
        let kind = name.rsplit('/').next().unwrap_or_default();
        for value in values.iter_mut() {
            *value = match kind {
                "gamma" if !case.fresh => random.within(0.5, 1.5) * if random.chance(0.15) { -1.0 } else { 1.0 },
                "bias" | "beta" if !case.fresh => random.within(-0.3, 0.3),
                "moving_mean" => random.within(-0.3, 0.3),
                "moving_variance" => random.within(0.3, 2.0),
                _ => *value,
            };
        }
    }
    values
}
