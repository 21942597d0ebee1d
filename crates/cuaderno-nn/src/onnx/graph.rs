//! A graph of ONNX in the making. Numbers of fields and of types are those of onnx/onnx.proto.

use super::protobuf::Message;
use crate::Shape;

/// `TensorProto.DataType`
const FLOAT: i64 = 1;
const INT64: i64 = 7;

/// A setting of a node.
pub enum Attribute<'a> {
    Float(f32),
    Int(i64),
    Ints(&'a [usize]),
}

/// Nodes and initializers, each a message by itself.
#[derive(Default)]
pub struct Graph {
    nodes: Message,
    initializers: Message,
}

impl Graph {
    /// A node, named by its only output.
    pub fn node(&mut self, kind: &str, inputs: &[&str], output: &str, attributes: &[(&str, Attribute)]) {
        let node = inputs.iter().fold(Message::default(), |node, input| node.text(1, input));
        let node = node.text(2, output).text(3, output).text(4, kind);
        let node = attributes.iter().fold(node, |node, (name, value)| {
            let attribute = Message::default().text(1, name);
            let attribute = match *value {
                Attribute::Float(value) => attribute.float(2, value).int(20, 1),
                Attribute::Int(value) => attribute.int(3, value).int(20, 2),
                Attribute::Ints(values) => attribute.ints(8, values.iter().map(|value| *value as i64)).int(20, 7),
            };
            node.message(5, attribute)
        });
        self.nodes = std::mem::take(&mut self.nodes).message(1, node);
    }

    /// A tensor that is part of the file.
    pub fn floats(&mut self, name: &str, shape: &[usize], values: impl IntoIterator<Item = f32>) {
        let bytes: Vec<u8> = values.into_iter().flat_map(f32::to_le_bytes).collect();
        self.initializer(name, shape, FLOAT, &bytes);
    }

    /// Whole numbers that a node takes as an input.
    pub fn ints(&mut self, name: &str, values: &[usize]) {
        let bytes: Vec<u8> = values.iter().flat_map(|value| (*value as i64).to_le_bytes()).collect();
        self.initializer(name, &[values.len()], INT64, &bytes);
    }

    fn initializer(&mut self, name: &str, shape: &[usize], kind: i64, bytes: &[u8]) {
        let dimensions = shape.iter().map(|length| *length as i64);
        let tensor = Message::default().ints(1, dimensions).int(2, kind).text(8, name).bytes(9, bytes);
        self.initializers = std::mem::take(&mut self.initializers).message(5, tensor);
    }

    /// Bytes of all tensors.
    pub fn len(&self) -> usize {
        self.initializers.len()
    }

    /// `GraphProto`, with one input and one output of any number of examples.
    pub fn finish(self, name: &str, input: (&str, Shape), output: (&str, Shape)) -> Vec<u8> {
        let mut bytes = self.nodes.text(2, name).into_bytes();
        bytes.append(&mut self.initializers.into_bytes());
        let ends = Message::default().message(11, value(input)).message(12, value(output));
        bytes.append(&mut ends.into_bytes());
        bytes
    }
}

/// `ValueInfoProto`
fn value((name, shape): (&str, Shape)) -> Message {
    let sizes = match shape {
        Shape::Image { channels, height, width } => vec![channels, height, width],
        Shape::Features(length) => vec![length],
    };
    let batch = Message::default().text(2, "batch");
    let sizes = sizes.into_iter().map(|size| Message::default().int(1, size as i64));
    let dimensions = [batch].into_iter().chain(sizes).fold(Message::default(), |shape, size| shape.message(1, size));
    let tensor = Message::default().int(1, FLOAT).message(2, dimensions);
    Message::default().text(1, name).message(2, Message::default().message(1, tensor))
}
