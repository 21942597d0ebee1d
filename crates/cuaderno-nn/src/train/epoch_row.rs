//! An epoch as numbers in a file.

use super::Epoch;

/// Values of one epoch.
pub const COLUMNS: usize = 6;

/// `f64` holds every `f32` exactly; a value that is not there is NaN.
pub fn stored(value: Option<f32>) -> f64 {
    value.map_or(f64::NAN, f64::from)
}

/// The other way.
pub fn restored(value: f64) -> Option<f32> {
    (!value.is_nan()).then_some(value as f32)
}

/// An epoch but for errors of numbers, which few runs have.
pub fn to_row(epoch: &Epoch) -> [f64; COLUMNS] {
    [
        epoch.loss.into(),
        epoch.accuracy.into(),
        stored(epoch.val_loss),
        stored(epoch.val_accuracy),
        epoch.learning_rate.into(),
        epoch.seconds,
    ]
}

/// The epoch of such a row.
pub fn from_row(row: &[f64]) -> Epoch {
    Epoch {
        loss: row[0] as f32,
        accuracy: row[1] as f32,
        val_loss: restored(row[2]),
        val_accuracy: restored(row[3]),
        learning_rate: row[4] as f32,
        seconds: row[5],
        ..Epoch::default()
    }
}
