//! A support-vector classifier on a network's features.

use crate::ZooError;
use crate::score::scored;
use crate::svm_kernel::{Kernel, rows};
use crate::svm_pairs::Pairs;
use cuaderno_display::{MimeBundle, Rich};
use cuaderno_nn::{Evaluation, Examples, NetworkError, Predictions, free_memory};

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

    /// The γ to use; nothing for the linear kernel.
    fn checked_gamma(&self, features: usize) -> Result<Option<f32>, ZooError> {
        let gamma = self.gamma.unwrap_or(1.0 / features.max(1) as f64);
        for (setting, value) in [("cost", self.cost), ("gamma", gamma)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(setting_error(setting, value.to_string(), "use a number above 0, for example 1"));
            }
        }
        Ok((!self.linear).then_some(gamma as f32))
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
    kernel: Kernel,
    shape: [usize; 3],
    class_names: Vec<String>,
    text: String,
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
        let shape: [usize; 3] = examples.image_shape();
        let features = shape.iter().product();
        let gamma = how.checked_gamma(features)?;
        let (needed, free) = (Kernel::memory(labels.len()), free_memory());
        if needed > free {
            let gigabytes = |bytes: usize| bytes as f64 / 1e9;
            let found = format!("{}, which takes {:.1} GB", labels.len(), gigabytes(needed));
            let advice = format!("{:.1} GB are free; take fewer", gigabytes(free));
            return Err(setting_error("number of examples", found, &advice));
        }
        let rows = finite_rows(examples)?;
        let kernel = Kernel::new(&rows, features, gamma);
        let pairs = Pairs::fit(kernel.against_known(&rows), &labels, how.cost)?;
        let (vectors, count, name) =
            (pairs.support_vectors(), labels.len(), if how.linear { "linear" } else { "radial" });
        let text = format!("{vectors} support vectors of {count} examples in {} classes, {name} kernel", seen.len());
        Ok(Self { pairs, kernel, shape, class_names, text })
    }

    /// How many of the examples are support vectors: those on the edge of a gap, inside it, or on its wrong side.
    pub fn support_vectors(&self) -> usize {
        self.pairs.support_vectors()
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
        const ROWS: usize = 256; // at once, so that their pairs take little memory
        let rows = finite_rows(examples)?;
        let (mut probabilities, mut classes) = (Vec::new(), Vec::new());
        for rows in rows.chunks(ROWS * self.shape.iter().product::<usize>()) {
            for row in self.kernel.against_known(rows) {
                let (class, shares) = self.pairs.answer(&row, self.class_names.len());
                classes.push(class);
                probabilities.extend(shares);
            }
        }
        Ok(Predictions { probabilities, classes, class_names: self.class_names.clone() })
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
        MimeBundle::text(self.text.clone())
    }
}

fn setting_error(setting: &'static str, found: String, advice: &str) -> ZooError {
    ZooError::Setting { model: "SupportVectors".into(), setting, found, advice: advice.into() }
}

fn finite_rows(examples: &dyn Examples) -> Result<Vec<f32>, ZooError> {
    let rows = rows(examples);
    match rows.iter().position(|x| !x.is_finite()) {
        Some(place) => {
            let example = place / (rows.len() / examples.len());
            let found = format!("not finite in example {example}");
            Err(setting_error("a feature", found, "train the network again with a lower learning rate"))
        }
        None => Ok(rows),
    }
}
