//! Poolings over windows and over whole channels.

use super::Back;
use super::values::{Gradient, Values};
use super::window::slide;
use crate::fuzz::case::{Shape, Window};

/// Everything that each output value sees: indices of the input, in the order of the window.
fn seen(x: &Values, window: &Window) -> (Shape, Vec<Vec<usize>>) {
    let (channels, stride) = (x.shape.channels(), window.stride.unwrap_or(window.size));
    let [height, width] = window.output(x.shape.size(), stride).expect("the case fits");
    let mut seen = vec![Vec::new(); x.examples() * height * width * channels];
    slide(x.examples(), x.shape, window, stride, |output, input, _| {
        (0..channels).for_each(|c| seen[output * channels + c].push(input * channels + c));
    });
    (Shape::Image([channels, height, width]), seen)
}

/// The window of a whole picture.
pub fn whole(shape: Shape) -> Window {
    Window { size: shape.size(), stride: None, same: false, dilation: 1 }
}

/// The largest value, the first one of equals. As in TensorFlow, nothing around the picture counts.
pub fn max(x: Values, window: &Window) -> (Values, Back) {
    let (shape, seen) = seen(&x, window);
    let first_largest = |seen: &Vec<usize>| {
        seen.iter()
            .copied()
            .reduce(|best, i| if x.data[i] > x.data[best] { i } else { best })
            .expect("a window sees something")
    };
    let winners: Vec<usize> = seen.iter().map(first_largest).collect();
    let y = Values { shape, data: winners.iter().map(|i| x.data[*i]).collect(), noise: x.noise };
    let back = move |dy: Gradient| {
        let mut dx = Gradient { noise: dy.noise, ..Gradient::zeros(x.data.len()) };
        for (o, (winner, seen)) in winners.iter().zip(&seen).enumerate() {
            dx.data[*winner] += dy.data[o];
            dx.doubt[*winner] += dy.doubt[o];
            // Any of those that rounding cannot tell apart may win.
            let rivals: Vec<usize> =
                seen.iter().copied().filter(|i| i != winner && x.is_close(x.data[*i], x.data[*winner])).collect();
            if !rivals.is_empty() {
                rivals.iter().chain([winner]).for_each(|i| dx.doubt[*i] += dy.data[o].abs() + dy.doubt[o]);
            }
        }
        (dx, Vec::new())
    };
    (y, Box::new(back))
}

/// The mean of what lies inside the picture.
pub fn average(x: Values, window: &Window) -> (Values, Back) {
    let (shape, seen) = seen(&x, window);
    let mean = |seen: &Vec<usize>| seen.iter().map(|i| x.data[*i]).sum::<f64>() / seen.len() as f64;
    let y = Values { shape, data: seen.iter().map(mean).collect(), noise: x.noise * 1.1 };
    let back = move |dy: Gradient| {
        let (mut dx, mut shares) = (Gradient::zeros(x.data.len()), vec![0.0; x.data.len()]);
        for (o, seen) in seen.iter().enumerate() {
            for i in seen {
                shares[*i] += 1.0 / seen.len() as f64;
                dx.data[*i] += dy.data[o] / seen.len() as f64;
                dx.doubt[*i] += dy.doubt[o] / seen.len() as f64;
            }
        }
        dx.noise = dy.noise * shares.iter().copied().fold(0.0, f64::max);
        (dx, Vec::new())
    };
    (y, Box::new(back))
}
