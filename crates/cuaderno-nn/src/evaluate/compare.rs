//! Several trainings in one figure.

use super::Runs;
use crate::History;
use cuaderno_plot::{Bar, Line, TrainingCurves};

/// Loss and accuracy of several trainings, epoch by epoch, a line each: on the validation examples if every training had some,
/// else on the training examples.
///
/// ```no_run
/// # fn show(plain: &cuaderno_nn::History, flipped: &cuaderno_nn::History) {
/// cuaderno_nn::compare(&[("as they are", plain), ("flipped", flipped)])
/// # ;
/// # }
/// ```
pub fn compare(trainings: &[(&str, &History)]) -> TrainingCurves {
    let validated = !trainings.is_empty() && trainings.iter().all(|(_, history)| !history.val_loss().is_empty());
    let panel = |of: fn(&History) -> Vec<f64>| -> Vec<(String, Vec<f64>)> {
        trainings.iter().map(|(name, history)| ((*name).to_owned(), of(history))).collect()
    };
    let (loss, accuracy, word) = match validated {
        true => (panel(History::val_loss), panel(History::val_accuracy), "validation "),
        false => (panel(History::loss), panel(History::accuracy), ""),
    };
    let add = |curves: TrainingCurves, measure: &str, series: &[(String, Vec<f64>)]| {
        let series: Vec<(&str, &[f64])> =
            series.iter().map(|(name, values)| (name.as_str(), values.as_slice())).collect();
        curves.panel(&format!("{word}{measure}"), &series)
    };
    add(add(TrainingCurves::new(), "loss", &loss), "accuracy", &accuracy)
}

/// Test accuracy of several models, each run several times: a bar at the mean, and a line from one standard deviation below it to
/// one above.
pub fn compare_runs(models: &[(&str, &Runs)]) -> Bar {
    let names: Vec<&str> = models.iter().map(|(name, _)| *name).collect();
    let means: Vec<f64> = models.iter().map(|(_, runs)| runs.mean().test_accuracy).collect();
    let deviations = models.iter().map(|(_, runs)| runs.deviation().test_accuracy);
    let (low, high): (Vec<f64>, Vec<f64>) =
        means.iter().zip(deviations).map(|(mean, deviation)| (mean - deviation, mean + deviation)).unzip();
    let mut counts: Vec<usize> = models.iter().map(|(_, runs)| runs.runs.len()).collect();
    counts.sort_unstable();
    counts.dedup();
    let counts: Vec<String> = counts.iter().map(usize::to_string).collect();
    let figure = Bar::new(&names, means).and_then(|bar| bar.error_bars(&low, &high));
    figure
        .expect("one of each for every model")
        .percent()
        .y_label("test accuracy")
        .caption(format!("mean and standard deviation of {} runs", counts.join(" or ")))
}

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
