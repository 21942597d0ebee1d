//! Which vector instructions this machine has, looked up once, and the operations that every set of them does alike.

use std::sync::LazyLock;

use pulp::{Arch, Simd, WithSimd};

/// AVX-512, AVX2 with FMA, or portable code; `CUADERNO_SIMD` asks for less than the machine has, to test those paths.
pub(crate) fn arch() -> Arch {
    static ARCH: LazyLock<Arch> = LazyLock::new(|| match std::env::var("CUADERNO_SIMD") {
        Ok(wanted) if !wanted.is_empty() => choose(&wanted).unwrap_or_else(|| {
            let best = Arch::new();
            let instructions = name(best);
            eprintln!(
                "CUADERNO_SIMD={wanted} is not available; computing with {instructions}; choose from {}",
                choices()
            );
            best
        }),
        _ => Arch::new(),
    });
    *ARCH
}

/// The instructions that operations use: `avx512`, `avx2`, `neon` or `portable`. Results are the same bits with each.
///
/// The environment variable `CUADERNO_SIMD`, read once, names one of those the processor has; other values are told on stderr
/// and change nothing.
pub fn instructions() -> &'static str {
    name(arch())
}

fn name(arch: Arch) -> &'static str {
    match arch {
        #[cfg(target_arch = "x86_64")]
        Arch::V3(_) => "avx2",
        #[cfg(target_arch = "x86_64")]
        Arch::V4(_) => "avx512",
        #[cfg(target_arch = "aarch64")]
        Arch::Neon(_) => "neon",
        _ => "portable",
    }
}

/// What this processor can be asked for.
fn available() -> Vec<Arch> {
    #[cfg(target_arch = "x86_64")]
    let vectors =
        [pulp::x86::V4::try_new().map(Arch::V4), pulp::x86::V3::try_new().map(Arch::V3)].into_iter().flatten();
    #[cfg(not(target_arch = "x86_64"))]
    let vectors = Some(Arch::new()).into_iter().filter(|arch| name(*arch) != "portable");
    vectors.chain([Arch::Scalar]).collect()
}

fn choices() -> String {
    available().into_iter().map(name).collect::<Vec<_>>().join(", ")
}

fn choose(wanted: &str) -> Option<Arch> {
    available().into_iter().find(|arch| name(*arch) == wanted)
}

/// Values in one vector register.
pub(crate) fn lanes() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;

        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    arch().dispatch(Lanes)
}

/// `a b + c`, rounded once, whatever the instructions: sums are the same bits on every processor.
#[inline(always)]
pub(crate) fn mul_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    use pulp::bytemuck::cast;
    if S::IS_SCALAR { cast(fused(cast(a), cast(b), cast(c))) } else { simd.mul_add_f32s(a, b, c) }
}

/// `a b + c`, rounded once, without the instruction for it. The C library's `fmaf` is a call for each value; this is inlined and
/// vectorizes.
///
/// In `f64` the product is exact and the sum has an error that is exact, too. Rounding the sum to odd, not to even, leaves a
/// trace of the error in its last bit, so that the second rounding, to `f32`, is that of the exact sum (Boldo and Melquiond,
/// *Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd*, 2008).
#[inline(always)]
fn fused(a: f32, b: f32, c: f32) -> f32 {
    let (product, c) = (f64::from(a) * f64::from(b), f64::from(c));
    let sum = product + c;
    let other = sum - product;
    let error = (product - (sum - other)) + (c - other);
    let bits = sum.to_bits();
    // not `!=`: beside infinity the error is a NaN
    let is_inexact = (error < 0.0) | (error > 0.0);
    let towards_zero = (error > 0.0) != (sum > 0.0);
    let odd = if towards_zero { bits.wrapping_sub(1) } else { bits.wrapping_add(1) };
    f64::from_bits(if is_inexact & (bits & 1 == 0) { odd } else { bits }) as f32
}

/// The larger of two values; a NaN in `x` stays one, as `f32::max` of the portable path would not have it.
#[inline(always)]
pub(crate) fn at_least<S: Simd>(simd: S, floor: S::f32s, x: S::f32s) -> S::f32s {
    simd.select_f32s(simd.greater_than_f32s(floor, x), floor, x)
}

/// As many values as there are, zeros for the rest of the vector.
#[inline(always)]
#[allow(unsafe_code)] // pulp loads and stores slices only by halves of their length, at a third of the speed
pub(crate) fn load<S: Simd>(simd: S, values: &[f32]) -> S::f32s {
    if values.len() >= S::F32_LANES {
        // SAFETY: there is a whole vector
        unsafe { values.as_ptr().cast::<S::f32s>().read_unaligned() }
    } else {
        simd.partial_load_f32s(values)
    }
}

/// Writes as many of the vector's values as there is room for.
#[inline(always)]
#[allow(unsafe_code)] // pulp loads and stores slices only by halves of their length, at a third of the speed
pub(crate) fn store<S: Simd>(simd: S, out: &mut [f32], values: S::f32s) {
    if out.len() >= S::F32_LANES {
        // SAFETY: there is room for a whole vector
        unsafe { out.as_mut_ptr().cast::<S::f32s>().write_unaligned(values) }
    } else {
        simd.partial_store_f32s(out, values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100_000))]

        /// Any bit patterns: infinities, subnormal numbers, NaN. The judge is the processor's instruction or the C library.
        #[test]
        fn fused_is_that_of_ieee_754(a: u32, b: u32, c: u32) {
            let [a, b, c] = [a, b, c].map(f32::from_bits);
            let (got, expected) = (fused(a, b, c), a.mul_add(b, c));
            prop_assert!(got.to_bits() == expected.to_bits() || got.is_nan() && expected.is_nan(), "{a} {b} {c}: {got} {expected}");
        }

        /// Sums near a tie, where rounding twice goes wrong.
        #[test]
        fn fused_rounds_once(a in 1u32..1 << 24, b in 1u32..1 << 24, c in 0u32..1 << 24, shift in -30i32..30, negative: bool) {
            let c = c as f32 * f32::powi(2.0, shift) * if negative { -1.0 } else { 1.0 };
            let (a, b) = (a as f32, b as f32);
            prop_assert_eq!(fused(a, b, c).to_bits(), a.mul_add(b, c).to_bits());
        }
    }

    #[test]
    fn choices_are_those_the_processor_has() {
        assert!(choices().ends_with("portable"), "{}", choices());
        assert_eq!(choose("portable").map(name), Some("portable"));
        assert_eq!(choose("").map(name), None);
        assert_eq!(choose("sse9").map(name), None);
    }
}
