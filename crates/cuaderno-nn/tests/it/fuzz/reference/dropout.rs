//! Dropout by the numbers of Philox 4x32-10 (Salmon and others, 2011): value `i` goes where the `i`-th number is small.

use super::Back;
use super::values::{Gradient, Values, rms};

pub fn forward(x: Values, rate: f32, key: u64) -> (Values, Back) {
    let threshold = (f64::from(rate) * f64::from(2.0f32.powi(32))) as u64;
    let kept: Vec<f64> = (0..x.data.len())
        .map(|i| {
            let number = philox(i as u64 / 4, key)[i % 4];
            if u64::from(number) >= threshold { 1.0 / (1.0 - f64::from(rate)) } else { 0.0 }
        })
        .collect();
    let gain = 1.0 / (1.0 - f64::from(rate));
    let data: Vec<f64> = x.data.iter().zip(&kept).map(|(x, kept)| x * kept).collect();
    let y = Values { noise: gain * x.noise + 2e-7 * rms(&data), data, shape: x.shape };
    let back = move |mut dy: Gradient| {
        dy.noise = gain * (dy.noise + 2e-7 * rms(&dy.data));
        dy.data.iter_mut().zip(&kept).for_each(|(d, kept)| *d *= kept);
        dy.doubt.iter_mut().zip(&kept).for_each(|(d, kept)| *d *= kept);
        (dy, Vec::new())
    };
    (y, Box::new(back))
}

/// Four random numbers of a block.
fn philox(block: u64, key: u64) -> [u32; 4] {
    let mut counter = [block as u32, (block >> 32) as u32, 0, 0];
    let mut key = [key as u32, (key >> 32) as u32];
    for _ in 0..10 {
        let a = 0xD251_1F53 * u64::from(counter[0]);
        let b = 0xCD9E_8D57 * u64::from(counter[2]);
        counter = [(b >> 32) as u32 ^ counter[1] ^ key[0], b as u32, (a >> 32) as u32 ^ counter[3] ^ key[1], a as u32];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    counter
}

/// The well mixed number of `(seed, stream, a, b)` from which the library makes its keys; dropout is stream 3.
pub fn hash(seed: u64, a: u64, b: u64) -> u64 {
    finish(finish(finish(seed ^ 3 << 56).wrapping_add(a)).wrapping_add(b))
}

/// The mask of each operation is its own.
pub fn key(step: u64, operation: usize) -> u64 {
    step.wrapping_add((operation as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn finish(x: u64) -> u64 {
    crate::fuzz::random::Random(x).bits()
}
