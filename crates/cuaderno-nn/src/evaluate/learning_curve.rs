//! Would more pictures help?

use super::trials::{Trained, Trials, fingerprint, kept_in_a_file};
use super::{Evaluation, Run};
use crate::random::{Stream, permutation};
use crate::{Examples, History, NetworkError, Subset};
use cuaderno_display::{MimeBundle, Rich, Table};
use cuaderno_plot::Line;
use std::path::PathBuf;

/// Trainings on growing shares of the training pictures.
///
/// ```
/// use cuaderno_nn::{Fit, TrainingSizes, cnn};
/// cnn! { Small: [3, 8, 8] => [flatten, dense(2), softmax] }
///
/// # fn run(train: &dyn cuaderno_nn::Examples, test: &dyn cuaderno_nn::Examples) -> Result<(), cuaderno_nn::NetworkError> {
/// let curve = TrainingSizes::new(&[0.1, 0.3, 1.0], 7).run(train, |part| {
///     let mut model = Small::new(7);
///     let history = model.fit(part, &Fit::new().steps_per_epoch(50).epochs(5).quiet())?;
///     Ok((history, model.evaluate(test)?))
/// })?;
/// curve.figure();
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct TrainingSizes {
    shares: Vec<f64>,
    seed: u64,
    checkpoint: Option<PathBuf>,
}

/// Accuracy over the number of training pictures; as the last expression of a cell, its table.
#[derive(Clone, Debug, PartialEq)]
pub struct LearningCurve {
    /// How many pictures each was trained on.
    pub images: Vec<usize>,
    /// What came of it.
    pub runs: Vec<Run>,
    /// Where an interrupt ended it, after how many sizes.
    pub stopped: Option<String>,
}

kept_in_a_file!(TrainingSizes, "pictures");

impl TrainingSizes {
    /// These shares of the training pictures, above 0 and up to 1, of each class its part, drawn by the seed; a larger share
    /// holds the smaller ones. Let all be trained for as many steps, `Fit::steps_per_epoch`: with as many epochs a smaller share also
    /// has fewer steps to learn in.
    pub fn new(shares: &[f64], seed: u64) -> Self {
        Self { shares: shares.to_vec(), seed, checkpoint: None }
    }

    /// Trains once for each share. An interrupt ends it; the training that it came into is left out.
    ///
    /// # Errors
    /// The first error of a training; if a share is not above 0 and up to 1, or holds no picture; if the pictures have no classes; if the
    /// file is of other pictures; [`NetworkError::Interrupted`] if an interrupt came into the first training.
    pub fn run(
        &self,
        examples: &dyn Examples,
        mut train: impl FnMut(&Subset) -> Result<(History, Evaluation), NetworkError>,
    ) -> Result<LearningCurve, NetworkError> {
        self.run_dyn(examples, &mut train)
    }

    fn run_dyn(
        &self,
        examples: &dyn Examples,
        train: &mut dyn FnMut(&Subset) -> Trained,
    ) -> Result<LearningCurve, NetworkError> {
        let parts = self.parts(examples)?;
        let trials = Trials {
            title: "learning curve",
            what: "sizes",
            identity: format!(
                "shares {:?} of {} pictures, seed {}, {:016x}",
                self.shares,
                examples.len(),
                self.seed,
                fingerprint(examples)
            ),
            seeds: vec![self.seed; parts.len()],
            checkpoint: self.checkpoint.as_deref(),
        };
        let runs = trials.run(&mut |index| train(&Subset::of(examples, parts[index].clone())))?;
        let stopped = trials.stopped(runs.len());
        let images = parts.iter().take(runs.len()).map(Vec::len).collect();
        Ok(LearningCurve { images, runs, stopped })
    }

    /// The pictures of each share, ascending.
    fn parts(&self, examples: &dyn Examples) -> Result<Vec<Vec<usize>>, NetworkError> {
        if examples.class_names().is_empty() {
            return Err(NetworkError::Unlabelled { what: "training" });
        }
        let mut by_class = vec![Vec::new(); examples.class_names().len()];
        (0..examples.len()).for_each(|place| by_class[examples.label(place)].push(place));
        // Each class in an order of its own, of which a share takes the beginning.
        for (class, places) in by_class.iter_mut().enumerate() {
            let order = permutation(places.len(), self.seed, Stream::Split, class as u64);
            *places = order.into_iter().map(|place| places[place]).collect();
        }
        let part = |share: &f64| {
            let (mut part, mut seen) = (Vec::new(), 0);
            for places in &by_class {
                // Rounded over all classes so far, so that rounding does not add up.
                let upto = |count: usize| (share * count as f64).round() as usize;
                part.extend_from_slice(&places[..(upto(seen + places.len()) - upto(seen)).min(places.len())]);
                seen += places.len();
            }
            part.sort_unstable();
            let possible = *share > 0.0 && *share <= 1.0 && !part.is_empty();
            possible.then_some(part).ok_or_else(|| {
                let advice =
                    format!("it must lie above 0 and up to 1, and hold one of the {} pictures", examples.len());
                NetworkError::Setting { setting: "a share of the training pictures", found: share.to_string(), advice }
            })
        };
        self.shares.iter().map(part).collect()
    }
}

impl LearningCurve {
    /// Accuracy over the number of training pictures: on the training pictures in the last epoch, and on the test pictures in
    /// the band of its 95 % interval. A wide gap between the two asks for more pictures, or a simpler network; where both are
    /// low and near, more pictures will not help.
    pub fn figure(&self) -> Line {
        let images: Vec<f64> = self.images.iter().map(|count| *count as f64).collect();
        let of = |value: fn(&Run) -> f64| self.runs.iter().map(value).collect::<Vec<f64>>();
        let train = ("train".to_owned(), images.clone(), of(|run| run.values().accuracy));
        let test = ("test".to_owned(), images, of(|run| run.test.accuracy.into()));
        let interval = |run: &Run| run.test.interval(super::interval::LEVEL);
        let (low, high): (Vec<f64>, Vec<f64>) =
            self.runs.iter().map(interval).map(|interval| (interval.low, interval.high)).unzip();
        let figure = Line::series("", vec![train, test]).and_then(|line| line.shade(1, &low, &high));
        figure
            .expect("as many of the one as of the other")
            .x_label("training pictures")
            .y_label("accuracy")
            .caption("95 % interval of the test accuracy")
    }
}

impl Rich for LearningCurve {
    fn mime_bundle(&self) -> MimeBundle {
        let heading = ["examples", "loss", "accuracy", "test loss", "test accuracy", "95 % interval"];
        let row = |(images, run): (&usize, &Run)| {
            let values = run.values();
            let numbers = [values.loss, values.accuracy, values.test_loss, values.test_accuracy];
            let interval = run.test.interval(super::interval::LEVEL).to_string();
            [images.to_string()].into_iter().chain(numbers.map(|x| format!("{x:.4}"))).chain([interval]).collect()
        };
        let rows =
            std::iter::once(heading.map(String::from).to_vec()).chain(self.images.iter().zip(&self.runs).map(row));
        Table::headed(rows).note(self.stopped.clone().unwrap_or_default()).mime_bundle()
    }
}
