//! Layers that look at one value, one pixel or one row at a time.

use super::Back;
use super::values::{Gradient, ROUNDING, Values, rms};
use crate::fuzz::case::{Layer, Shape};

/// An activation: its value, and its slope on the left and on the right of a value.
fn curve(layer: &Layer) -> fn(f64, f64) -> (f64, f64) {
    match layer {
        Layer::Relu => |x, _| (x.max(0.0), f64::from(u8::from(x > 0.0))),
        Layer::Relu6 => |x, _| (x.clamp(0.0, 6.0), f64::from(u8::from(x > 0.0 && x < 6.0))),
        Layer::Leaky(_) => |x, slope| if x > 0.0 { (x, 1.0) } else { (x * slope, slope) },
        Layer::Sigmoid => |x, _| {
            let y = 1.0 / (1.0 + (-x).exp());
            (y, y * (1.0 - y))
        },
        Layer::Tanh => |x, _| (x.tanh(), 1.0 - x.tanh().powi(2)),
        other => unreachable!("{other} is no activation"),
    }
}

pub fn activation(x: Values, layer: &Layer) -> (Values, Back) {
    let curve = curve(layer);
    let (slope, corners): (f64, &[f64]) = match layer {
        Layer::Leaky(slope) => (f64::from(*slope), &[0.0]),
        Layer::Relu => (0.0, &[0.0]),
        Layer::Relu6 => (0.0, &[0.0, 6.0]),
        _ => (0.0, &[]),
    };
    let data: Vec<f64> = x.data.iter().map(|x| curve(*x, slope).0).collect();
    let y = Values { noise: x.noise + 1e-7 * rms(&data), data, shape: x.shape };
    let back = move |mut dy: Gradient| {
        // The slope of a curve is as far off as its place.
        dy.noise += if corners.is_empty() { rms(&dy.data) * (x.noise + 4e-7) } else { 0.0 };
        for (i, x_i) in x.data.iter().enumerate() {
            let d = dy.data[i].abs() + dy.doubt[i];
            let (at_corner, slope) = (corners.iter().any(|corner| x.is_close(*x_i, *corner)), curve(*x_i, slope).1);
            dy.data[i] *= slope;
            dy.doubt[i] = if at_corner { d } else { dy.doubt[i] * slope };
        }
        (dy, Vec::new())
    };
    (y, Box::new(back))
}

/// `exp(x) / Σ exp(x)` over each row.
pub fn softmax(x: Values) -> (Values, Back) {
    let (classes, noise, shape) = (x.shape.len(), x.noise + 2e-7, x.shape);
    let data: Vec<f64> = x.data.chunks_exact(classes).flat_map(probabilities).collect();
    let y = Values { shape, data: data.clone(), noise };
    let back = move |dy: Gradient| {
        let mut dx = Gradient { noise: dy.noise + 2.0 * rms(&dy.data) * noise, ..Gradient::zeros(data.len()) };
        for i in 0..data.len() {
            for j in i / classes * classes..(i / classes + 1) * classes {
                let slope = data[i] * (f64::from(u8::from(i == j)) - data[j]);
                dx.data[i] += slope * dy.data[j];
                dx.doubt[i] += slope.abs() * dy.doubt[j];
            }
        }
        (dx, Vec::new())
    };
    (y, Box::new(back))
}

pub fn probabilities(scores: &[f64]) -> Vec<f64> {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = scores.iter().map(|x| (x - largest).exp()).sum();
    scores.iter().map(|x| (x - largest).exp() / sum).collect()
}

/// `out[c] = factors[c] in[c] + offsets[c]`, the channels perhaps in the opposite order.
pub fn rescale(x: Values, factors: [f32; 3], offsets: [f32; 3], reversed: bool) -> (Values, Back) {
    let from = move |i: usize| if reversed { i - i % 3 + 2 - i % 3 } else { i };
    let value = |i: usize| x.data[from(i)] * f64::from(factors[i % 3]) + f64::from(offsets[i % 3]);
    let data: Vec<f64> = (0..x.data.len()).map(value).collect();
    let y = Values { noise: 4.0 * x.noise + 2e-7 * rms(&data), data, shape: x.shape };
    let back = move |dy: Gradient| {
        let mut dx = Gradient { noise: 4.0 * dy.noise + ROUNDING * rms(&dy.data), ..Gradient::zeros(dy.data.len()) };
        for i in 0..dy.data.len() {
            dx.data[from(i)] = dy.data[i] * f64::from(factors[i % 3]);
            dx.doubt[from(i)] = dy.doubt[i] * f64::from(factors[i % 3]).abs();
        }
        (dx, Vec::new())
    };
    (y, Box::new(back))
}

/// Zeros on each side.
pub fn zero_pad(x: Values, [top, bottom, left, right]: [usize; 4]) -> (Values, Back) {
    let (channels, [height, width]) = (x.shape.channels(), x.shape.size());
    let (rows, columns) = (top + height + bottom, left + width + right);
    let place = move |i: usize| {
        let (pixel, channel) = (i / channels, i % channels);
        let (n, y, x) = (pixel / width / height, pixel / width % height, pixel % width);
        ((n * rows + y + top) * columns + x + left) * channels + channel
    };
    let (len, mut data) = (x.data.len(), vec![0.0; x.examples() * rows * columns * channels]);
    (0..len).for_each(|i| data[place(i)] = x.data[i]);
    let back = move |dy: Gradient| {
        let pick = |values: &[f64]| (0..len).map(|i| values[place(i)]).collect();
        (Gradient { data: pick(&dy.data), doubt: pick(&dy.doubt), noise: dy.noise }, Vec::new())
    };
    (Values { shape: Shape::Image([channels, rows, columns]), data, noise: x.noise }, Box::new(back))
}
