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
