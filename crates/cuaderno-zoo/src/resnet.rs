//! ResNets (He and others, 2015): ResNet50 as in keras/src/applications/resnet.py and torchvision/models/resnet.py, ResNet18 and
//! ResNet34, which Keras does not have, as in the latter.
//!
//! The two ResNet50 are not the same network: torchvision moves each stage's stride from the first to the 3 × 3 convolution, and
//! leaves out the biases of convolutions.

use crate::block::{Block, Window};
use crate::source::Source;
use cuaderno_nn::Shape;

/// Blocks of each stage: ResNet18's, ResNet34's and ResNet50's.
pub(crate) const BLOCKS_18: [usize; 4] = [2, 2, 2, 2];
pub(crate) const BLOCKS_34: [usize; 4] = [3, 4, 6, 3];
const BLOCKS_50: [usize; 4] = [3, 4, 6, 3];

/// Channels of each stage; ResNet50's blocks put out four times as many.
const CHANNELS: [usize; 4] = [64, 128, 256, 512];

/// Momentum and epsilon of the normalizations, and whether convolutions have biases.
fn norm(source: Source) -> (f32, f32, bool) {
    match source {
        Source::Keras => (0.99, 1.001e-5, true),
        Source::Torchvision => (0.9, 1e-5, false),
    }
}

pub(crate) fn blocks(input: Shape, source: Source) -> Vec<Block> {
    staged(input, BLOCKS_50, source, |shape, place, channels, stride| {
        bottleneck(shape, place, channels, stride, source)
    })
}

/// Those of ResNet18 and ResNet34.
pub(crate) fn basic_blocks(input: Shape, counts: [usize; 4]) -> Vec<Block> {
    staged(input, counts, Source::Torchvision, basic)
}

/// The first convolution, and four stages of blocks: of a shape, stage and number, channels and stride.
fn staged(
    input: Shape,
    counts: [usize; 4],
    source: Source,
    next: impl Fn(Shape, [usize; 2], usize, usize) -> Block,
) -> Vec<Block> {
    let (momentum, epsilon, bias) = norm(source);
    let mut first = Block::new("conv1", input);
    first.plain("conv1_pad", |stack| stack.zero_pad(3));
    first.conv(["conv1_conv", "conv1"], 64, Window::new(7).stride(2).bias(bias));
    first.norm(["conv1_bn", "bn1"], momentum, epsilon);
    first.plain("conv1_relu", |stack| stack.relu());
    first.plain("pool1_pad", |stack| stack.zero_pad(1));
    first.plain("pool1_pool", |stack| stack.stride(2).max_pool(3));
    let mut shape = first.output();
    let mut blocks = vec![first];
    for (stage, (count, channels)) in counts.into_iter().zip(CHANNELS).enumerate() {
        for number in 0..count {
            let stride = if number == 0 && stage > 0 { 2 } else { 1 };
            let block = next(shape, [stage, number], channels, stride);
            shape = block.output();
            blocks.push(block);
        }
    }
    blocks
}

/// Two convolutions and a shortcut; where the shape changes, a convolution brings the shortcut to it.
fn basic(input: Shape, [stage, number]: [usize; 2], channels: usize, stride: usize) -> Block {
    let (momentum, epsilon, _) = norm(Source::Torchvision);
    let name = format!("conv{}_block{}", stage + 2, number + 1);
    let keras = |layer: &str| format!("{name}_{layer}");
    let torch = |layer: &str| format!("layer{}.{number}.{layer}", stage + 1);
    let mut block = Block::new(&name, input);
    block.mark(|stack| stack.residual_begin());
    let window = Window::new(3).stride(stride);
    let window = if stride == 1 { window.same() } else { window };
    if stride > 1 {
        block.mark(|stack| stack.zero_pad(1)); // torchvision pads both sides, TensorFlow's `same` only the end
    }
    block.conv([&keras("1_conv"), &torch("conv1")], channels, window);
    block.norm([&keras("1_bn"), &torch("bn1")], momentum, epsilon);
    block.plain(&keras("1_relu"), |stack| stack.relu());
    block.conv([&keras("2_conv"), &torch("conv2")], channels, Window::new(3).same());
    block.norm([&keras("2_bn"), &torch("bn2")], momentum, epsilon);
    if stride > 1 {
        block.mark(|stack| stack.shortcut());
        block.conv([&keras("0_conv"), &torch("downsample.0")], channels, Window::new(1).stride(stride));
        block.norm([&keras("0_bn"), &torch("downsample.1")], momentum, epsilon);
    }
    block.plain(&keras("add"), |stack| stack.residual_end());
    block.plain(&keras("out"), |stack| stack.relu());
    block
}

/// Three convolutions, the first narrowing, the last widening, and a shortcut; the first block of a stage brings the shortcut
/// to its shape by a convolution.
fn bottleneck(input: Shape, [stage, number]: [usize; 2], channels: usize, stride: usize, source: Source) -> Block {
    let (momentum, epsilon, bias) = norm(source);
    let name = format!("conv{}_block{}", stage + 2, number + 1);
    let keras = |layer: &str| format!("{name}_{layer}");
    let torch = |layer: &str| format!("layer{}.{number}.{layer}", stage + 1);
    let strides = if source == Source::Keras { [stride, 1] } else { [1, stride] };
    let point = |stride| Window::new(1).stride(stride).bias(bias);
    let mut block = Block::new(&name, input);
    block.mark(|stack| stack.residual_begin());
    block.conv([&keras("1_conv"), &torch("conv1")], channels, point(strides[0]));
    block.norm([&keras("1_bn"), &torch("bn1")], momentum, epsilon);
    block.plain(&keras("1_relu"), |stack| stack.relu());
    let mut window = Window::new(3).stride(strides[1]).bias(bias);
    if strides[1] == 1 {
        window = window.same();
    } else {
        block.mark(|stack| stack.zero_pad(1)); // torchvision pads both sides, TensorFlow's `same` only the end
    }
    block.conv([&keras("2_conv"), &torch("conv2")], channels, window);
    block.norm([&keras("2_bn"), &torch("bn2")], momentum, epsilon);
    block.plain(&keras("2_relu"), |stack| stack.relu());
    block.conv([&keras("3_conv"), &torch("conv3")], 4 * channels, point(1));
    block.norm([&keras("3_bn"), &torch("bn3")], momentum, epsilon);
    if number == 0 {
        block.mark(|stack| stack.shortcut());
        block.conv([&keras("0_conv"), &torch("downsample.0")], 4 * channels, point(stride));
        block.norm([&keras("0_bn"), &torch("downsample.1")], momentum, epsilon);
    }
    block.plain(&keras("add"), |stack| stack.residual_end());
    block.plain(&keras("out"), |stack| stack.relu());
    block
}

pub(crate) fn top(input: Shape, classes: usize) -> Block {
    let mut block = Block::new("top", input);
    block.plain("avg_pool", |stack| stack.global_avg_pool());
    block.dense(["predictions", "fc"], classes, None);
    block.mark(|stack| stack.softmax());
    block
}
