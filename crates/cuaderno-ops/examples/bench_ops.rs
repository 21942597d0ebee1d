//! Time and speed of every layer of the coursework's networks, forward and backward.
//!
//! `cargo run -p cuaderno-ops --example bench_ops [network]`; `RAYON_NUM_THREADS=1` for one core,
//! `CUADERNO_SIMD=avx2` for a smaller instruction set. Prints the fastest of several runs: other programs only add time. With
//! `CPU_TIME=1` it counts the time the processor worked for it, which other programs hardly disturb.

use std::time::Instant;

use cpu_time::ProcessTime;
use cuaderno_ops::{Activation, Conv2d, ConvOperands, ConvResult, Dense, DenseOperands, Gradients, Pool2d, Scratch};

struct Layer {
    conv: Conv2d,
    size: [usize; 2],
    pooled: bool,
}

/// Convolutions `(filters, kernel, pooled)` one after the other.
fn stack(size: usize, convs: &[(usize, usize, bool)]) -> Vec<Layer> {
    let (mut size, mut channels) = ([size; 2], 3);
    convs
        .iter()
        .map(|(filters, kernel, pooled)| {
            let layer = Layer { conv: Conv2d::new(channels, *filters, [*kernel; 2]), size, pooled: *pooled };
            size = layer.conv.output_size(size);
            if *pooled {
                size = Pool2d::new([2, 2]).output_size(size);
            }
            channels = *filters;
            layer
        })
        .collect()
}

fn best(mut work: impl FnMut()) -> f64 {
    let begin = Instant::now();
    let of_cpu = std::env::var_os("CPU_TIME").is_some();
    let mut best = f64::INFINITY;
    for run in 0.. {
        let (wall, cpu) = (Instant::now(), ProcessTime::now());
        work();
        let elapsed = if of_cpu { cpu.elapsed() } else { wall.elapsed() };
        best = best.min(elapsed.as_secs_f64());
        if run >= 3 && begin.elapsed().as_secs_f64() > 0.6 {
            break;
        }
    }
    best
}

fn ramp(len: usize) -> Vec<f32> {
    (0..len).map(|i| ((i * 2_654_435_761) % 1000) as f32 / 1000.0 - 0.45).collect()
}

fn main() {
    let wanted = std::env::args().nth(1);
    let networks = [
        ("model1", 128, stack(64, &[(32, 3, true), (64, 3, true), (128, 3, true), (128, 3, true)]), [512, 512]),
        ("model2", 128, stack(64, &[(32, 5, false), (32, 5, true), (64, 5, true), (128, 5, true)]), [2048, 256]),
        (
            "r1",
            20,
            stack(150, &[(32, 3, true), (64, 3, true), (64, 3, true), (128, 3, true), (128, 3, true)]),
            [512, 512],
        ),
        ("base", 32, stack(32, &[(6, 5, true), (16, 5, true)]), [400, 50]),
        ("pre", 32, stack(32, &[(16, 3, false), (32, 3, true), (64, 3, false), (64, 3, true)]), [1600, 128]),
        ("r4", 32, stack(32, &[(32, 3, true), (64, 3, true), (64, 3, false)]), [1024, 64]),
    ];
    for (name, batch, layers, [inputs, outputs]) in networks {
        if wanted.as_ref().is_some_and(|w| w != name) {
            continue;
        }
        println!("{name}, batch {batch}: ms (GFLOP/s)     forward        kernel         kernel and input gradient");
        let (mut total, mut flops) = (0.0, 0.0);
        for (index, layer) in layers.iter().enumerate() {
            let [forward, kernel, both] = time_conv(layer, batch);
            let work = layer.conv.flops(batch, layer.size) as f64;
            let (backward, factor) = if index == 0 { (kernel, 2.0) } else { (both, 3.0) };
            total += forward + backward;
            flops += factor * work;
            let show = |seconds: f64, work: f64| format!("{:7.2} ({:3.0})", seconds * 1e3, work / seconds / 1e9);
            println!(
                "  {:3}x{:<3} {:3} -> {:3} {}x{}{}     {}  {}  {}",
                layer.size[0],
                layer.size[1],
                layer.conv.in_channels,
                layer.conv.out_channels,
                layer.conv.kernel[0],
                layer.conv.kernel[1],
                if layer.pooled { " pool" } else { "     " },
                show(forward, work),
                show(kernel, work),
                show(both, 2.0 * work),
            );
        }
        let [forward, backward] = time_dense(&Dense::new(inputs, outputs), batch);
        println!("  dense {inputs} -> {outputs}: {:.2} {:.2}", forward * 1e3, backward * 1e3);
        println!("  convolutions {:.2} ms, {:.0} GFLOP/s", total * 1e3, flops / total / 1e9);
    }
}

/// Seconds of the forward pass, of the backward pass without and with the input's gradient.
fn time_conv(layer: &Layer, batch: usize) -> [f64; 3] {
    let (conv, size) = (&layer.conv, layer.size);
    let mut scratch = Scratch::new();
    let (input, weight) = (ramp(conv.input_len(batch, size)), ramp(conv.weight_len()));
    let bias = vec![0.1; conv.out_channels];
    let pool = Pool2d::new([2, 2]);
    let inner = conv.output_size(size);
    let out_len =
        if layer.pooled { pool.output_len(batch, inner, conv.out_channels) } else { conv.output_len(batch, size) };
    let (mut output, mut winners) = (vec![0.0; out_len], vec![0; out_len]);
    let relu = Activation::Relu;
    let forward = best(|| {
        if layer.pooled {
            let winners = Some(&mut winners[..]);
            conv.forward(
                &mut scratch,
                ConvOperands {
                    batch,
                    size,
                    input: &input,
                    weight: &weight,
                    bias: Some(&bias),
                    activation: relu,
                    pool: Some(pool),
                },
                &mut output,
                winners,
            );
        } else {
            conv.forward(
                &mut scratch,
                ConvOperands {
                    batch,
                    size,
                    input: &input,
                    weight: &weight,
                    bias: Some(&bias),
                    activation: relu,
                    ..ConvOperands::default()
                },
                &mut output,
                None,
            );
        }
    });
    let mut d_output = ramp(out_len);
    let (mut d_input, mut d_weight, mut d_bias) = (vec![0.0; input.len()], vec![0.0; weight.len()], bias.clone());
    let mut backward = |wants_input: bool| {
        best(|| {
            let gradients = Gradients {
                input: wants_input.then_some(&mut d_input[..]),
                weight: Some(&mut d_weight),
                bias: Some(&mut d_bias),
            };
            if layer.pooled {
                conv.backward(
                    &mut scratch,
                    ConvOperands {
                        batch,
                        size,
                        input: &input,
                        weight: &weight,
                        activation: relu,
                        pool: Some(pool),
                        ..ConvOperands::default()
                    },
                    ConvResult { output: &output, argmax: &winners },
                    &mut d_output.to_vec(),
                    gradients,
                );
            } else {
                conv.backward(
                    &mut scratch,
                    ConvOperands {
                        batch,
                        size,
                        input: &input,
                        weight: &weight,
                        activation: relu,
                        ..ConvOperands::default()
                    },
                    ConvResult { output: &output, argmax: &[] },
                    &mut d_output,
                    gradients,
                );
            }
        })
    };
    [forward, backward(false), backward(true)]
}

/// Seconds of the forward and the backward pass.
fn time_dense(dense: &Dense, batch: usize) -> [f64; 2] {
    let mut scratch = Scratch::new();
    let (input, weight, bias) = (ramp(batch * dense.inputs), ramp(dense.weight_len()), vec![0.1; dense.outputs]);
    let mut output = vec![0.0; batch * dense.outputs];
    let relu = Activation::Relu;
    let forward = best(|| {
        dense.forward(
            &mut scratch,
            DenseOperands { batch, input: &input, weight: &weight, bias: Some(&bias), activation: relu },
            &mut output,
        )
    });
    let mut d_output = ramp(output.len());
    let (mut d_input, mut d_weight, mut d_bias) = (vec![0.0; input.len()], vec![0.0; weight.len()], bias.clone());
    let backward = best(|| {
        let gradients = Gradients { input: Some(&mut d_input), weight: Some(&mut d_weight), bias: Some(&mut d_bias) };
        dense.backward(
            &mut scratch,
            DenseOperands { batch, input: &input, weight: &weight, activation: relu, ..DenseOperands::default() },
            &output,
            &mut d_output,
            gradients,
        );
    });
    [forward, backward]
}
