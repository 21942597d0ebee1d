//! Update steps of optimizers with Keras's formulas and defaults, parameter by parameter.
//!
//! Each step updates one parameter slice in place; the caller keeps the state slices (zero at first) beside it and may change
//! `learning_rate` between steps.

mod adam;
mod rmsprop;
mod sgd;

pub use adam::Adam;
pub use rmsprop::RmsProp;
pub use sgd::Sgd;

use crate::elementwise::CHUNK;
use crate::parallel::for_each_chunk;

/// Calls `update(parameters, gradient, state)` for corresponding chunks; an optimizer without state passes empty slices.
fn for_each_update<const S: usize>(
    parameters: &mut [f32],
    gradient: &[f32],
    state: [&mut [f32]; S],
    update: impl Fn(&mut [f32], &[f32], [&mut [f32]; S]) + Sync + Send,
) {
    assert_eq!(parameters.len(), gradient.len(), "optimizer: one gradient per parameter");
    assert!(state.iter().all(|s| s.len() == parameters.len()), "optimizer: one state value per parameter");
    let cost = 4 * parameters.len();
    let mut state = state.map(|s| s.chunks_mut(CHUNK));
    let mut chunks: Vec<_> = parameters
        .chunks_mut(CHUNK)
        .zip(gradient.chunks(CHUNK))
        .map(|(p, g)| (p, g, state.each_mut().map(|s| s.next().unwrap_or_default())))
        .collect();
    for_each_chunk(&mut chunks, 1, cost, |_, chunk| {
        for (p, g, s) in chunk {
            update(p, g, s.each_mut().map(|s| &mut **s));
        }
    });
}
