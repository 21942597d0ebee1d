//! Which classes are taken for which, and what follows per class.

use super::Evaluation;
use cuaderno_display::{MimeBundle, Rich, Table, escape_html};
use cuaderno_plot::ConfusionMatrix;
use std::cmp::Ordering;

/// How often each true class was taken for each class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    /// Names of the classes.
    pub class_names: Vec<String>,
    /// `[true class, predicted class]`, row by row.
    pub counts: Vec<usize>,
}

/// Quality per class.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassReport {
    /// One line per class.
    pub classes: Vec<ClassLine>,
    /// Share of right answers over all classes.
    pub accuracy: f64,
}

/// Quality for one class. Where a quotient is zero by zero it is zero.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassLine {
    /// Name of the class.
    pub class: String,
    /// Right among those said to be of the class.
    pub precision: f64,
    /// Found among those of the class.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// Examples of the class.
    pub support: usize,
}

impl Evaluation {
    /// How often each class was taken for each.
    pub fn confusion(&self) -> Confusion {
        let class_names = self.predictions.class_names.clone();
        let classes = class_names.len();
        let mut counts = vec![0; classes * classes];
        for (label, said) in self.labels.iter().zip(&self.predictions.classes) {
            counts[label * classes + said] += 1;
        }
        Confusion { class_names, counts }
    }

    /// Precision, recall and F1 of each class.
    pub fn report(&self) -> ClassReport {
        self.confusion().report()
    }

    /// Share of examples whose class is among the `k` most probable ones.
    pub fn top_k(&self, k: usize) -> f64 {
        let hit = |(example, label): (usize, &usize)| {
            let (row, said) = (self.predictions.row(example), self.predictions.classes[example]);
            let before = |&(class, p): &(usize, &f32)| match p.partial_cmp(&row[*label]) {
                _ if class == *label => false,
                Some(Ordering::Less) => false,
                // Of equal probabilities the class that was said comes first, then the first in order.
                Some(Ordering::Equal) => class == said || (*label != said && class < *label),
                // Where there are no numbers nothing is right.
                Some(Ordering::Greater) | None => true,
            };
            row.iter().enumerate().filter(before).count() < k
        };
        let hits = self.labels.iter().enumerate().filter(|pair| hit(*pair)).count();
        hits as f64 / self.labels.len().max(1) as f64
    }
}

impl Confusion {
    /// How often examples of `label` were taken for `said`.
    pub fn count(&self, label: usize, said: usize) -> usize {
        self.counts.get(label * self.class_names.len() + said).copied().unwrap_or(0)
    }

    /// The counts as a picture, each cell shaded by its share of the true class.
    pub fn figure(&self) -> ConfusionMatrix {
        let classes = 0..self.class_names.len();
        let row = |label| classes.clone().map(move |said| self.count(label, said) as u64);
        let counts: Vec<u64> = classes.clone().flat_map(row).collect();
        ConfusionMatrix::new(&self.class_names, counts).expect("one count for each pair of classes")
    }

    /// Precision, recall and F1 of each class.
    pub fn report(&self) -> ClassReport {
        let classes = self.class_names.len();
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let line = |class: usize| {
            let right = self.count(class, class);
            let support = (0..classes).map(|said| self.count(class, said)).sum();
            let said = (0..classes).map(|label| self.count(label, class)).sum();
            let (precision, recall) = (share(right, said), share(right, support));
            let both = precision + recall;
            let f1 = if both == 0.0 { 0.0 } else { 2.0 * precision * recall / both };
            ClassLine { class: self.class_names[class].clone(), precision, recall, f1, support }
        };
        let right = (0..classes).map(|class| self.count(class, class)).sum();
        ClassReport { classes: (0..classes).map(line).collect(), accuracy: share(right, self.counts.iter().sum()) }
    }
}

impl Rich for Confusion {
    fn mime_bundle(&self) -> MimeBundle {
        let classes = self.class_names.len();
        let mut rows = vec![std::iter::once("true \\ predicted".to_owned()).chain(self.class_names.clone()).collect()];
        let mut html = String::from("<table><tr><th>true \\ predicted</th>");
        self.class_names.iter().for_each(|name| html += &format!("<th>{}</th>", escape_html(name)));
        html += "</tr>";
        for label in 0..classes {
            let counts: Vec<usize> = (0..classes).map(|said| self.count(label, said)).collect();
            let total = counts.iter().sum::<usize>().max(1) as f64;
            html += &format!("<tr><th>{}</th>", escape_html(&self.class_names[label]));
            for count in &counts {
                // Darker: a larger share of the row. Opaque, with letters of its own, so that a dark page is as readable.
                let (color, letters) = cuaderno_plot::shade_of(*count as f64 / total);
                html += &format!("<td style=\"background:{color};color:{letters};text-align:right\">{count}</td>");
            }
            html += "</tr>";
            rows.push(
                std::iter::once(self.class_names[label].clone()).chain(counts.iter().map(usize::to_string)).collect(),
            );
        }
        MimeBundle::text(Table::headed(rows).text()).with_html(html + "</table>")
    }
}

impl Rich for ClassReport {
    fn mime_bundle(&self) -> MimeBundle {
        let mut rows = vec![["class", "precision", "recall", "F1", "support"].map(String::from).to_vec()];
        let number = |x: f64| format!("{x:.3}");
        for line in &self.classes {
            let numbers = [line.precision, line.recall, line.f1].map(number);
            rows.push([vec![line.class.clone()], numbers.to_vec(), vec![line.support.to_string()]].concat());
        }
        let total: usize = self.classes.iter().map(|line| line.support).sum();
        let weighted = |value: fn(&ClassLine) -> f64, weight: &dyn Fn(&ClassLine) -> f64| {
            let sum: f64 = self.classes.iter().map(weight).sum();
            number(self.classes.iter().map(|line| value(line) * weight(line)).sum::<f64>() / sum.max(f64::MIN_POSITIVE))
        };
        let plain = |_: &ClassLine| 1.0;
        let by_support = |line: &ClassLine| line.support as f64;
        for (name, weight) in [("mean", &plain as &dyn Fn(&ClassLine) -> f64), ("weighted mean", &by_support)] {
            rows.push(vec![
                name.to_owned(),
                weighted(|l| l.precision, weight),
                weighted(|l| l.recall, weight),
                weighted(|l| l.f1, weight),
                total.to_string(),
            ]);
        }
        Table::headed(rows).note(format!("accuracy {:.4}", self.accuracy)).mime_bundle()
    }
}
