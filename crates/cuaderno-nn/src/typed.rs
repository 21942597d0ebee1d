//! The typed shell: networks on dfdx tensors, shapes in the types.
//!
//! Everything here is a few lines around [`Network`], so that a cell that defines a model compiles in no time.

use crate::network::Step;
use crate::{Network, Stack};
use dfdx::prelude::{Const, Cpu, CpuError, Dim, HasShape, PutTape, Shape, SplitTape, Tape, Tensor, TensorFromVec};

/// A model made by [`cnn!`](crate::cnn!): its layers and its shapes as types.
pub trait Architecture {
    /// The layers.
    const STACK: &'static Stack;
    /// What comes in.
    type Input: Batched;
    /// What comes out.
    type Output: Batched;
}

/// The shape of a batch of something.
pub trait Batched {
    /// The shape in dfdx's types: `(B, Const<3>, Const<64>, Const<64>)` or `(B, Const<2>)`.
    type Shape<B: Dim>: Shape;

    /// That shape for a batch.
    fn shape<B: Dim>(batch: B) -> Self::Shape<B>;

    /// The batch axis of that shape.
    fn batch<B: Dim>(shape: &Self::Shape<B>) -> B;
}

/// A picture `[C, H, W]`, or, where `IMAGE` is false, a row `[C]`.
#[derive(Debug)]
pub struct Flow<const IMAGE: bool, const C: usize, const H: usize, const W: usize>;

impl<const C: usize, const H: usize, const W: usize> Batched for Flow<true, C, H, W> {
    type Shape<B: Dim> = (B, Const<C>, Const<H>, Const<W>);

    fn shape<B: Dim>(batch: B) -> Self::Shape<B> {
        (batch, Const, Const, Const)
    }

    fn batch<B: Dim>(shape: &Self::Shape<B>) -> B {
        shape.0
    }
}

impl<const C: usize, const H: usize, const W: usize> Batched for Flow<false, C, H, W> {
    type Shape<B: Dim> = (B, Const<C>);

    fn shape<B: Dim>(batch: B) -> Self::Shape<B> {
        (batch, Const)
    }

    fn batch<B: Dim>(shape: &Self::Shape<B>) -> B {
        shape.0
    }
}

/// A batch going into model `M`.
pub type Input<M, B, T> = Tensor<<<M as Architecture>::Input as Batched>::Shape<B>, f32, Cpu, T>;
/// A batch coming out of model `M`.
pub type Output<M, B, T> = Tensor<<<M as Architecture>::Output as Batched>::Shape<B>, f32, Cpu, T>;

/// Runs a batch through a network as in prediction, and records the way back on the batch's tape.
#[doc(hidden)]
pub fn forward<M: Architecture, B: Dim, T: Tape<f32, Cpu>, const N: usize>(
    network: &Network,
    input: Input<M, B, T>,
) -> Result<Output<M, B, T>, CpuError> {
    let step = Step::predict(network, T::OWNS_TAPE, input.as_vec());
    record::<M, B, T, N>(network, step, input)
}

/// Runs a batch through a network as in training, and records the way back on the batch's tape.
#[doc(hidden)]
pub fn forward_mut<M: Architecture, B: Dim, T: Tape<f32, Cpu>, const N: usize>(
    network: &mut Network,
    input: Input<M, B, T>,
) -> Result<Output<M, B, T>, CpuError> {
    let step = Step::train(network, T::OWNS_TAPE, input.as_vec());
    record::<M, B, T, N>(network, step, input)
}

/// One batch there and back without a tape, for tests: output, and the gradients of input and trainable parameters for a
/// gradient of the output. Pictures are channels first.
#[doc(hidden)]
pub fn there_and_back(network: &mut Network, trains: bool, input: Vec<f32>, d_output: Vec<f32>) -> [Vec<f32>; 3] {
    let step = if trains { Step::train(network, true, input) } else { Step::predict(network, true, input) };
    let output = step.output();
    let (d_input, d_weights) = step.backward(d_output);
    [output, d_input, d_weights]
}

fn record<M: Architecture, B: Dim, T: Tape<f32, Cpu>, const N: usize>(
    network: &Network,
    step: Step,
    input: Input<M, B, T>,
) -> Result<Output<M, B, T>, CpuError> {
    let (input, mut tape) = input.split_tape();
    let batch = M::Input::batch::<B>(input.shape());
    let output = Cpu::default().try_tensor_from_vec(step.output(), M::Output::shape::<B>(batch))?;
    if T::OWNS_TAPE {
        let (weights, from) = (network.tensor::<N>().clone(), output.clone());
        tape.add_backward_op(move |gradients| {
            let d_output = gradients.get_or_alloc_mut(&from)?.to_vec();
            let (d_input, d_weights) = step.backward(d_output);
            cuaderno_ops::add(gradients.get_or_alloc_mut(&input)?, &d_input);
            cuaderno_ops::add(gradients.get_or_alloc_mut(&weights)?, &d_weights);
            Ok(())
        });
    }
    Ok(output.put_tape(tape))
}
