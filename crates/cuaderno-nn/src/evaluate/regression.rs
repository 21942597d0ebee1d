//! How well numbers are predicted.

use super::predict::{BATCH, for_each_batch};
use crate::train::check_targets;
use crate::{Examples, Network, NetworkError};
use cuaderno_display::{MimeBundle, Rich, Table};
use cuaderno_plot::Scatter;

/// A network's results on examples whose numbers are known.
#[derive(Clone, Debug, PartialEq)]
pub struct RegressionEvaluation {
    /// What is predicted.
    pub names: Vec<String>,
    /// The true numbers, `[examples, names]`, row by row.
    pub truth: Vec<f32>,
    /// What the network said, in the same order.
    pub predicted: Vec<f32>,
}

/// How far off the predictions of one number are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumberErrors {
    /// Mean squared error.
    pub mse: f64,
    /// Mean absolute error, in the number's own unit.
    pub mae: f64,
    /// Share of the variance that is explained: 1 of perfect predictions, 0 of the mean, below 0 of worse ones. As in
    /// scikit-learn, of a number that never changes it is 1 where all is right, else 0.
    pub r2: f64,
}

impl Network {
    /// How far the predictions of numbers are off: squared and absolute errors and R².
    ///
    /// # Errors
    /// If the examples do not fit the model or have classes instead, or an interrupt came.
    pub fn evaluate_regression(&self, examples: &dyn Examples) -> Result<RegressionEvaluation, NetworkError> {
        check_targets(self, examples, "test")?;
        let names = examples.target_names().to_vec();
        let (mut truth, mut predicted) = (Vec::new(), Vec::new());
        for_each_batch(self, examples, BATCH, |outputs, batch| {
            predicted.extend_from_slice(outputs);
            truth.extend_from_slice(&batch.targets);
        })?;
        Ok(RegressionEvaluation { names, truth, predicted })
    }
}

impl RegressionEvaluation {
    /// Number of examples.
    pub fn len(&self) -> usize {
        self.truth.len() / self.names.len().max(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.truth.is_empty()
    }

    /// The true and the predicted values of one number, counted from 0.
    fn columns(&self, number: usize) -> (Vec<f64>, Vec<f64>) {
        let of = |values: &[f32]| values.iter().skip(number).step_by(self.names.len()).map(|x| f64::from(*x)).collect();
        (of(&self.truth), of(&self.predicted))
    }

    /// The errors of each number, in the order of the names.
    pub fn each(&self) -> Vec<NumberErrors> {
        let of = |number| {
            let (truth, predicted) = self.columns(number);
            NumberErrors::of(&truth, &predicted)
        };
        (0..self.names.len()).map(of).collect()
    }

    /// Mean squared error, over all numbers.
    pub fn mse(&self) -> f64 {
        mean(self.each().iter().map(|errors| errors.mse))
    }

    /// Mean absolute error, over all numbers.
    pub fn mae(&self) -> f64 {
        mean(self.each().iter().map(|errors| errors.mae))
    }

    /// Share of the variance that is explained, of several numbers the mean of their shares: see [`NumberErrors::r2`].
    pub fn r2(&self) -> f64 {
        mean(self.each().iter().map(|errors| errors.r2))
    }

    /// Predicted against true values, a point an example, beside the line on which both are equal; of several numbers the first.
    pub fn figure(&self) -> Scatter {
        self.figure_of_index(0)
    }

    fn figure_of_index(&self, number: usize) -> Scatter {
        let (truth, predicted) = self.columns(number);
        let all = truth.iter().chain(&predicted).copied().filter(|value| value.is_finite());
        let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let caption = self.each().get(number).map(|errors| format!("MAE {:.4}, R² {:.4}", errors.mae, errors.r2));
        let name = self.names.get(number).map_or("", String::as_str);
        let figure = Scatter::new(truth, predicted).expect("one prediction for each example");
        let figure = if low < high { figure.segment((low, low), (high, high)) } else { figure };
        figure.x_label(name).y_label(format!("{name}, predicted")).caption(caption.unwrap_or_default())
    }

    /// The same for the number of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn figure_of(&self, name: &str) -> Result<Scatter, NetworkError> {
        let found = self.names.iter().position(|known| known == name);
        found.map(|number| self.figure_of_index(number)).ok_or_else(|| {
            let advice = format!("there are {}", self.names.join(", "));
            NetworkError::Setting { setting: "the number", found: format!("{name:?}"), advice }
        })
    }
}

impl NumberErrors {
    /// Of predictions, each beside the truth.
    fn of(truth: &[f64], predicted: &[f64]) -> Self {
        let errors = || truth.iter().zip(predicted).map(|(truth, predicted)| predicted - truth);
        let average = mean(truth.iter().copied());
        let residual: f64 = errors().map(|error| error * error).sum();
        let variance: f64 = truth.iter().map(|truth| (truth - average) * (truth - average)).sum();
        let r2 = match (residual == 0.0, variance == 0.0) {
            (true, _) => 1.0,
            (false, true) => 0.0,
            (false, false) => 1.0 - residual / variance,
        };
        Self { mse: mean(errors().map(|error| error * error)), mae: mean(errors().map(f64::abs)), r2 }
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1) as f64;
    values.sum::<f64>() / count
}

impl Rich for RegressionEvaluation {
    fn mime_bundle(&self) -> MimeBundle {
        let heading = ["number", "examples", "MSE", "MAE", "R²"].map(String::from).to_vec();
        let row = |(name, errors): (&String, NumberErrors)| {
            let NumberErrors { mse, mae, r2 } = errors;
            vec![name.clone(), self.len().to_string(), format!("{mse:.4}"), format!("{mae:.4}"), format!("{r2:.4}")]
        };
        Table::headed([heading].into_iter().chain(self.names.iter().zip(self.each()).map(row))).mime_bundle()
    }
}
