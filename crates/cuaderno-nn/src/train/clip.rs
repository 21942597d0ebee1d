//! Limits for gradients.

use std::fmt;

/// What is done to large gradients.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clip {
    pub norm: Option<f32>,
    pub value: Option<f32>,
}

impl Clip {
    /// Limits each value first, then the length over all of them.
    pub fn apply(self, gradient: &mut [f32]) {
        if let Some(limit) = self.value {
            gradient.iter_mut().for_each(|g| *g = g.clamp(-limit, limit));
        }
        if let Some(limit) = self.norm {
            let norm = cuaderno_ops::sum_of_squares(gradient).sqrt() as f32;
            if norm > limit {
                cuaderno_ops::scale(gradient, limit / norm);
            }
        }
    }
}

impl fmt::Display for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.norm, self.value) {
            (None, None) => f.write_str("gradients not clipped"),
            (Some(norm), None) => write!(f, "gradients clipped to the length {norm}"),
            (None, Some(value)) => write!(f, "gradients clipped to values of {value}"),
            (Some(norm), Some(value)) => write!(f, "gradients clipped to values of {value} and the length {norm}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// keras.optimizers: clipvalue limits each value, then global_clipnorm the length over all of them.
    #[test]
    fn gradients_are_clipped_by_value_then_by_length() {
        let clipped = |norm, value, mut gradient: [f32; 3]| {
            Clip { norm, value }.apply(&mut gradient);
            gradient
        };
        assert_eq!(clipped(None, None, [3.0, -4.0, 12.0]), [3.0, -4.0, 12.0]);
        assert_eq!(clipped(None, Some(3.5), [3.0, -4.0, 12.0]), [3.0, -3.5, 3.5]);
        let close = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(close(clipped(Some(6.5), None, [3.0, -4.0, 12.0]), [1.5, -2.0, 6.0]));
        assert!(close(clipped(Some(14.0), None, [3.0, -4.0, 12.0]), [3.0, -4.0, 12.0]));
        assert!(close(clipped(Some(2.5), Some(4.0), [3.0, 0.0, -9.0]), [1.5, 0.0, -2.0]));
    }
}
