//! Several models' answers as one: late fusion.

use super::{Evaluation, Predictions};
use crate::NetworkError;
use crate::train::predicted_class;

impl Evaluation {
    /// The result of two models together on the same examples in the same order, each model asked in its own way (a title, a picture):
    /// the mean of their probabilities, and the loss of that mean.
    ///
    /// ```no_run
    /// # fn show(by_title: &cuaderno_nn::Evaluation, by_picture: &cuaderno_nn::Evaluation) -> Result<(), cuaderno_nn::NetworkError> {
    /// let by_both = by_title.fused(by_picture)?;
    /// println!("{:.3} and {:.3}, together {:.3}", by_title.accuracy, by_picture.accuracy, by_both.accuracy);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// If the two are not of the same examples: other classes, or other labels.
    pub fn fused(&self, other: &Self) -> Result<Self, NetworkError> {
        let refused = |setting, found: String| {
            let advice = "both models are to be evaluated on the same examples in the same order".into();
            Err(NetworkError::Setting { setting, found, advice })
        };
        let (class_names, others) = (&self.predictions.class_names, &other.predictions.class_names);
        if class_names != others {
            return refused("the classes", format!("{} and {}", class_names.join(", "), others.join(", ")));
        }
        if self.labels != other.labels {
            let place = self.labels.iter().zip(&other.labels).position(|(one, other)| one != other);
            let differ = |index: usize| format!("different from example {index} on");
            let lengths = || format!("{} and {} long", self.labels.len(), other.labels.len());
            return refused("the list of labels", place.map_or_else(lengths, differ));
        }
        let pairs = self.predictions.probabilities.iter().zip(&other.predictions.probabilities);
        let probabilities: Vec<f32> = pairs.map(|(one, other)| (one + other) / 2.0).collect();
        let classes = probabilities.chunks_exact(class_names.len().max(1)).map(predicted_class).collect();
        let predictions = Predictions { probabilities, classes, class_names: class_names.clone() };
        Ok(Self::of(predictions, self.labels.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluation(probabilities: &[f32], labels: &[usize]) -> Evaluation {
        let classes = probabilities.chunks_exact(2).map(predicted_class).collect();
        let class_names = ["a", "b"].map(String::from).to_vec();
        let predictions = Predictions { probabilities: probabilities.to_vec(), classes, class_names };
        Evaluation { loss: 0.0, accuracy: 0.0, labels: labels.to_vec(), predictions }
    }

    #[test]
    fn the_surer_model_decides() {
        let (one, other) =
            (evaluation(&[0.625, 0.375, 0.25, 0.75], &[1, 1]), evaluation(&[0.125, 0.875, 0.5, 0.5], &[1, 1]));
        let both = one.fused(&other).unwrap();
        assert_eq!((both.accuracy, &both.predictions.classes[..]), (1.0, &[1, 1][..]));
        assert_eq!(both.predictions.probabilities, [0.375, 0.625, 0.375, 0.625]);
        assert!((both.loss - 0.470_004).abs() < 1e-5, "{}", both.loss); // -ln 0.625
        let says = |other: &Evaluation| one.fused(other).unwrap_err().to_string();
        assert!(says(&evaluation(&[0.125, 0.875, 0.5, 0.5], &[1, 0])).contains("from example 1 on"));
        assert!(says(&evaluation(&[0.125, 0.875], &[1])).contains("2 and 1 long"));
    }
}
