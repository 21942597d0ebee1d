//! What a network should compute: naive loops in `f64`, forward and backward of a layer side by side.

mod conv;
mod dense;
pub mod dropout;
mod loss;
mod norm;
mod pointwise;
mod pool;
mod values;
mod window;

use super::case::{Layer, Shape};
pub use loss::{Answers, Judge};
pub use pointwise::probabilities;
pub use values::{Gradient, SIGMAS, Values};

/// From the gradient of a layer's output to those of its input and of its parameters.
pub type Back = Box<dyn Fn(Gradient) -> (Gradient, Vec<Gradient>)>;

/// The same for a list of layers: gradients of parameters go to the places of their tensors.
type Way = Box<dyn Fn(Gradient, &mut [Option<Gradient>]) -> Gradient>;

/// A network's parameters, and how it runs.
pub struct Reference<'a> {
    /// Every tensor in the order of the layers, running statistics among them.
    pub tensors: &'a [Vec<f64>],
    /// Whether dropout and batch statistics are on.
    pub trains: bool,
    /// So many layers normalize by running statistics.
    pub frozen: usize,
    /// The key of a dropout, by the layer's name.
    pub key: &'a dyn Fn(&str) -> u64,
}

/// A batch on its way.
pub struct Run {
    pub output: Values,
    /// For each tensor: running statistics that moved.
    pub moved: Vec<Option<Values>>,
    way: Way,
}

struct Walk<'a> {
    reference: &'a Reference<'a>,
    next: usize,
    moved: Vec<Option<Values>>,
}

/// Where a layer stands: its number in its own list, and that of the outermost layer it is part of.
#[derive(Clone)]
struct Place {
    prefix: String,
    number: usize,
    outer: Option<usize>,
}

impl Reference<'_> {
    pub fn run(&self, layers: &[Layer], input: &[f32], shape: Shape) -> Run {
        let x = Values { shape, data: input.iter().map(|x| f64::from(*x)).collect(), noise: 0.0 };
        let mut walk = Walk { reference: self, next: 0, moved: vec![None; self.tensors.len()] };
        let mut place = Place { prefix: String::new(), number: 0, outer: None };
        let (output, way) = walk.list(layers, x, &mut place);
        Run { output, moved: walk.moved, way }
    }
}

impl Run {
    /// The gradient of the input, and of every tensor that has one.
    pub fn back(&self, d_output: Gradient) -> (Gradient, Vec<Option<Gradient>>) {
        let mut gradients = vec![None; self.moved.len()];
        let input = (self.way)(d_output, &mut gradients);
        (input, gradients)
    }
}

impl Walk<'_> {
    fn list(&mut self, layers: &[Layer], x: Values, place: &mut Place) -> (Values, Way) {
        let (mut value, mut ways): (Values, Vec<Way>) = (x, Vec::new());
        for layer in layers {
            place.number += 1;
            let (output, way) = match layer {
                Layer::Model(layers) => {
                    let prefix = format!("{}{}_model/", place.prefix, place.number);
                    let outer = Some(place.outer.unwrap_or(place.number));
                    self.list(layers, value, &mut Place { prefix, number: 0, outer })
                }
                Layer::Residual(branch, shortcut) => {
                    let (mut sum, a) = self.list(branch, value.clone(), place);
                    place.number += usize::from(shortcut.is_some());
                    let (other, b) = self.list(shortcut.as_deref().unwrap_or(&[]), value, place);
                    place.number += 1;
                    sum.data.iter_mut().zip(&other.data).for_each(|(a, b)| *a += b);
                    sum.noise += other.noise + 1e-7 * values::rms(&sum.data);
                    let way: Way = Box::new(move |d, gradients| {
                        let mut dx = a(d.clone(), gradients);
                        dx.add(&b(d, gradients));
                        dx
                    });
                    (sum, way)
                }
                layer => self.layer(layer, value, place),
            };
            value = output;
            ways.push(way);
        }
        (value, Box::new(move |d, gradients| ways.iter().rev().fold(d, |d, way| way(d, gradients))))
    }

    fn layer(&mut self, layer: &Layer, x: Values, place: &Place) -> (Values, Way) {
        let first = self.next;
        let (y, back) = self.one(layer, x, place);
        let way: Way = Box::new(move |d, gradients| {
            let (dx, own) = back(d);
            own.into_iter().enumerate().for_each(|(i, gradient)| gradients[first + i] = Some(gradient));
            dx
        });
        (y, way)
    }

    fn one(&mut self, layer: &Layer, x: Values, place: &Place) -> (Values, Back) {
        let trains = self.reference.trains;
        match layer {
            Layer::Conv { filters, window, groups, bias } => {
                let (kernel, bias) = (self.take(), if *bias { self.take() } else { Vec::new() });
                conv::Conv { filters: *filters, window: *window, groups: *groups, kernel, bias }.forward(x)
            }
            Layer::Dense { units, bias } => {
                let (kernel, bias) = (self.take(), if *bias { self.take() } else { Vec::new() });
                dense::forward(x, kernel, bias, *units)
            }
            Layer::Norm { momentum, epsilon } => {
                let (gamma, beta, at) = (self.take(), self.take(), self.next);
                let running = [self.take(), self.take()];
                let by_batch = trains && place.outer.unwrap_or(place.number) > self.reference.frozen;
                if by_batch {
                    self.move_statistics(at, &running, &x, f64::from(*momentum));
                }
                let running = (!by_batch).then_some(running);
                norm::Norm { epsilon: f64::from(*epsilon), gamma, beta, running }.forward(x)
            }
            Layer::MaxPool(window) => pool::max(x, window),
            Layer::AvgPool(window) => pool::average(x, window),
            Layer::GlobalMax => as_row(pool::max(x.clone(), &pool::whole(x.shape))),
            Layer::GlobalAvg => as_row(pool::average(x.clone(), &pool::whole(x.shape))),
            Layer::Flatten => {
                let shape = Shape::Row(x.shape.len());
                (Values { shape, ..x }, Box::new(|dy| (dy, Vec::new())))
            }
            Layer::Rescale { factors, offsets, reversed } => pointwise::rescale(x, *factors, *offsets, *reversed),
            Layer::ZeroPad(sides) => pointwise::zero_pad(x, *sides),
            Layer::Dropout(rate) if trains => {
                let name = format!("{}{}_dropout", place.prefix, place.number);
                dropout::forward(x, *rate, (self.reference.key)(&name))
            }
            Layer::Dropout(_) => (x, Box::new(|dy| (dy, Vec::new()))),
            Layer::Softmax => pointwise::softmax(x),
            activation => pointwise::activation(x, activation),
        }
    }

    /// The next tensor's values.
    fn take(&mut self) -> Vec<f64> {
        self.next += 1;
        self.reference.tensors[self.next - 1].clone()
    }

    fn move_statistics(&mut self, at: usize, running: &[Vec<f64>; 2], x: &Values, keep: f64) {
        let found = norm::moments(x);
        let deviation = found[1].iter().fold(0.0f64, |a, b| a.max(b.sqrt()));
        let mean_noise = x.noise + norm::sum_noise(x);
        let noise = [mean_noise, 2.0 * deviation * mean_noise + 1e-7 * deviation.powi(2)];
        for (i, noise) in noise.into_iter().enumerate() {
            let data = running[i].iter().zip(&found[i]).map(|(old, new)| keep * old + (1.0 - keep) * new).collect();
            let noise = (1.0 - keep) * noise + 1e-8;
            self.moved[at + i] = Some(Values { shape: Shape::Row(running[i].len()), data, noise });
        }
    }
}

fn as_row((y, back): (Values, Back)) -> (Values, Back) {
    (Values { shape: Shape::Row(y.shape.channels()), ..y }, back)
}
