//! Loss and accuracy on examples that are not trained on.

use super::Predictions;
use super::interval::LEVEL;
use super::predict::{BATCH, for_each_batch};
use crate::train::{Loss, check_known};
use crate::{Examples, Network, NetworkError};
use cuaderno_display::{MimeBundle, Rich, Table};
use cuaderno_ops::mean_absolute_error;

/// A network's results on labelled examples.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Mean loss.
    pub loss: f32,
    /// Share of right answers, `0.0..=1.0`.
    pub accuracy: f32,
    /// The true classes.
    pub labels: Vec<usize>,
    /// What the network said.
    pub predictions: Predictions,
}

impl Network {
    /// Loss, accuracy and everything derived from the predictions: confusion, precision and recall, ROC. The loss is the one
    /// that the network was last trained with; otherwise the one that its last layer suggests.
    ///
    /// # Errors
    /// If the examples do not fit the model, or an interrupt came.
    pub fn evaluate(&self, examples: &dyn Examples) -> Result<Evaluation, NetworkError> {
        check_known(self, examples, "test")?;
        score(self, examples, BATCH, self.loss.unwrap_or_else(|| Loss::suggested(&self.graph, examples)), 0.0)
    }
}

impl Evaluation {
    /// The accuracy of always naming the most frequent class of these examples, the majority-class baseline: what a network has to
    /// beat. NaN of no examples.
    pub fn baseline(&self) -> f64 {
        let mut counts = vec![0_usize; self.predictions.class_names.len()];
        self.labels.iter().for_each(|label| counts[*label] += 1);
        counts.into_iter().max().unwrap_or(0) as f64 / self.labels.len() as f64
    }

    /// Cross-entropy and accuracy of probabilities that no single network's scores stand behind.
    #[doc(hidden)]
    pub fn of(predictions: Predictions, labels: Vec<usize>) -> Self {
        let count = labels.len().max(1) as f32;
        // Keras's smallest probability
        let loss = |(index, label): (usize, &usize)| -libm::logf(predictions.row(index)[*label].max(1e-7));
        let loss = labels.iter().enumerate().map(loss).sum::<f32>() / count;
        let right = labels.iter().zip(&predictions.classes).filter(|(label, said)| label == said).count();
        Self { loss, accuracy: right as f32 / count, labels, predictions }
    }
}

/// What training wants to know of its validation examples.
pub(crate) struct Scored {
    pub loss: f32,
    /// Of classes.
    pub accuracy: Option<f32>,
    /// Of numbers.
    pub mae: Option<f32>,
}

/// Scores validation examples; they have been checked.
pub(crate) fn validate(
    network: &Network,
    examples: &dyn Examples,
    batch_size: usize,
    loss: Loss,
    smoothing: f32,
) -> Result<Scored, NetworkError> {
    if !loss.is_of_numbers() {
        let scored = score(network, examples, batch_size, loss, smoothing)?;
        return Ok(Scored { loss: scored.loss, accuracy: Some(scored.accuracy), mae: None });
    }
    let outputs = network.output().len();
    let (mut total, mut error) = (0.0, 0.0);
    for_each_batch(network, examples, batch_size, |scores, batch| {
        let count = batch.labels.len() as f64;
        total += f64::from(loss.compute(outputs, scores, batch, 0.0, None, None)) * count;
        error += f64::from(mean_absolute_error(scores, &batch.targets, None)) * count;
    })?;
    let mean = |total: f64| (total / examples.len().max(1) as f64) as f32;
    Ok(Scored { loss: mean(total), accuracy: None, mae: Some(mean(error)) })
}

/// Runs examples with classes through the network; they have been checked.
fn score(
    network: &Network,
    examples: &dyn Examples,
    batch_size: usize,
    loss: Loss,
    smoothing: f32,
) -> Result<Evaluation, NetworkError> {
    let (independent, outputs) = (network.is_independent(), network.output().len());
    let mut total = 0.0;
    let mut labels = Vec::new();
    let mut predictions = Predictions::none(examples.class_names());
    for_each_batch(network, examples, batch_size, |logits, batch| {
        let mean = loss.compute(outputs, logits, batch, smoothing, None, None);
        total += f64::from(mean) * batch.labels.len() as f64;
        predictions.add(independent, outputs, logits);
        labels.extend_from_slice(&batch.labels);
    })?;
    let count = labels.len().max(1);
    let right = predictions.classes.iter().zip(&labels).filter(|(said, label)| said == label).count();
    Ok(Evaluation { loss: (total / count as f64) as f32, accuracy: right as f32 / count as f32, labels, predictions })
}

impl Rich for Evaluation {
    fn mime_bundle(&self) -> MimeBundle {
        let interval = self.interval(LEVEL).to_string();
        let rows = [
            ["examples", "loss", "accuracy", "95 % interval"].map(String::from).to_vec(),
            vec![self.labels.len().to_string(), format!("{:.4}", self.loss), format!("{:.4}", self.accuracy), interval],
        ];
        Table::headed(rows).mime_bundle()
    }
}
