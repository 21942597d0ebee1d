//! What says how good an epoch is.

use super::Epoch;

/// The number that early stopping, the best weights and a rate that falls on a plateau look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Monitor {
    /// Training loss, the smaller the better.
    Loss,
    /// Training accuracy, the greater the better.
    Accuracy,
    /// Loss on the validation examples.
    ValLoss,
    /// Accuracy on the validation examples.
    ValAccuracy,
    /// Mean absolute error in training, of numbers.
    Mae,
    /// Mean absolute error on the validation examples, of numbers.
    ValMae,
}

impl Monitor {
    /// Whether it needs validation examples.
    pub(super) fn is_of_validation(self) -> bool {
        matches!(self, Self::ValLoss | Self::ValAccuracy | Self::ValMae)
    }

    /// Whether only numbers have it (`true`), only classes (`false`), or both.
    pub(super) fn needs_numbers(self) -> Option<bool> {
        match self {
            Self::Loss | Self::ValLoss => None,
            Self::Accuracy | Self::ValAccuracy => Some(false),
            Self::Mae | Self::ValMae => Some(true),
        }
    }

    /// The epoch's number, turned so that less is better.
    pub(super) fn cost(self, epoch: &Epoch) -> Option<f32> {
        match self {
            Self::Loss => Some(epoch.loss),
            Self::Accuracy => Some(-epoch.accuracy),
            Self::ValLoss => epoch.val_loss,
            Self::ValAccuracy => epoch.val_accuracy.map(|accuracy| -accuracy),
            Self::Mae => epoch.mae,
            Self::ValMae => epoch.val_mae,
        }
    }
}
