//! A support-vector classifier on a network's features.

use crate::ZooError;
use crate::score::scored;
use crate::svm_pairs::Pairs;
use cuaderno_display::{MimeBundle, Rich};
use cuaderno_nn::{Evaluation, Examples, NetworkError, Predictions};
use libsvm_rs::{KernelType, SvmNode, SvmParameter, SvmParameterBuilder};
use rayon::prelude::*;

/// How a support-vector classifier is fitted: kernel and cost, as in scikit-learn's `SVC`.
#[derive(Clone, Debug)]
pub struct Svm {
    linear: bool,
    cost: f64,
    gamma: Option<f64>,
}

impl Default for Svm {
    fn default() -> Self {
        Self { linear: false, cost: 1.0, gamma: None }
    }
}

impl Svm {
    /// The kernel `exp(-γ |x - y|²)` with γ one over the number of features, and a cost of 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// The kernel `x · y`: borders between classes are planes.
    pub fn linear(self) -> Self {
        Self { linear: true, ..self }
    }

    /// What an example on the wrong side costs, above 0; the larger, the narrower the gap.
    pub fn cost(self, cost: f64) -> Self {
        Self { cost, ..self }
    }

    /// The kernel's γ, above 0; the larger, the nearer a support vector's influence ends.
    pub fn gamma(self, gamma: f64) -> Self {
        Self { gamma: Some(gamma), ..self }
    }

    fn parameter(&self, features: usize) -> Result<SvmParameter, ZooError> {
        let gamma = self.gamma.unwrap_or(1.0 / features.max(1) as f64);
        for (setting, value) in [("cost", self.cost), ("gamma", gamma)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(setting_error(setting, value.to_string(), "use a number above 0, for example 1"));
            }
        }
        let kernel = if self.linear { KernelType::Linear } else { KernelType::Rbf };
        let parameter = SvmParameterBuilder::new().kernel_type(kernel).gamma(gamma).c(self.cost).build();
        parameter.map_err(|error| setting_error("settings", error.to_string(), "use other ones"))
    }
}

/// A support-vector classifier (Cortes and Vapnik, 1995; LIBSVM's algorithm): between each two classes the border with the
/// widest gap, and the class that most borders vote for.
///
/// Features are standardized by mean and deviation of the examples it was fitted on. Probabilities are Platt's, from five
/// fits that each leave a fifth of the examples out; the vote may differ from the most probable class where both are close.
/// The same examples give the same classifier.
///
/// ```no_run
/// # use cuaderno_nn::{Examples, Fit, cnn};
/// # use cuaderno_zoo::{Features, SupportVectors, Svm};
/// # fn run(train: &dyn Examples, test: &dyn Examples) -> Result<(), cuaderno_zoo::ZooError> {
/// cnn! { Net: [3, 32, 32] => [conv2d(8, 3), relu, max_pool(2), flatten, dense(100), relu, dense(10), softmax] }
/// let mut net = Net::new(1);
/// net.fit(train, &Fit::new().epochs(10))?;
/// let svm = SupportVectors::fit(&Features::of(&net, "5_dense", train)?, &Svm::new())?;
/// println!("softmax {:.3}", net.evaluate(test)?.accuracy);
/// println!("SVM {:.3}", svm.evaluate(&Features::of(&net, "5_dense", test)?)?.accuracy);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct SupportVectors {
    pairs: Pairs,
    /// Mean and one over the deviation of each feature.
    scaling: Vec<(f64, f64)>,
    shape: [usize; 3],
    class_names: Vec<String>,
    fitted_on: usize,
}

impl SupportVectors {
    /// Fits borders between the classes of labelled features, or of any other examples.
    ///
    /// # Errors
    /// If there are fewer than two classes with examples, a feature is not finite, or a setting makes no sense.
    pub fn fit(examples: &dyn Examples, how: &Svm) -> Result<Self, ZooError> {
        let class_names = examples.class_names().to_vec();
        let labels: Vec<usize> = (0..examples.len()).map(|index| examples.label(index)).collect();
        if let Some(index) = labels.iter().position(|label| *label >= class_names.len()) {
            let (label, classes) = (labels[index], class_names.len());
            return Err(NetworkError::Label { index, label, classes }.into());
        }
        let mut seen = labels.clone();
        seen.sort_unstable();
        seen.dedup();
        if seen.len() < 2 {
            let advice = "a border needs examples of two classes or more";
            return Err(setting_error("number of classes with examples", seen.len().to_string(), advice));
        }
        let shape = examples.image_shape();
        let parameter = how.parameter(shape.iter().product())?;
        let values = values(examples)?;
        let scaling = scaling(&values);
        let rows = values.iter().map(|row| nodes(row, &scaling)).collect();
        let pairs = Pairs::fit(rows, &labels, &parameter)?;
        Ok(Self { pairs, scaling, shape, class_names, fitted_on: labels.len() })
    }

    /// How many of the examples are support vectors: those on the edge of a gap, inside it, or on its wrong side.
    pub fn support_vectors(&self) -> usize {
        self.pairs.model().sv.len()
    }

    /// The class of every example, and probabilities.
    ///
    /// # Errors
    /// If the examples have another shape than those it was fitted on, or a feature is not finite.
    pub fn predict(&self, examples: &dyn Examples) -> Result<Predictions, ZooError> {
        if examples.image_shape() != self.shape {
            let advice = format!("it was fitted on {:?}; take the features of the same layer", self.shape);
            return Err(setting_error("shape of the examples", format!("{:?}", examples.image_shape()), &advice));
        }
        let classes = self.class_names.len();
        let values = values(examples)?;
        let answer = |row: &Vec<f32>| self.pairs.answer(&nodes(row, &self.scaling), classes);
        let answers: Vec<(usize, Vec<f32>)> = values.par_iter().map(answer).collect();
        let (classes, probabilities): (Vec<usize>, Vec<Vec<f32>>) = answers.into_iter().unzip();
        Ok(Predictions { probabilities: probabilities.concat(), classes, class_names: self.class_names.clone() })
    }

    /// Accuracy on labelled examples, cross-entropy of the probabilities, and everything that follows from the predictions.
    ///
    /// # Errors
    /// Those of [`predict`](Self::predict); if the examples have other classes.
    pub fn evaluate(&self, examples: &dyn Examples) -> Result<Evaluation, ZooError> {
        if examples.class_names() != self.class_names {
            let found = examples.class_names().join(", ");
            let advice = format!("it was fitted on {}", self.class_names.join(", "));
            return Err(setting_error("list of classes", found, &advice));
        }
        Ok(scored(self.predict(examples)?, examples))
    }
}

impl Rich for SupportVectors {
    fn mime_bundle(&self) -> MimeBundle {
        let kernel = if self.pairs.model().param.kernel_type == KernelType::Linear { "linear" } else { "radial" };
        let (vectors, examples, classes) = (self.support_vectors(), self.fitted_on, self.class_names.len());
        let text = format!("{vectors} support vectors of {examples} examples in {classes} classes, {kernel} kernel");
        MimeBundle::text(text)
    }
}

fn setting_error(setting: &'static str, found: String, advice: &str) -> ZooError {
    ZooError::Setting { model: "SupportVectors".into(), setting, found, advice: advice.into() }
}

/// One row for each example.
fn values(examples: &dyn Examples) -> Result<Vec<Vec<f32>>, ZooError> {
    let length = examples.image_shape().iter().product();
    let row = |index| {
        let mut row = vec![0.0; length];
        examples.write_image(index, 0, &mut row);
        row
    };
    let rows: Vec<Vec<f32>> = (0..examples.len()).into_par_iter().map(row).collect();
    match rows.iter().position(|row| row.iter().any(|x| !x.is_finite())) {
        Some(index) => {
            Err(setting_error("a feature", format!("not finite in example {index}"), "train the network again"))
        }
        None => Ok(rows),
    }
}

/// Mean and one over the deviation of each column; a column without deviation is left as it is.
fn scaling(rows: &[Vec<f32>]) -> Vec<(f64, f64)> {
    let count = rows.len() as f64;
    let column = |place: usize| {
        let mean = rows.iter().map(|row| f64::from(row[place])).sum::<f64>() / count;
        let variance = rows.iter().map(|row| (f64::from(row[place]) - mean).powi(2)).sum::<f64>() / count;
        (mean, if variance > 0.0 { 1.0 / variance.sqrt() } else { 1.0 })
    };
    (0..rows[0].len()).into_par_iter().map(column).collect()
}

/// A standardized row as LIBSVM takes it.
fn nodes(row: &[f32], scaling: &[(f64, f64)]) -> Vec<SvmNode> {
    let scaled = row.iter().zip(scaling).map(|(x, (mean, factor))| (f64::from(*x) - mean) * factor);
    scaled.zip(1..).map(|(value, index)| SvmNode { index, value }).collect()
}
