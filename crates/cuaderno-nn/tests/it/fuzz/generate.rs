//! A case of a seed.

use super::case::{Case, Layer, Numbers, Pictures, Shape, Window};
use super::random::Random;
use super::shapes;
use super::shrink::is_whole;

/// Multiplications for a batch, so that the reference takes a moment only.
#[derive(Clone, Copy)]
pub struct Budget(pub usize);

/// Parameters of a network, which every optimizer steps over.
const PARAMETERS: usize = 200_000;

impl Case {
    pub fn generate(seed: u64, budget: Budget) -> Self {
        let mut random = Random(seed);
        let input = if random.chance(0.05) {
            Shape::Row(random.size(300))
        } else {
            let channels = random.one_of(&[1, 3, 3, 3, 0]);
            let channels = if channels == 0 { random.size(64) } else { channels };
            Shape::Image([channels, random.size(80), random.size(80)])
        };
        let mut growing =
            Growing { random: &mut random, budget: budget.0, shape: input, layers: Vec::new(), parameters: 0 };
        growing.grow();
        let (layers, mut random) = (growing.layers, random);
        let cost = shapes::cost(&layers, input).0.max(1);
        let batch = random.size(40).min((budget.0 / cost).max(1));
        let rest = if batch > 1 && random.chance(0.7) { random.between(1, batch - 1) } else { 0 };
        let frozen = if random.chance(0.15) { random.between(1, layers.len()) } else { 0 };
        let mut case = Self {
            seed,
            batch,
            rest,
            frozen,
            binary: random.chance(0.2),
            class_weights: random.chance(0.2),
            fresh: random.chance(0.3),
            pictures: random.one_of(&[Pictures::Bright, Pictures::Centred, Pictures::Centred, Pictures::Black]),
            input,
            layers,
            // Drawn behind the rest: seeds keep the networks that they had.
            numbers: random.one_of(&[None, None, None, Some(Numbers::SquaredError), Some(Numbers::AbsoluteError)]),
            smoothing: random.one_of(&[0.0, 0.0, 0.1, 0.5]),
            accumulate: random.one_of(&[1, 1, 2, 3]),
        };
        case.make_sense();
        if is_whole(&case) { case } else { Self { frozen: 0, ..case } }
    }
}

impl Case {
    /// Numbers are learnt by networks that end in scores, and have no classes.
    fn make_sense(&mut self) {
        if self.body_and_head().1.is_some() {
            self.numbers = None;
        }
        if self.numbers.is_some() {
            (self.binary, self.class_weights, self.smoothing) = (false, false, 0.0);
        }
    }
}

/// A network in the making.
struct Growing<'a> {
    random: &'a mut Random,
    budget: usize,
    shape: Shape,
    layers: Vec<Layer>,
    parameters: usize,
}

impl Growing<'_> {
    /// Adds a layer if it fits and costs not too much.
    fn add(&mut self, layer: Layer) -> bool {
        let (work, parameters) = layer.cost(self.shape);
        let Some(output) = layer.output(self.shape) else { return false };
        if work > self.budget / 4 || parameters + self.parameters > PARAMETERS || output.len() > 200_000 {
            return false;
        }
        self.parameters += parameters;
        self.shape = output;
        self.layers.push(layer);
        true
    }

    fn grow(&mut self) {
        if matches!(self.shape, Shape::Image(_)) {
            for _ in 0..self.random.between(1, 4) {
                self.block(2);
            }
            // Long rows come from flattening; a whole picture's channels are short.
            let to_row = self.random.one_of(&[Layer::Flatten, Layer::Flatten, Layer::GlobalAvg, Layer::GlobalMax]);
            let long = self.shape.len() > 5_000;
            let to_row = if long { Layer::GlobalAvg } else { to_row };
            self.shape = to_row.output(self.shape).expect("it takes any picture");
            self.layers.push(to_row);
        }
        for _ in 0..self.random.between(0, 2) {
            self.row_block();
        }
        let classes = self.random.one_of(&[1, 2, 2, 3, 4, 5, 7, 10, 16, 17, 33]);
        let bias = self.random.chance(0.8);
        let head = match (classes, self.random.between(0, 2)) {
            (_, 0) => None,
            (1, _) | (_, 1) => Some(Layer::Sigmoid),
            _ => Some(Layer::Softmax),
        };
        let last: Vec<Layer> = [Some(Layer::Dense { units: classes, bias }), head].into_iter().flatten().collect();
        match self.random.chance(0.1) {
            true => self.layers.push(Layer::Model(last)),
            false => self.layers.extend(last),
        }
    }

    /// A few layers for pictures, as students combine them, or as nobody would.
    fn block(&mut self, depth: usize) {
        match self.random.between(0, 9) {
            0..=4 => {
                let conv = self.conv();
                self.add(conv);
                if self.random.chance(0.3) {
                    self.norm();
                }
                if self.random.chance(0.8) {
                    self.activation();
                }
                if self.random.chance(0.5) {
                    let pool = self.pool();
                    self.add(Layer::MaxPool(pool));
                }
                if self.random.chance(0.15) {
                    self.dropout();
                }
            }
            5 if depth > 0 => self.residual(depth - 1),
            6 if depth > 0 => {
                let inner = self.inside(self.shape, |inner| inner.block(depth - 1));
                self.add(Layer::Model(inner));
            }
            _ => {
                for _ in 0..self.random.between(1, 4) {
                    self.any();
                }
            }
        }
    }

    /// What grows from a shape, without adding it.
    fn inside(&mut self, shape: Shape, grow: impl FnOnce(&mut Growing)) -> Vec<Layer> {
        let mut inner = Growing {
            random: &mut *self.random,
            budget: self.budget / 2,
            shape,
            layers: Vec::new(),
            parameters: self.parameters,
        };
        grow(&mut inner);
        inner.layers
    }

    fn any(&mut self) {
        match self.random.between(0, 11) {
            0..=2 => {
                let conv = self.conv();
                self.add(conv);
            }
            3 => {
                let pool = self.pool();
                self.add(Layer::MaxPool(pool));
            }
            4 => {
                let pool = self.pool();
                self.add(Layer::AvgPool(pool));
            }
            5 => self.norm(),
            6 => self.dropout(),
            7 => {
                let side = |random: &mut Random| random.between(0, 3);
                let sides = std::array::from_fn(|_| side(self.random));
                self.add(Layer::ZeroPad(sides));
            }
            8 => {
                let numbers = |random: &mut Random| std::array::from_fn(|_| random.within(-1.5, 1.5));
                let (factors, offsets) = (numbers(self.random), numbers(self.random));
                let reversed = self.random.chance(0.5);
                self.add(Layer::Rescale { factors, offsets, reversed });
            }
            _ => self.activation(),
        }
    }

    fn conv(&mut self) -> Layer {
        let random = &mut *self.random;
        let channels = self.shape.channels();
        let filters: usize = random.one_of(&[1, 2, 3, 4, 5, 8, 12, 16, 16, 17, 20, 24, 31, 32, 32, 33, 48, 64, 64]);
        let (groups, filters) = match random.between(0, 9) {
            0 => (channels, channels * random.between(1, 2)),
            1 => {
                let groups = random.one_of(&[2, 3, 4]);
                (groups, filters.div_ceil(groups) * groups)
            }
            _ => (1, filters),
        };
        let height = random.one_of(&[1, 2, 3, 3, 3, 3, 3, 4, 5, 5, 7]);
        let width = if random.chance(0.85) { height } else { random.between(1, 7) };
        let dilation = if random.chance(0.9) { 1 } else { random.between(2, 3) };
        let stride = match random.between(0, 9) {
            0..=6 => None,
            7 | 8 => Some([2, 2]),
            _ => Some([random.between(1, 3), random.between(1, 3)]),
        };
        let window = Window { size: [height, width], stride, same: random.chance(0.4), dilation };
        Layer::Conv { filters, window, groups, bias: random.chance(0.8) }
    }

    fn pool(&mut self) -> Window {
        let random = &mut *self.random;
        let height = random.one_of(&[1, 2, 2, 2, 2, 3, 3, 4, 5]);
        let width = if random.chance(0.9) { height } else { random.between(1, 4) };
        let stride = match random.between(0, 4) {
            0 => Some([random.between(1, 3); 2]),
            1 if random.chance(0.5) => Some([random.between(1, 3), random.between(1, 3)]),
            _ => None,
        };
        Window { size: [height, width], stride, same: random.chance(0.25), dilation: 1 }
    }

    fn norm(&mut self) {
        let (momentum, epsilon) = (self.random.one_of(&[0.0f32, 0.5, 0.9, 0.99]), self.random.one_of(&[1e-3f32, 1e-2]));
        self.add(Layer::Norm { momentum, epsilon });
    }

    fn dropout(&mut self) {
        let rate = self.random.one_of(&[0.0f32, 0.1, 0.25, 0.5, 0.9]);
        self.add(Layer::Dropout(rate));
    }

    fn activation(&mut self) {
        let slope = self.random.one_of(&[0.0f32, 0.01, 0.3, 1.5]);
        let usual =
            [Layer::Relu, Layer::Relu, Layer::Relu, Layer::Relu6, Layer::Leaky(slope), Layer::Sigmoid, Layer::Tanh];
        let layer = self.random.one_of(&usual);
        self.add(layer);
    }

    /// A branch that keeps the size, or a shortcut that follows it.
    fn residual(&mut self, depth: usize) {
        let shape = self.shape;
        let stride = self.random.one_of(&[None, None, Some([2, 2])]);
        let filters = if stride.is_none() && self.random.chance(0.6) { shape.channels() } else { self.random.size(32) };
        let own = filters != shape.channels() || stride.is_some();
        let conv = |filters, size, stride, bias| Layer::Conv {
            filters,
            window: Window { size: [size; 2], stride, same: true, dilation: 1 },
            groups: 1,
            bias,
        };
        let branch = self.inside(shape, |inner| {
            let bias = inner.random.chance(0.7);
            inner.add(conv(filters, 3, stride, bias));
            inner.activation();
            if depth > 0 && inner.random.chance(0.3) {
                inner.residual(depth - 1);
            }
            if inner.random.chance(0.5) {
                inner.norm();
            }
            let size = inner.random.one_of(&[1, 3, 5]);
            inner.add(conv(filters, size, None, true));
        });
        let shortcut = self.inside(shape, |inner| {
            inner.add(conv(filters, 1, stride, false));
            if inner.random.chance(0.4) {
                inner.norm();
            }
        });
        self.add(Layer::Residual(branch, own.then_some(shortcut)));
    }

    fn row_block(&mut self) {
        let (units, bias) = (self.random.size(64), self.random.chance(0.8));
        match self.random.between(0, 7) {
            0 => self.norm(),
            1 => self.dropout(),
            2 => {
                self.add(Layer::Softmax);
            }
            3 => {
                let units = self.shape.len();
                let branch = self.inside(self.shape, |inner| {
                    inner.activation();
                    inner.add(Layer::Dense { units, bias });
                });
                self.add(Layer::Residual(branch, None));
            }
            _ => {
                self.add(Layer::Dense { units, bias });
                if self.random.chance(0.3) {
                    self.norm();
                }
                self.activation();
            }
        }
    }
}
