//! The arithmetic of networks on plain slices, forward and backward.
//!
//! Activations are `f32`, channels last (`[batch, height, width, channels]`), sizes are known at run time only. Kernels have
//! Keras's layout (`[height, width, in, out]`), dense weights are `[inputs, outputs]`. Geometry lives in small plain structs
//! ([`Conv2d`], [`Pool2d`], [`Dense`], [`BatchNorm`], …) whose size functions are `const`.
//!
//! **Same bits, whatever the machine and its load.** Work is split into parts that depend on the sizes alone; sums are taken
//! inside a part and then over the parts, in a fixed order, term by term with fused multiply-adds: vectors lie across a sum's
//! neighbours, never along it. Exponentials and logarithms are our own or the crate `libm`'s, not the C library's. Results are
//! identical with 1, 2 or 64 threads, and with AVX-512, AVX2 or portable code.
//!
//! **Fast on any processor.** AVX-512, AVX2 or portable code is chosen at run time ([`instructions`]; `CUADERNO_SIMD=avx2` or
//! `portable` asks for less, for comparison). A convolution reads its windows where they lie, nothing is unrolled; with the pooling that follows
//! ([`ConvOperands::pool`]) its own output never exists in memory. Filters of 3 × 3 and 5 × 5 take a quarter to a third of
//! the multiplications, by Winograd's method (`conv/winograd`), forward and back. `unsafe` stands in two places: the block
//! loops of `micro_kernel`, which only products whose every access was checked have, and the vector loads and stores of `simd.rs`.
//!
//! ```
//! use cuaderno_ops::{Activation, Conv2d, ConvOperands, Scratch};
//!
//! const CONV: Conv2d = Conv2d::new(1, 1, [2, 2]);
//! const OUT: [usize; 2] = CONV.output_size([3, 3]);
//! let image = [1., 2., 3., 4., 5., 6., 7., 8., 9.];
//! let mut output = [0.0; OUT[0] * OUT[1]];
//! let (weight, bias, activation) = (&[1., 0., 0., -1.], Some(&[5.0][..]), Activation::Relu);
//! let operands = ConvOperands { batch: 1, size: [3, 3], input: &image, weight, bias, activation, pool: None };
//! CONV.forward(&mut Scratch::new(), operands, &mut output, None);
//! assert_eq!(output, [1.0; 4]); // x[i, j] - x[i+1, j+1] + 5
//! ```

mod activation;
mod batch_norm;
mod conv;
mod dense;
mod dropout;
mod elementwise;
mod global_pool;
mod layout;
mod loss;
mod micro_kernel;
mod optimizer;
mod padding;
mod parallel;
mod pool;
mod scratch;
mod simd;
mod sizes;
mod softmax;
mod zero_pad;

pub use activation::{Activation, sigmoid};
pub use batch_norm::{BatchNorm, BatchStatistics, MovingMoments, NormOperands, NormalizedBy, RunningMoments};
pub use conv::{Conv2d, ConvOperands, ConvResult, Gradients};
pub use dense::{Dense, DenseOperands};
pub use dropout::Dropout;
pub use elementwise::{activation_backward, activation_forward, add, scale, sum_of_squares};
pub use global_pool::{global_average_backward, global_average_forward};
pub use layout::{nchw_to_nhwc, nhwc_to_nchw};
pub use loss::{Targets, binary_cross_entropy, mean_absolute_error, mean_squared_error, softmax_cross_entropy};
pub use optimizer::{Adam, RmsProp, Sgd};
pub use padding::Padding;
pub use pool::Pool2d;
pub use scratch::Scratch;
pub use simd::instructions;
pub use softmax::{softmax_backward, softmax_forward};
pub use zero_pad::ZeroPad2d;

use elementwise::column_sums;
