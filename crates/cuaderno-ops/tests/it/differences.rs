//! Numerical derivatives, and reproducible test values.

/// Values between -1 and 1, the same for the same seed, never closer than 0.001 to each other's neighbours' kinks by chance
/// alone: a multiplicative sequence.
pub fn values(seed: u64, len: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

/// `Σ a b` in double precision.
pub fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

/// Compares `gradient` with central differences of `f` at a few dozen places of `at`.
pub fn check_gradient(name: &str, at: &[f32], gradient: &[f32], step: f32, tolerance: f64, f: impl Fn(&[f32]) -> f64) {
    assert_eq!(at.len(), gradient.len());
    let stride = (at.len() / 24).max(1);
    for i in (0..at.len()).step_by(stride) {
        let mut moved = at.to_vec();
        moved[i] = at[i] + step;
        let above = f(&moved);
        moved[i] = at[i] - step;
        let slope = (above - f(&moved)) / f64::from(2.0 * step);
        let error = (slope - f64::from(gradient[i])).abs();
        assert!(error < tolerance * (1.0 + slope.abs()), "{name}[{i}]: {} but slope {slope}", gradient[i]);
    }
}

/// Compares two slices, relative to the larger of 1 and the expected value.
pub fn assert_close(name: &str, got: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(got.len(), expected.len(), "{name}: length");
    for (i, (g, e)) in got.iter().zip(expected).enumerate() {
        assert!((g - e).abs() <= tolerance * e.abs().max(1.0), "{name}[{i}]: {g}, expected {e}");
    }
}
