//! Whether a network that says 0.8 is right in eight of ten cases.

use super::Evaluation;
use super::interval::{Interval, LEVEL};
use crate::NetworkError;
use cuaderno_display::{MimeBundle, Rich};
use cuaderno_plot::Line;

/// Confidence against accuracy: of the pictures whose most probable class had about this probability, how many were right.
///
/// As the last expression of a cell it shows its [`figure`](Self::figure).
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// Steps of confidence, those without pictures left out.
    pub bins: Vec<CalibrationBin>,
    /// Mean distance of accuracy from confidence, each step by its share of the pictures (Guo et al., 2017); 0 is perfect.
    pub expected_error: f64,
    /// The largest such distance.
    pub largest_error: f64,
}

/// One step of confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibrationBin {
    /// Mean probability of the class that was said.
    pub confidence: f64,
    /// Share of right answers.
    pub accuracy: f64,
    /// Pictures.
    pub count: usize,
    /// Where the true share lies, at 95 %: Wilson's interval.
    pub interval: Interval,
}

impl Evaluation {
    /// How well the probabilities of the classes that were said agree with the shares of right answers, in `bins` steps of
    /// equal width from 0 to 1; 10 are usual. A probability at a border belongs to the step below it, as in scikit-learn's
    /// `calibration_curve`.
    ///
    /// # Errors
    /// If there are no steps or no pictures, or a probability is no number.
    pub fn calibration(&self, bins: usize) -> Result<Calibration, NetworkError> {
        let refuse = |setting, found: String, advice: &str| {
            Err(NetworkError::Setting { setting, found, advice: advice.to_owned() })
        };
        if bins == 0 || self.labels.is_empty() {
            let found = format!("{bins} for {} pictures", self.labels.len());
            return refuse("the number of steps", found, "a calibration curve needs one at least, and pictures");
        }
        let mut steps = vec![(0.0, 0usize, 0usize); bins];
        for (index, right) in self.right().enumerate() {
            let said = self.predictions.classes[index];
            let confidence = f64::from(self.predictions.row(index).get(said).copied().unwrap_or(f32::NAN));
            if confidence.is_nan() {
                let advice = "the network has broken down: lower the learning rate and train it anew";
                return refuse("a probability", "not a number".into(), advice);
            }
            let step = &mut steps[((confidence * bins as f64).ceil() as usize).clamp(1, bins) - 1];
            *step = (step.0 + confidence, step.1 + usize::from(right), step.2 + 1);
        }
        let bin = |(sum, right, count): (f64, usize, usize)| CalibrationBin {
            confidence: sum / count as f64,
            accuracy: right as f64 / count as f64,
            count,
            interval: Interval::of_share(right, count, LEVEL),
        };
        let bins: Vec<CalibrationBin> = steps.into_iter().filter(|step| step.2 > 0).map(bin).collect();
        let distance = |bin: &CalibrationBin| (bin.accuracy - bin.confidence).abs();
        let weighted = |bin: &CalibrationBin| distance(bin) * bin.count as f64;
        let expected_error = bins.iter().map(weighted).sum::<f64>() / self.labels.len() as f64;
        let largest_error = bins.iter().map(distance).fold(0.0, f64::max);
        Ok(Calibration { bins, expected_error, largest_error })
    }
}

impl Calibration {
    /// Accuracy over confidence with its 95 % interval, beside the diagonal of a perfectly calibrated network: a curve below it
    /// is overconfident.
    pub fn figure(&self) -> Line {
        let of = |value: fn(&CalibrationBin) -> f64| self.bins.iter().map(value).collect::<Vec<f64>>();
        let line = Line::new(of(|bin| bin.confidence), of(|bin| bin.accuracy))
            .and_then(|line| line.shade(0, &of(|bin| bin.interval.low), &of(|bin| bin.interval.high)));
        line.expect("as many of the one as of the other")
            .square()
            .segment((0.0, 0.0), (1.0, 1.0))
            .x_range(0.0, 1.0)
            .y_range(0.0, 1.0)
            .x_label("probability of the class that is said")
            .y_label("share of right answers")
            .title(format!("Calibration, expected error {:.3}", self.expected_error))
            .caption("95 % intervals of the shares")
    }
}

impl Rich for Calibration {
    fn mime_bundle(&self) -> MimeBundle {
        self.figure().mime_bundle()
    }
}
