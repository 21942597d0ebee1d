//! What each layer is in ONNX: operators of opset 18, channels first.

use super::graph::{Attribute, Graph};
use crate::layers::Layer;
use crate::sequential::Part;
use crate::{Network, Sequential, Shape};
use cuaderno_ops::{Activation, Padding, Pool2d};

/// Layers one after the other, each taking the parameters that are its own.
pub struct Translation<'a> {
    pub graph: Graph,
    /// Shape and values of every tensor that is still to come, in the order of the layers.
    tensors: Box<dyn Iterator<Item = (&'a [usize], Vec<f32>)> + 'a>,
    /// The last value's name and shape.
    pub value: String,
    pub shape: Shape,
}

/// A residual block whose end has not come yet.
struct Block {
    input: (String, Shape),
    branch: Option<String>,
}

impl<'a> Translation<'a> {
    pub fn new(network: &'a Network, input: &str) -> Self {
        let shapes = network.tensors().map(|(_, shape)| shape);
        let tensors = Box::new(shapes.zip(network.tensor_values()));
        Self { graph: Graph::default(), tensors, value: input.to_owned(), shape: network.input() }
    }

    /// Names are those of the network's tensors: `2_model/3_conv2d`.
    pub fn add_all(&mut self, layers: &Sequential, prefix: &str) {
        let mut blocks = Vec::new();
        for (index, (part, output)) in layers.parts().enumerate() {
            let name = format!("{prefix}{}_{}", index + 1, part.kind());
            match part {
                Part::Model(inner) => self.add_all(inner, &format!("{name}/")),
                Part::Layer(Layer::ResidualBegin) => {
                    blocks.push(Block { input: (self.value.clone(), self.shape), branch: None });
                }
                Part::Layer(Layer::Shortcut) => {
                    let block = blocks.last_mut().expect("the stack is well formed");
                    block.branch = Some(std::mem::replace(&mut self.value, block.input.0.clone()));
                    self.shape = block.input.1;
                }
                Part::Layer(Layer::ResidualEnd) => {
                    let Block { input, branch } = blocks.pop().expect("the stack is well formed");
                    let other = branch.unwrap_or(input.0);
                    self.node("Add", &[&other], &name, &[]);
                }
                Part::Layer(layer) => self.layer(layer, &name),
            }
            self.shape = output;
        }
    }

    /// A node that takes the last value, and further inputs behind it.
    fn node(&mut self, kind: &str, further: &[&str], output: &str, attributes: &[(&str, Attribute)]) {
        let inputs: Vec<&str> = [&*self.value].into_iter().chain(further.iter().copied()).collect();
        self.graph.node(kind, &inputs, output, attributes);
        output.clone_into(&mut self.value);
    }

    /// The next parameter tensor, as it is; its name.
    fn parameter(&mut self, layer: &str, name: &str) -> String {
        let (shape, values) = self.tensors.next().expect("every layer has its tensors");
        let name = format!("{layer}/{name}");
        self.graph.floats(&name, shape, values);
        name
    }

    fn layer(&mut self, layer: &Layer, name: &str) {
        let (channels, size) = (self.shape.channels(), self.shape.size());
        match *layer {
            Layer::Conv2d(conv) => {
                let kernel = self.filters(name);
                let bias = conv.bias.then(|| self.parameter(name, "bias"));
                let inputs: Vec<&str> = [&kernel].into_iter().chain(&bias).map(String::as_str).collect();
                let dilations = [conv.dilation; 2];
                let pads = pads(conv.padding.resolve(size, conv.kernel, conv.stride, dilations));
                let attributes = [
                    ("kernel_shape", Attribute::Ints(&conv.kernel)),
                    ("strides", Attribute::Ints(&conv.stride)),
                    ("dilations", Attribute::Ints(&dilations)),
                    ("pads", Attribute::Ints(&pads)),
                    ("group", Attribute::Int(conv.groups as i64)),
                ];
                self.node("Conv", &inputs, name, &attributes);
            }
            Layer::Dense(dense) => {
                let kernel = self.parameter(name, "kernel");
                match dense.bias {
                    true => {
                        let bias = self.parameter(name, "bias");
                        self.node("Gemm", &[&kernel, &bias], name, &[]);
                    }
                    false => self.node("MatMul", &[&kernel], name, &[]),
                }
            }
            Layer::BatchNorm(norm) => {
                let names = ["gamma", "beta", "moving_mean", "moving_variance"].map(|part| self.parameter(name, part));
                let epsilon = ("epsilon", Attribute::Float(norm.epsilon));
                self.node("BatchNormalization", &names.each_ref().map(String::as_str), name, &[epsilon]);
            }
            Layer::Activation(activation) => self.activation(activation, name),
            Layer::Softmax => self.node("Softmax", &[], name, &[("axis", Attribute::Int(1))]),
            Layer::MaxPool(pool) => self.pool("MaxPool", pool, size, name),
            Layer::AveragePool(pool) => self.pool("AveragePool", pool, size, name),
            Layer::GlobalAveragePool => self.global_pool("GlobalAveragePool", name),
            Layer::GlobalMaxPool => self.global_pool("GlobalMaxPool", name),
            Layer::Rescale(rescaling) => {
                if rescaling.reversed {
                    let indices = format!("{name}/reversed");
                    self.graph.ints(&indices, &[2, 1, 0]);
                    self.node("Gather", &[&indices], &format!("{name}/turned"), &[("axis", Attribute::Int(1))]);
                }
                let numbers = [("factors", rescaling.factors), ("offsets", rescaling.offsets)];
                let [factors, offsets] = numbers.map(|(part, numbers)| {
                    let part = format!("{name}/{part}");
                    self.graph.floats(&part, &[1, channels, 1, 1], numbers);
                    part
                });
                self.node("Mul", &[&factors], &format!("{name}/scaled"), &[]);
                self.node("Add", &[&offsets], name, &[]);
            }
            Layer::ZeroPad([top, bottom, left, right]) => {
                let (sides, axes) = (format!("{name}/sides"), format!("{name}/axes"));
                self.graph.ints(&sides, &[top, left, bottom, right]);
                // Where axes are named, onnxruntime leaves the operator as it is. Up to 1.23 it would put the zeros into a pooling
                // behind it, to whose maximum or mean they do not count.
                self.graph.ints(&axes, &[2, 3]);
                self.node("Pad", &[&sides, "", &axes], name, &[]);
            }
            Layer::Flatten => self.flatten(name),
            Layer::Dropout(_) => {} // nothing in prediction
            Layer::ResidualBegin | Layer::Shortcut | Layer::ResidualEnd | Layer::Model(_) => {
                unreachable!("what only joins others is no layer by itself")
            }
        }
    }

    /// The filters of a convolution: `[height, width, in, out]` becomes `[out, in, height, width]`.
    fn filters(&mut self, layer: &str) -> String {
        let (shape, values) = self.tensors.next().expect("every convolution has filters");
        let &[height, width, inputs, outputs] = shape else { unreachable!("filters have four axes") };
        let (taps, name) = (height * width, format!("{layer}/kernel"));
        let at = |place: usize| {
            let (output, input, tap) = (place / taps / inputs, place / taps % inputs, place % taps);
            values[(tap * inputs + input) * outputs + output]
        };
        self.graph.floats(&name, &[outputs, inputs, height, width], (0..values.len()).map(at));
        name
    }

    fn activation(&mut self, activation: Activation, name: &str) {
        match activation {
            Activation::Linear => {}
            Activation::Relu => self.node("Relu", &[], name, &[]),
            Activation::Relu6 => {
                let [low, high] = [("low", 0.0), ("high", 6.0)].map(|(part, value)| {
                    let part = format!("{name}/{part}");
                    self.graph.floats(&part, &[], [value]);
                    part
                });
                self.node("Clip", &[&low, &high], name, &[]);
            }
            Activation::LeakyRelu(slope) => self.node("LeakyRelu", &[], name, &[("alpha", Attribute::Float(slope))]),
            Activation::Sigmoid => self.node("Sigmoid", &[], name, &[]),
            Activation::Tanh => self.node("Tanh", &[], name, &[]),
        }
    }

    /// Pixels beyond the edge count neither for the maximum nor for the mean: both operators' default.
    fn pool(&mut self, kind: &str, pool: Pool2d, size: [usize; 2], name: &str) {
        let Pool2d { window, stride, padding } = pool;
        let pads = pads(Padding::resolve(padding, size, window, stride, [1, 1]));
        let attributes = [
            ("kernel_shape", Attribute::Ints(&window)),
            ("strides", Attribute::Ints(&stride)),
            ("pads", Attribute::Ints(&pads)),
        ];
        self.node(kind, &[], name, &attributes);
    }

    fn global_pool(&mut self, kind: &str, name: &str) {
        self.node(kind, &[], &format!("{name}/map"), &[]);
        self.node("Flatten", &[], name, &[("axis", Attribute::Int(1))]);
    }

    /// The channels of a pixel lie side by side in a row, so they are brought behind the pixels.
    fn flatten(&mut self, name: &str) {
        if !self.shape.is_image() {
            return;
        }
        if self.shape.size() != [1, 1] {
            let order = ("perm", Attribute::Ints(&[0, 2, 3, 1]));
            self.node("Transpose", &[], &format!("{name}/channels_last"), &[order]);
        }
        self.node("Flatten", &[], name, &[("axis", Attribute::Int(1))]);
    }
}

/// From `[top, bottom, left, right]` to ONNX's order.
fn pads([top, bottom, left, right]: [usize; 4]) -> [usize; 4] {
    [top, left, bottom, right]
}
