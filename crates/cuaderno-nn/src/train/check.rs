//! Whether examples and settings fit a network, found out before the first step.

use super::Loss;
use super::fit::{ClassWeights, Fit};
use super::mixup::ALPHAS;
use crate::layers::Head;
use crate::{Examples, Network, NetworkError, PREPARED_ROWS, Shape};
use cuaderno_display::counted;
use std::collections::HashSet;

/// Whether a network can take these examples and name their classes.
fn check_examples(network: &Network, examples: &dyn Examples, what: &'static str) -> Result<(), NetworkError> {
    check_input(network, examples, what)?;
    if !examples.target_names().is_empty() {
        return check_targets(network, examples, what);
    }
    if examples.class_names().is_empty() {
        return Err(NetworkError::Unlabelled { what });
    }
    let model = network.name();
    let classes = examples.class_names().len();
    let output = network.output();
    if output.is_image() {
        return Err(NetworkError::NoScores { model: model.to_owned(), shape: output.to_string(), classes });
    }
    if let Some(name) = repeated(examples.class_names()) {
        let (setting, found) = ("the list of class names", format!("one with {name:?} twice"));
        let advice = "give each class a name of its own".into();
        return Err(NetworkError::Setting { setting, found, advice });
    }
    let outputs = output.len();
    if outputs == 1 && classes == 1 {
        let advice = "one output tells two classes apart; give it examples of both, or say which two there are".into();
        return Err(NetworkError::Setting { setting: "the number of classes", found: "1".into(), advice });
    }
    if outputs != classes && !(outputs == 1 && classes == 2) {
        return Err(NetworkError::Classes { model: model.to_owned(), outputs, classes });
    }
    let wrong = (0..examples.len()).map(|index| (index, examples.label(index))).find(|(_, label)| *label >= classes);
    match wrong {
        Some((index, label)) => Err(NetworkError::Label { index, label, classes }),
        None => Ok(()),
    }
}

/// Whether a network has an output for each of the numbers that are to be predicted.
pub(crate) fn check_targets(
    network: &Network,
    examples: &dyn Examples,
    what: &'static str,
) -> Result<(), NetworkError> {
    check_input(network, examples, what)?;
    check_prepared(network, examples)?;
    let (names, output) = (examples.target_names(), network.output());
    let refused = |setting, found, advice| Err(NetworkError::Setting { setting, found, advice });
    if names.is_empty() {
        let advice = "use `evaluate`, or give the column of numbers to `Rows::regression`".into();
        return refused("what is to be predicted", format!("a class in the {what} examples, not numbers"), advice);
    }
    if output.is_image() || output.len() != names.len() {
        let advice = format!("end the model in dense({})", names.len());
        let found = format!("{output} for {} to predict ({})", counted(names.len(), "number"), names.join(", "));
        return refused("the model's output", found, advice);
    }
    if network.graph.head != Head::Scores {
        let advice = format!("numbers of any size need dense({}) as the last layer", names.len());
        return refused("the model's last layer", "softmax or sigmoid".into(), advice);
    }
    Ok(())
}

/// Whether rows were prepared as those that the network learnt from.
fn check_prepared(network: &Network, examples: &dyn Examples) -> Result<(), NetworkError> {
    let of_rows = |text: &str| text.starts_with(PREPARED_ROWS);
    match (network.preparation(), examples.preparation()) {
        (Some(learnt), Some(asked)) if of_rows(learnt) && of_rows(&asked) && learnt != asked => {
            // What standardization there is, not its numbers.
            let short = |text: &str| text.split_once(" by ").map_or(text.to_owned(), |(begin, _)| begin.to_owned());
            let (learnt, asked) = (short(learnt), short(&asked));
            let found = match learnt == asked {
                true => format!("{asked} by other means and deviations than in training"),
                false => format!("{asked}, in training {learnt}"),
            };
            let advice = "make these rows with `train.like(&table)?`".into();
            Err(NetworkError::Setting { setting: "the preparation", found, advice })
        }
        _ => Ok(()),
    }
}

/// Whether examples have classes, which `method` needs.
fn check_of_classes(examples: &dyn Examples, method: &str, instead: &str) -> Result<(), NetworkError> {
    match examples.target_names() {
        [] => Ok(()),
        names => {
            let found = format!("numbers ({}), not classes", names.join(", "));
            let advice = format!("`{method}` is for classes; use `{instead}`");
            Err(NetworkError::Setting { setting: "what these examples have", found, advice })
        }
    }
}

/// A name that stands there twice.
fn repeated(names: &[String]) -> Option<&String> {
    let mut seen = HashSet::new();
    names.iter().find(|name| !seen.insert(*name))
}

/// Whether a network can say of which of its classes these examples are.
pub(crate) fn check_known(network: &Network, examples: &dyn Examples, what: &'static str) -> Result<(), NetworkError> {
    match what {
        "prediction" => check_of_classes(examples, "predict", "outputs")?,
        _ => check_of_classes(examples, "evaluate", "evaluate_regression")?,
    }
    check_prepared(network, examples)?;
    if let Some(trained) = network.class_names().filter(|_| !examples.class_names().is_empty()) {
        check_classes(trained, examples, what)?;
    }
    check_examples(network, examples, what)
}

/// Whether examples name the classes as those that the network was trained on.
fn check_classes(trained: &[String], examples: &dyn Examples, what: &'static str) -> Result<(), NetworkError> {
    let found = examples.class_names();
    let name =
        |names: &[String], index| names.get(index).map_or_else(|| "missing".to_owned(), |name| format!("{name:?}"));
    match (0..trained.len().max(found.len())).find(|index| trained.get(*index) != found.get(*index)) {
        None => Ok(()),
        Some(index) => {
            Err(NetworkError::OtherClasses { what, index, found: name(found, index), trained: name(trained, index) })
        }
    }
}

/// Whether a network can take these examples.
pub(crate) fn check_input(network: &Network, examples: &dyn Examples, what: &'static str) -> Result<(), NetworkError> {
    let model = network.name();
    if examples.is_empty() {
        return Err(NetworkError::Empty { what });
    }
    let found = examples.image_shape();
    let expected = match network.input() {
        Shape::Image { channels, height, width } => [channels, height, width],
        Shape::Features(n) => {
            if found != [n, 1, 1] {
                return Err(NetworkError::Values { model: model.to_owned(), expected: n, found });
            }
            found
        }
    };
    if found != expected {
        return Err(NetworkError::ImageShape { model: model.to_owned(), expected, found });
    }
    Ok(())
}

impl Network {
    /// Finds out what [`fit`](Self::fit) would refuse before its first step.
    ///
    /// # Errors
    /// If examples or settings do not fit the model.
    pub fn check_fit(&self, train: &dyn Examples, how: &Fit) -> Result<(), NetworkError> {
        check_examples(self, train, "training")?;
        if let Some(validation) = how.validation_examples() {
            check_same_targets(train, validation)?;
            check_classes(train.class_names(), validation, "validation")?;
            check_examples(self, validation, "validation")?;
        }
        if self.graph.first_trained(self.trained_from) == self.layers().trainable() {
            let (setting, found) = ("the part to train", "empty: all layers with parameters are frozen".into());
            let advice = "leave some unfrozen; `.freeze(0)` frees all".into();
            return Err(NetworkError::Setting { setting, found, advice });
        }
        let loss = Loss::chosen(how.loss, &self.graph, train)?;
        check_of_what(how, loss)?;
        check_settings(how, train.class_names().len())
    }
}

/// Whether the same numbers are to be predicted.
fn check_same_targets(train: &dyn Examples, validation: &dyn Examples) -> Result<(), NetworkError> {
    let names = |examples: &dyn Examples| match examples.target_names() {
        [] => "none".to_owned(),
        names => names.join(", "),
    };
    if train.target_names() == validation.target_names() {
        return Ok(());
    }
    let found = format!("{} in validation and {} in training", names(validation), names(train));
    let advice = "make both from tables with the same columns".into();
    Err(NetworkError::Setting { setting: "the list of numbers to predict", found, advice })
}

/// Whether settings for classes are used with classes, and the monitor is one that the run has.
fn check_of_what(how: &Fit, loss: Loss) -> Result<(), NetworkError> {
    let of_numbers = loss.is_of_numbers();
    let refused =
        |setting, found: String, advice: &str| Err(NetworkError::Setting { setting, found, advice: advice.to_owned() });
    if of_numbers && !matches!(how.class_weights, ClassWeights::Equal) {
        return refused(
            "class_weights",
            "set where numbers are learnt".into(),
            "leave it out: numbers have no classes",
        );
    }
    if of_numbers && how.label_smoothing != 0.0 {
        let advice = "leave it out: numbers have no classes";
        return refused("label_smoothing", "set where numbers are learnt".into(), advice);
    }
    let Some(monitor) = how.monitor else { return Ok(()) };
    if monitor.needs_numbers().is_some_and(|needed| needed != of_numbers) {
        let (learnt, advice) = match of_numbers {
            true => ("numbers", "use Monitor::Mae or Monitor::ValMae, or a loss"),
            false => ("classes", "use Monitor::Accuracy or Monitor::ValAccuracy, or a loss"),
        };
        return refused("monitor", format!("{monitor:?} where {learnt} are learnt"), advice);
    }
    if monitor.is_of_validation() && how.validation.is_none() && how.validation_split == 0.0 {
        let advice = "give validation examples or a validation_split";
        return refused("monitor", format!("{monitor:?}, and there are no validation examples"), advice);
    }
    Ok(())
}

/// Whether a run's settings make sense.
pub(super) fn check_settings(how: &Fit, classes: usize) -> Result<(), NetworkError> {
    let positive = |setting, value: usize| match value {
        0 => Err(NetworkError::Setting { setting, found: "0".into(), advice: "use 1 or more".into() }),
        _ => Ok(()),
    };
    positive("batch_size", how.batch_size)?;
    positive("steps_per_epoch", how.steps_per_epoch.unwrap_or(1))?;
    positive("validation_steps", how.validation_steps.unwrap_or(1))?;
    positive("accumulate", how.accumulate)?;
    if !(0.0..1.0).contains(&how.label_smoothing) {
        let advice = "use a share of at least 0 and below 1, usually 0.1".into();
        return Err(NetworkError::Setting {
            setting: "label_smoothing",
            found: how.label_smoothing.to_string(),
            advice,
        });
    }
    if let Some(alpha) = how.mixup.filter(|alpha| !ALPHAS.contains(alpha)) {
        let advice = format!("use a number from {} to {}, usually 0.2", ALPHAS.start(), ALPHAS.end());
        return Err(NetworkError::Setting { setting: "mixup", found: alpha.to_string(), advice });
    }
    if let Some((setting, found, advice)) = how.reduce_on_plateau.and_then(|rule| rule.misfit()) {
        return Err(NetworkError::Setting { setting, found, advice: advice.into() });
    }
    if !(0.0..1.0).contains(&how.validation_split) {
        let found = how.validation_split.to_string();
        let advice = "use a share of at least 0 and below 1".into();
        return Err(NetworkError::Setting { setting: "validation_split", found, advice });
    }
    how.optimizer.check()?;
    if let Some(rule) = how.early_stopping.filter(|rule| rule.min_delta.is_nan() || rule.min_delta < 0.0) {
        let advice = "use 0 or the least improvement that counts".into();
        return Err(NetworkError::Setting { setting: "min_delta", found: rule.min_delta.to_string(), advice });
    }
    for (setting, limit) in [("clip_norm", how.clip.norm), ("clip_value", how.clip.value)] {
        if let Some(limit) = limit.filter(|limit| !(limit.is_finite() && *limit > 0.0)) {
            let advice = "use a positive number, for example 1.0".into();
            return Err(NetworkError::Setting { setting, found: limit.to_string(), advice });
        }
    }
    if let ClassWeights::Given(weights) = &how.class_weights
        && weights.len() != classes
    {
        let found = format!("a list of {}", weights.len());
        let advice = format!("give one weight for each of the {classes} classes");
        return Err(NetworkError::Setting { setting: "class_weights", found, advice });
    }
    if let ClassWeights::Given(weights) = &how.class_weights
        && weights.iter().all(|weight| *weight == 0.0)
    {
        let (found, advice) =
            ("a list of zeros".into(), "nothing would be learnt; a class that counts is above 0".into());
        return Err(NetworkError::Setting { setting: "class_weights", found, advice });
    }
    if let ClassWeights::Given(weights) = &how.class_weights
        && let Some(weight) = weights.iter().find(|weight| !(weight.is_finite() && **weight >= 0.0))
    {
        let (found, advice) = (format!("a list with {weight}"), "a class counts 0 or more".into());
        return Err(NetworkError::Setting { setting: "class_weights", found, advice });
    }
    Ok(())
}

/// One weight per class, if they differ.
pub(super) fn class_weights(how: &Fit, examples: &dyn Examples, classes: usize) -> Option<Vec<f32>> {
    match &how.class_weights {
        ClassWeights::Equal => None,
        ClassWeights::Given(weights) => Some(weights.clone()),
        ClassWeights::Balanced => {
            let mut counts = vec![0usize; classes];
            (0..examples.len()).for_each(|index| counts[examples.label(index)] += 1);
            let weight = |count: &usize| examples.len() as f32 / (classes * count.max(&1)) as f32;
            Some(counts.iter().map(weight).collect())
        }
    }
}
