//! Several tests at once.

/// Probabilities corrected for having looked at all of these (Holm, 1979): in ascending order the i-th of n is multiplied by
/// `n - i + 1`, none is above 1 or below the one before it.
pub fn holm(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]));
    let (mut corrected, mut least) = (vec![1.0; order.len()], 0.0f64);
    for (rank, place) in order.iter().enumerate() {
        least = least.max(probabilities[*place] * (order.len() - rank) as f64).min(1.0);
        corrected[*place] = least;
    }
    corrected
}
