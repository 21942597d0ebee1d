//! Receiver operating characteristic of a two-class model.

use super::Evaluation;
use crate::NetworkError;
use cuaderno_display::{MimeBundle, Rich};

/// True against false positives at every threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Roc {
    /// Share of the negatives that are taken for positive, ascending from 0 to 1.
    pub false_positive_rate: Vec<f64>,
    /// Share of the positives found.
    pub true_positive_rate: Vec<f64>,
    /// Area under the curve, by trapezoids: the chance that a positive scores above a negative.
    pub auc: f64,
}

impl Evaluation {
    /// The curve of class 1 of two.
    ///
    /// # Errors
    /// If there are not two classes, or one of them has no examples.
    pub fn roc(&self) -> Result<Roc, NetworkError> {
        let classes = self.predictions.class_names.len();
        let positives = self.labels.iter().filter(|label| **label == 1).count();
        let negatives = self.labels.len() - positives;
        if classes != 2 || positives == 0 || negatives == 0 {
            let found = format!("{classes} classes, {positives} examples of class 1 and {negatives} of others");
            let advice = "a ROC curve needs two classes with examples of both".into();
            return Err(NetworkError::Setting { setting: "the evaluation", found, advice });
        }
        let mut scored: Vec<(f32, bool)> =
            self.labels.iter().enumerate().map(|(i, label)| (self.predictions.row(i)[1], *label == 1)).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut roc = Roc { false_positive_rate: vec![0.0], true_positive_rate: vec![0.0], auc: 0.0 };
        let (mut found, mut mistaken) = (0, 0);
        // Equal scores share a threshold: one point for all of them.
        for same in scored.chunk_by(|a, b| a.0 == b.0) {
            found += same.iter().filter(|(_, positive)| *positive).count();
            mistaken += same.iter().filter(|(_, positive)| !positive).count();
            let (x, y) = (mistaken as f64 / negatives as f64, found as f64 / positives as f64);
            let (x0, y0) = (
                roc.false_positive_rate[roc.false_positive_rate.len() - 1],
                roc.true_positive_rate[roc.true_positive_rate.len() - 1],
            );
            roc.auc += (x - x0) * (y + y0) / 2.0;
            roc.false_positive_rate.push(x);
            roc.true_positive_rate.push(y);
        }
        Ok(roc)
    }
}

impl Rich for Roc {
    fn mime_bundle(&self) -> MimeBundle {
        let points = self.false_positive_rate.iter().zip(&self.true_positive_rate);
        let path: Vec<String> =
            points.map(|(x, y)| format!("{:.1},{:.1}", 40.0 + 200.0 * x, 220.0 - 200.0 * y)).collect();
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 260 260\" width=\"320\" font-family=\"sans-serif\" font-size=\"10\">\
             <rect width=\"260\" height=\"260\" fill=\"white\"/>\
             <rect x=\"40\" y=\"20\" width=\"200\" height=\"200\" fill=\"none\" stroke=\"#999\"/>\
             <path d=\"M40,220L240,20\" stroke=\"#bbb\" stroke-dasharray=\"4\"/>\
             <polyline points=\"{}\" fill=\"none\" stroke=\"#1f4e8c\" stroke-width=\"2\"/>\
             <text x=\"140\" y=\"14\" text-anchor=\"middle\">ROC, area {:.3}</text>\
             <text x=\"140\" y=\"250\" text-anchor=\"middle\">false positive rate</text>\
             <text x=\"12\" y=\"120\" text-anchor=\"middle\" transform=\"rotate(-90 12 120)\">true positive rate</text>\
             <text x=\"40\" y=\"232\" text-anchor=\"middle\">0</text><text x=\"240\" y=\"232\" text-anchor=\"middle\">1</text>\
             <text x=\"34\" y=\"223\" text-anchor=\"end\">0</text><text x=\"34\" y=\"24\" text-anchor=\"end\">1</text></svg>",
            path.join(" "),
            self.auc
        );
        MimeBundle::text(format!("ROC: area {:.4}", self.auc)).with_svg(svg)
    }
}
