//! Convolution: `y[o, f] = b[f] + Σ over taps t, channels c: x[i(o, t), c] w[t, c, f]`, in groups of channels and filters.

use super::Back;
use super::values::{Gradient, ROUNDING, Values, column_norms, largest_column, largest_row, rms, sum_error};
use super::window::slide;
use crate::fuzz::case::{Shape, Window};

pub struct Conv {
    pub filters: usize,
    pub window: Window,
    pub groups: usize,
    /// `[taps, channels / groups, filters]`
    pub kernel: Vec<f64>,
    pub bias: Vec<f64>,
}

impl Conv {
    /// Calls `visit(index of x, index of the weights, index of y, how many)` for runs of filters of one group.
    fn products(&self, x: &Values, mut visit: impl FnMut(usize, usize, usize, usize)) -> [usize; 2] {
        let (channels, filters) = (x.shape.channels(), self.filters);
        let (inputs, outputs) = (channels / self.groups, filters / self.groups);
        let stride = self.window.stride.unwrap_or([1, 1]);
        slide(x.examples(), x.shape, &self.window, stride, |output, input, tap| {
            for channel in 0..channels {
                let first = channel / inputs * outputs;
                let weight = (tap * inputs + channel % inputs) * filters + first;
                visit(input * channels + channel, weight, output * filters + first, outputs);
            }
        })
    }

    pub fn forward(self, x: Values) -> (Values, Back) {
        let stride = self.window.stride.unwrap_or([1, 1]);
        let size = self.window.output(x.shape.size(), stride).expect("the case fits");
        let pixels = x.examples() * size[0] * size[1];
        let bias = if self.bias.is_empty() { vec![0.0; self.filters] } else { self.bias.clone() };
        let mut data = bias.repeat(pixels);
        self.products(&x, |i, w, o, many| {
            let value = x.data[i];
            data[o..o + many].iter_mut().zip(&self.kernel[w..w + many]).for_each(|(y, w)| *y += value * w);
        });
        let gain = largest_column(&self.kernel, self.filters);
        let noise = gain * (x.noise + ROUNDING * rms(&x.data)) + 1e-7 * rms(&data);
        let y = Values { shape: Shape::Image([self.filters, size[0], size[1]]), data, noise };
        (y, Box::new(move |dy| self.backward(&x, &dy)))
    }

    fn backward(&self, x: &Values, dy: &Gradient) -> (Gradient, Vec<Gradient>) {
        let (mut dx, mut dw) = (Gradient::zeros(x.data.len()), Gradient::zeros(self.kernel.len()));
        let is_sure = dy.doubt.iter().all(|doubt| *doubt == 0.0);
        self.products(x, |i, w, o, many| {
            for f in 0..many {
                dx.data[i] += self.kernel[w + f] * dy.data[o + f];
                dw.data[w + f] += x.data[i] * dy.data[o + f];
            }
            for f in 0..if is_sure { 0 } else { many } {
                dx.doubt[i] += self.kernel[w + f].abs() * dy.doubt[o + f];
                dw.doubt[w + f] += x.data[i].abs() * dy.doubt[o + f];
            }
        });
        // Each input is seen by as many taps as there are, at a stride of 1.
        let inputs = self.kernel.len() / self.filters / (self.window.size[0] * self.window.size[1]);
        let taps = (self.window.size[0] * self.window.size[1]) as f64;
        let gain = largest_row(&self.kernel, self.filters) * taps.sqrt().min(inputs as f64 * taps);
        dx.noise = gain * (dy.noise + ROUNDING * rms(&dy.data));
        let (pixels, size) = (dy.data.len() as f64 / self.filters as f64, rms(&dy.data));
        dw.noise = products_noise(pixels, x.noise, rms(&x.data), dy.noise, size);
        let (x_norms, dy_norms) = (column_norms(&x.data, x.shape.channels()), column_norms(&dy.data, self.filters));
        for (i, doubt) in dw.doubt.iter_mut().enumerate() {
            let (filter, input) = (i % self.filters, i / self.filters % inputs);
            let channel = filter / (self.filters / self.groups) * inputs + input;
            *doubt += sum_error(pixels as usize) * x_norms[channel] * dy_norms[filter];
        }
        let mut gradients = vec![dw];
        if !self.bias.is_empty() {
            gradients.push(bias_gradient(dy, self.filters));
        }
        (dx, gradients)
    }
}

/// The noise of a sum of so many products, whose errors point in all directions. Where terms are alike those of rounding do not:
/// that is [`sum_error`].
pub fn products_noise(count: f64, a_noise: f64, a: f64, b_noise: f64, b: f64) -> f64 {
    count.sqrt() * (a_noise * b + b_noise * a + ROUNDING * a * b)
}

/// The sum over everything but the last axis.
pub fn column_sums(terms: &Gradient, columns: usize) -> Gradient {
    let mut sum = Gradient::zeros(columns);
    for (row, doubt) in terms.data.chunks_exact(columns).zip(terms.doubt.chunks_exact(columns)) {
        sum.data.iter_mut().zip(row).for_each(|(sum, d)| *sum += d);
        sum.doubt.iter_mut().zip(doubt).for_each(|(sum, d)| *sum += d);
    }
    sum.noise = products_noise((terms.data.len() / columns) as f64, 0.0, 1.0, terms.noise, rms(&terms.data));
    sum
}

/// The same in single precision.
pub fn bias_gradient(dy: &Gradient, outputs: usize) -> Gradient {
    let mut sum = column_sums(dy, outputs);
    let error = sum_error(dy.data.len() / outputs);
    dy.data.iter().enumerate().for_each(|(i, d)| sum.doubt[i % outputs] += error * d.abs());
    sum
}
