//! Receiver operating characteristic, and precision against recall, of one class against the others.

use super::Evaluation;
use crate::NetworkError;
use cuaderno_display::{MimeBundle, Rich};
use cuaderno_plot::Line;

/// Curves that can be told apart in one figure.
const MOST_CURVES: usize = 20;

/// True against false positives at every threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Roc {
    /// Share of the negatives that are taken for positive, ascending from 0 to 1.
    pub false_positive_rate: Vec<f64>,
    /// Share of the positives found.
    pub true_positive_rate: Vec<f64>,
    /// Area under the curve, by trapezoids: the chance that a positive scores above a negative.
    pub auc: f64,
    /// Name of the class that counts as positive.
    pub positive: String,
}

impl Evaluation {
    /// The curve of class 1 of two.
    ///
    /// # Errors
    /// If there are not two classes, or one of them has no examples.
    pub fn roc(&self) -> Result<Roc, NetworkError> {
        if self.predictions.class_names.len() != 2 {
            let found = format!("{} classes", self.predictions.class_names.len());
            let advice =
                "a ROC curve needs two classes; `roc_curves` draws one for each class against the others".into();
            return Err(NetworkError::Setting { setting: "the evaluation", found, advice });
        }
        self.roc_of(1)
    }

    /// The curve of one class, counted from 0, against all others.
    ///
    /// # Errors
    /// If there is no such class, or it or the others have no examples.
    pub fn roc_of(&self, class: usize) -> Result<Roc, NetworkError> {
        let classes = self.predictions.class_names.len();
        let positives = self.labels.iter().filter(|label| **label == class).count();
        let negatives = self.labels.len() - positives;
        if class >= classes || positives == 0 || negatives == 0 {
            let found = format!("{classes} classes, {positives} examples of class {class} and {negatives} of others");
            let advice = "a ROC curve needs examples of the class and of others".into();
            return Err(NetworkError::Setting { setting: "the evaluation", found, advice });
        }
        let mut roc = Roc {
            false_positive_rate: vec![0.0],
            true_positive_rate: vec![0.0],
            auc: 0.0,
            positive: self.predictions.class_names[class].clone(),
        };
        let mut before = (0.0, 0.0);
        for (found, mistaken) in self.counts_by_threshold(class) {
            let (x, y) = (mistaken as f64 / negatives as f64, found as f64 / positives as f64);
            roc.auc += (x - before.0) * (y + before.1) / 2.0;
            roc.false_positive_rate.push(x);
            roc.true_positive_rate.push(y);
            before = (x, y);
        }
        Ok(roc)
    }

    /// How many of a class are found, and how many others taken for it, at each threshold from the highest score down.
    fn counts_by_threshold(&self, class: usize) -> Vec<(usize, usize)> {
        let score = |(i, label): (usize, &usize)| (self.predictions.row(i)[class], *label == class);
        let mut scored: Vec<(f32, bool)> = self.labels.iter().enumerate().map(score).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut found, mut mistaken) = (0, 0);
        let count = |same: &[(f32, bool)]| {
            found += same.iter().filter(|(_, positive)| *positive).count();
            mistaken += same.iter().filter(|(_, positive)| !positive).count();
            (found, mistaken)
        };
        // Equal scores share a threshold: one point for all of them.
        scored.chunk_by(|a, b| a.0 == b.0).map(count).collect()
    }

    /// A figure with the curve of each class against all others, up to 20 classes; those without examples have none.
    ///
    /// # Errors
    /// If no class has a curve.
    pub fn roc_curves(&self) -> Result<Line, NetworkError> {
        let classes = 0..self.predictions.class_names.len().min(MOST_CURVES);
        let curves: Vec<Roc> = classes.filter_map(|class| self.roc_of(class).ok()).collect();
        if curves.is_empty() {
            self.roc_of(0)?;
        }
        let line = |roc: Roc| {
            (format!("{}, area {:.3}", roc.positive, roc.auc), roc.false_positive_rate, roc.true_positive_rate)
        };
        let figure =
            Line::series("class", curves.into_iter().map(line).collect()).expect("as many of the one as of the other");
        Ok(unit_square(figure).title("ROC of each class against the others"))
    }

    /// A figure of precision against recall at every threshold, a curve for each class against all others (of two classes, of
    /// class 1 alone), up to 20. Each curve's name holds the average precision, as scikit-learn computes it:
    /// `Σ (recallₙ - recallₙ₋₁) precisionₙ`.
    ///
    /// # Errors
    /// If no class has examples.
    pub fn precision_recall(&self) -> Result<Line, NetworkError> {
        let names = &self.predictions.class_names;
        let classes = if names.len() == 2 { 1..2 } else { 0..names.len().min(MOST_CURVES) };
        let mut curves = Vec::new();
        for class in classes {
            let positives = self.labels.iter().filter(|label| **label == class).count();
            if positives == 0 {
                continue;
            }
            let (mut recall, mut precision, mut average) = (vec![0.0], vec![1.0], 0.0);
            for (found, mistaken) in self.counts_by_threshold(class) {
                let (r, p) = (found as f64 / positives as f64, found as f64 / (found + mistaken) as f64);
                average += (r - recall[recall.len() - 1]) * p;
                recall.push(r);
                precision.push(p);
            }
            curves.push((format!("{}, average {average:.3}", names[class]), recall, precision));
        }
        if curves.is_empty() {
            let advice = "precision and recall need examples of the class".into();
            return Err(NetworkError::Setting { setting: "the evaluation", found: "no examples".into(), advice });
        }
        let figure = Line::series("class", curves).expect("as many of the one as of the other");
        let figure = figure.square().x_range(0.0, 1.0).y_range(0.0, 1.0);
        Ok(figure.x_label("recall").y_label("precision").title("Precision and recall"))
    }
}

impl Roc {
    /// The curve as a figure, beside the diagonal that guessing would give.
    pub fn figure(&self) -> Line {
        let (x, y) = (self.false_positive_rate.clone(), self.true_positive_rate.clone());
        let line = Line::new(x, y).expect("as many shares of the one as of the other");
        let title = match self.positive.as_str() {
            "" => "ROC".to_owned(),
            class => format!("ROC of {class}"),
        };
        unit_square(line).title(format!("{title}, area {:.3}", self.auc))
    }
}

/// Axes of shares, and the diagonal.
pub(super) fn unit_square(line: Line) -> Line {
    line.square()
        .segment((0.0, 0.0), (1.0, 1.0))
        .x_range(0.0, 1.0)
        .y_range(0.0, 1.0)
        .x_label("false positive rate")
        .y_label("true positive rate")
}

impl Rich for Roc {
    fn mime_bundle(&self) -> MimeBundle {
        self.figure().mime_bundle()
    }
}
