//! Which mistakes are made most often.

use super::{Confusion, Evaluation};
use cuaderno_display::{MimeBundle, Rich, Table};

/// The most frequent mistakes; as the last expression of a cell, a table.
#[derive(Clone, Debug, PartialEq)]
pub struct MostConfused(pub Vec<Mistaken>);

/// One kind of mistake.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistaken {
    /// The true class.
    pub class: String,
    /// What it was taken for.
    pub predicted: String,
    /// How often.
    pub count: usize,
    /// That as a share of the pictures of the true class.
    pub share: f64,
}

impl Evaluation {
    /// The `count` most frequent mistakes: [`Confusion::most_confused`].
    pub fn most_confused(&self, count: usize) -> MostConfused {
        self.confusion().most_confused(count)
    }
}

impl Confusion {
    /// The `count` most frequent mistakes, one at least, the most frequent first; of those as frequent the larger share of its class, then
    /// in the order of the classes. Mistakes that never happened are left out.
    pub fn most_confused(&self, count: usize) -> MostConfused {
        let classes = 0..self.class_names.len();
        let total = |label: usize| classes.clone().map(|said| self.count(label, said)).sum::<usize>().max(1) as f64;
        let mistaken = |label: usize, said: usize| Mistaken {
            class: self.class_names[label].clone(),
            predicted: self.class_names[said].clone(),
            count: self.count(label, said),
            share: self.count(label, said) as f64 / total(label),
        };
        let pairs = classes.clone().flat_map(|label| classes.clone().map(move |said| (label, said)));
        let wrong = pairs.filter(|(label, said)| label != said && self.count(*label, *said) > 0);
        let mut mistakes: Vec<Mistaken> = wrong.map(|(label, said)| mistaken(label, said)).collect();
        mistakes.sort_by(|a, b| b.count.cmp(&a.count).then(b.share.total_cmp(&a.share)));
        mistakes.truncate(count.max(1));
        MostConfused(mistakes)
    }
}

impl Rich for MostConfused {
    fn mime_bundle(&self) -> MimeBundle {
        let heading = ["class", "taken for", "count", "share of the class"].map(String::from).to_vec();
        let row = |one: &Mistaken| {
            vec![one.class.clone(), one.predicted.clone(), one.count.to_string(), format!("{:.3}", one.share)]
        };
        let note = if self.0.is_empty() { "no mistakes" } else { "" };
        Table::headed([heading].into_iter().chain(self.0.iter().map(row))).left(2).note(note).mime_bundle()
    }
}
