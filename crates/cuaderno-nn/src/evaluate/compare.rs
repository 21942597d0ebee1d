//! Several of a kind beside each other.

use crate::History;
use cuaderno_plot::TrainingCurves;

/// What [`compare`] can set beside others of its kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared",
    label = "compare takes histories, evaluations, runs or folds",
    note = "give each a name: compare(&[(\"plain\", &first), (\"flipped\", &second)])"
)]
pub trait Comparable: Sized {
    /// What comes of it.
    type Comparison;

    /// Several, each with its name.
    fn compared(of: &[(&str, &Self)]) -> Self::Comparison;
}

/// Several of a kind, each with a name:
/// - histories of trainings: their curves in one figure;
/// - evaluations on the same pictures: a [`Comparison`](crate::Comparison), a table with intervals and McNemar's test;
/// - [`Runs`](crate::Runs) of several models with the same seeds: the same with deviations and a paired t test;
/// - [`Folds`](crate::Folds) of cross-validations of the same pictures: as evaluations.
///
/// ```no_run
/// # fn show(plain: &cuaderno_nn::History, flipped: &cuaderno_nn::History) {
/// cuaderno_nn::compare(&[("as they are", plain), ("flipped", flipped)])
/// # ;
/// # }
/// # fn table(plain: &cuaderno_nn::Evaluation, flipped: &cuaderno_nn::Evaluation) -> Result<(), cuaderno_nn::NetworkError> {
/// cuaderno_nn::compare(&[("as they are", plain), ("flipped", flipped)])?.figure()
/// # ; Ok(())
/// # }
/// ```
pub fn compare<C: Comparable>(of: &[(&str, &C)]) -> C::Comparison {
    C::compared(of)
}

/// Loss and accuracy of several trainings, epoch by epoch, a line each: on the validation examples if every training had some,
/// else on the training examples.
impl Comparable for History {
    type Comparison = TrainingCurves;

    fn compared(trainings: &[(&str, &Self)]) -> TrainingCurves {
        let validated = !trainings.is_empty() && trainings.iter().all(|(_, history)| !history.val_loss().is_empty());
        let panel = |of: fn(&Self) -> Vec<f64>| -> Vec<(String, Vec<f64>)> {
            trainings.iter().map(|(name, history)| ((*name).to_owned(), of(history))).collect()
        };
        let (loss, accuracy, word) = match validated {
            true => (panel(Self::val_loss), panel(Self::val_accuracy), "validation "),
            false => (panel(Self::loss), panel(Self::accuracy), ""),
        };
        let add = |curves: TrainingCurves, measure: &str, series: &[(String, Vec<f64>)]| {
            let series: Vec<(&str, &[f64])> =
                series.iter().map(|(name, values)| (name.as_str(), values.as_slice())).collect();
            curves.panel(&format!("{word}{measure}"), &series)
        };
        add(add(TrainingCurves::new(), "loss", &loss), "accuracy", &accuracy)
    }
}
