//! Which vector instructions this machine has, looked up once.

use std::sync::LazyLock;

use pulp::{Arch, Simd, WithSimd};

/// AVX-512, AVX2 with FMA, or portable code; `CUADERNO_SIMD=portable` or `=avx2` asks for less than the machine has, to
/// test those paths.
pub(crate) fn arch() -> Arch {
    static ARCH: LazyLock<Arch> = LazyLock::new(|| {
        let wanted = std::env::var("CUADERNO_SIMD").unwrap_or_default();
        if wanted == "portable" {
            return Arch::Scalar;
        }
        #[cfg(target_arch = "x86_64")]
        if wanted == "avx2"
            && let Some(simd) = pulp::x86::V3::try_new()
        {
            return Arch::V3(simd);
        }
        Arch::new()
    });
    *ARCH
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
