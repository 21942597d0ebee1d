//! Fully connected: `y[n, u] = b[u] + Σ over i: x[n, i] w[i, u]`.

use super::Back;
use super::conv::{bias_gradient, products_noise};
use super::values::{Gradient, ROUNDING, Values, column_norms, largest_column, largest_row, rms, sum_error};
use crate::fuzz::case::Shape;

pub fn forward(x: Values, kernel: Vec<f64>, bias: Vec<f64>, units: usize) -> (Values, Back) {
    let inputs = kernel.len() / units;
    let mut data = Vec::new();
    for row in x.data.chunks_exact(inputs) {
        let mut sums = if bias.is_empty() { vec![0.0; units] } else { bias.clone() };
        for (x, weights) in row.iter().zip(kernel.chunks_exact(units)) {
            sums.iter_mut().zip(weights).for_each(|(sum, w)| *sum += x * w);
        }
        data.extend(sums);
    }
    let noise = largest_column(&kernel, units) * (x.noise + ROUNDING * rms(&x.data)) + 1e-7 * rms(&data);
    let back = move |dy: Gradient| {
        let (mut dx, mut dw) = (Gradient::zeros(x.data.len()), Gradient::zeros(kernel.len()));
        for (n, i) in (0..x.examples()).flat_map(|n| (0..inputs).map(move |i| (n, i))) {
            for u in 0..units {
                let (at, w, o) = (n * inputs + i, i * units + u, n * units + u);
                dx.data[at] += kernel[w] * dy.data[o];
                dw.data[w] += x.data[at] * dy.data[o];
                dx.doubt[at] += kernel[w].abs() * dy.doubt[o];
                dw.doubt[w] += x.data[at].abs() * dy.doubt[o];
            }
        }
        dx.noise = largest_row(&kernel, units) * (dy.noise + ROUNDING * rms(&dy.data));
        dw.noise = products_noise(x.examples() as f64, x.noise, rms(&x.data), dy.noise, rms(&dy.data));
        let (x_norms, dy_norms) = (column_norms(&x.data, inputs), column_norms(&dy.data, units));
        for (i, doubt) in dw.doubt.iter_mut().enumerate() {
            *doubt += sum_error(x.examples()) * x_norms[i / units] * dy_norms[i % units];
        }
        let mut gradients = vec![dw];
        if !bias.is_empty() {
            gradients.push(bias_gradient(&dy, units));
        }
        (dx, gradients)
    };
    (Values { shape: Shape::Row(units), data, noise }, Box::new(back))
}
