//! Loss and accuracy on examples that are not trained on.

use super::Predictions;
use super::interval::LEVEL;
use super::predict::{BATCH, for_each_batch};
use crate::train::{Loss, check_known};
use crate::{Examples, Network, NetworkError};
use cuaderno_display::{MimeBundle, Rich, Table};

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
        score(self, examples, BATCH, self.loss.unwrap_or_else(|| Loss::suggested(&self.graph)))
    }
}

/// Runs examples through the network; they have been checked.
pub(crate) fn score(
    network: &Network,
    examples: &dyn Examples,
    batch_size: usize,
    loss: Loss,
) -> Result<Evaluation, NetworkError> {
    let (independent, outputs) = (network.is_independent(), network.output().len());
    let mut total = 0.0;
    let mut labels = Vec::new();
    let mut predictions = Predictions::none(examples.class_names());
    for_each_batch(network, examples, batch_size, |logits, batch_labels| {
        total += f64::from(loss.compute(outputs, logits, batch_labels, None, None)) * batch_labels.len() as f64;
        predictions.add(independent, outputs, logits);
        labels.extend_from_slice(batch_labels);
    })?;
    let count = labels.len().max(1);
    let right = predictions.classes.iter().zip(&labels).filter(|(said, label)| said == label).count();
    Ok(Evaluation { loss: (total / count as f64) as f32, accuracy: right as f32 / count as f32, labels, predictions })
}

impl Rich for Evaluation {
    fn mime_bundle(&self) -> MimeBundle {
        let interval = self.interval(LEVEL).to_string();
        let rows = [
            ["images", "loss", "accuracy", "95 % interval"].map(String::from).to_vec(),
            vec![self.labels.len().to_string(), format!("{:.4}", self.loss), format!("{:.4}", self.accuracy), interval],
        ];
        Table::headed(rows).mime_bundle()
    }
}
