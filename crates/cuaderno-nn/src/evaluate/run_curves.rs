//! Several runs of one model in one figure.

use super::Runs;
use crate::History;
use cuaderno_plot::Line;

/// One number for each epoch.
type Measure = fn(&History) -> Vec<f64>;

impl Runs {
    /// Accuracy epoch by epoch, the mean over the runs in a band of one standard deviation: on the training examples, and on
    /// the validation examples if there were any. Epochs that not all runs have reached are left out.
    pub fn curves(&self) -> Line {
        let measures: [(&str, Measure); 2] = [("train", History::accuracy), ("validation", History::val_accuracy)];
        let mut lines = Vec::new();
        let mut bands = Vec::new();
        for (name, of) in measures {
            let runs: Vec<Vec<f64>> = self.runs.iter().map(|run| of(&run.history)).collect();
            let epochs = runs.iter().map(Vec::len).min().unwrap_or(0);
            if epochs == 0 {
                continue;
            }
            let at = |epoch: usize| spread(&runs.iter().map(|run| run[epoch]).collect::<Vec<_>>());
            let points: Vec<(f64, f64)> = (0..epochs).map(at).collect();
            let x: Vec<f64> = (1..=epochs).map(|epoch| epoch as f64).collect();
            lines.push((name.to_owned(), x, points.iter().map(|(mean, _)| *mean).collect()));
            bands.push(points.into_iter().map(|(mean, deviation)| (mean - deviation, mean + deviation)).unzip());
        }
        let figure = Line::series("", lines).expect("an accuracy for each epoch");
        let shade = |(figure, place): (Line, usize), (low, high): &(Vec<f64>, Vec<f64>)| {
            (figure.shade(place, low, high).expect("an accuracy for each epoch"), place + 1)
        };
        let (figure, _) = bands.iter().fold((figure, 0), shade);
        let caption = format!("mean and standard deviation of {} runs", self.runs.len());
        figure.x_label("epoch").y_label("accuracy").caption(caption)
    }
}

/// Mean and standard deviation (divided by `n - 1`; of one value it is 0).
fn spread(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0).max(1.0)).sqrt())
}
