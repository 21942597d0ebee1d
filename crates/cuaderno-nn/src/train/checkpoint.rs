//! Going on after a kill as if nothing had happened.
//!
//! What a run does next depends on the parameters, the optimizer's memory and the number of the step; order and dropout
//! follow from the seed. So that is what a checkpoint holds, with the history, after each complete epoch.

use super::epoch_row::{COLUMNS, from_row, restored, stored, to_row};
use super::optimizer::OptimizerState;
use super::{History, identity};
use crate::files::Store;
use crate::{Network, NetworkError};
use std::path::Path;

/// The best epoch's parameters: trainable ones and state.
pub(super) type Best = (Vec<f32>, Vec<f32>);

/// Everything a run needs to go on.
pub(super) struct Checkpoint {
    pub weights: Vec<f32>,
    pub state: Vec<f32>,
    pub optimizer: OptimizerState,
    pub history: History,
    pub best: Option<Best>,
    /// The learning rate, before the schedule.
    pub learning_rate: f32,
    /// Whether the function that is called after each epoch has ended the run.
    pub ended: bool,
}

impl Checkpoint {
    pub fn write(&self, network: &Network, settings: &str, path: &Path) -> Result<(), NetworkError> {
        let mut store = Store::new(settings.to_owned());
        network.put_parameters("model/", &self.weights, &mut store);
        for (number, slot) in self.optimizer.slots.iter().enumerate() {
            store.push(format!("optimizer/{number}"), &[slot.len()], slot);
        }
        store.push_f64("optimizer/step".into(), &[1], &[self.optimizer.step as f64]);
        let rows: Vec<f64> = self.history.epochs.iter().flat_map(to_row).collect();
        store.push_f64("history".into(), &[rows.len() / COLUMNS, COLUMNS], &rows);
        let errors: Vec<f64> =
            self.history.epochs.iter().flat_map(|epoch| [epoch.mae, epoch.val_mae].map(stored)).collect();
        if errors.iter().any(|error| !error.is_nan()) {
            store.push_f64("history/mae".into(), &[errors.len() / 2, 2], &errors);
        }
        store.push_f64("optimizer/learning_rate".into(), &[1], &[self.learning_rate.into()]);
        if self.ended {
            store.push_f64("ended".into(), &[1], &[1.0]);
        }
        if let Some((weights, state)) = &self.best {
            store.push("best/weights".into(), &[weights.len()], weights);
            store.push("best/state".into(), &[state.len()], state);
        }
        store.write(path)
    }

    /// What an earlier run of the same settings left, if there is such a file.
    pub fn read(
        network: &Network,
        settings: &str,
        fresh: &OptimizerState,
        learning_rate: f32,
        path: &Path,
    ) -> Result<Option<Self>, NetworkError> {
        if !cuaderno_display::full_path(path).exists() {
            return Ok(None);
        }
        let store = Store::read(path)?;
        if let Some((found, expected)) = identity::difference(&store.note, settings) {
            return Err(NetworkError::OtherRun { path: path.to_owned(), found, expected });
        }
        let (weights, state) = network.find_parameters("model/", &store, path)?;
        let lacks = |name: &str| network.mismatch(path, format!("it lacks {name}"));
        let mut optimizer = OptimizerState::default();
        for (number, (slot, fresh)) in optimizer.slots.iter_mut().zip(&fresh.slots).enumerate() {
            let name = format!("optimizer/{number}");
            *slot = store.get(&name).ok_or_else(|| lacks(&name))?.1;
            if slot.len() != fresh.len() {
                let reason = format!("its {name} holds {} values, this run's {}", slot.len(), fresh.len());
                return Err(network.mismatch(path, reason));
            }
        }
        let step = store.get_f64("optimizer/step").ok_or_else(|| lacks("optimizer/step"))?;
        optimizer.step = step.first().copied().unwrap_or_default() as u64;
        let rows = store.get_f64("history").ok_or_else(|| lacks("history"))?;
        let mut history = History { epochs: rows.chunks_exact(COLUMNS).map(from_row).collect(), stopped: None };
        let errors = store.get_f64("history/mae").unwrap_or_default();
        for (epoch, errors) in history.epochs.iter_mut().zip(errors.chunks_exact(2)) {
            (epoch.mae, epoch.val_mae) = (restored(errors[0]), restored(errors[1]));
        }
        let first = |name: &str| store.get_f64(name).and_then(|values| values.first().copied());
        let learning_rate = first("optimizer/learning_rate").map_or(learning_rate, |rate| rate as f32);
        let ended = first("ended").is_some();
        let best = store.get("best/weights").zip(store.get("best/state")).map(|(w, s)| (w.1, s.1));
        if let Some(best) = best.as_ref().filter(|best| (best.0.len(), best.1.len()) != (weights.len(), state.len())) {
            let reason = format!("its best/weights hold {} values, this run's {}", best.0.len(), weights.len());
            return Err(network.mismatch(path, reason));
        }
        Ok(Some(Self { weights, state, optimizer, history, best, learning_rate, ended }))
    }
}
