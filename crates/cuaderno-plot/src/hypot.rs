//! `hypot` for what draws figures, in place of the C library's.
//!
//! The C library got a new one in its version 2.35, so whatever is linked on a newer system would refuse to be loaded on an older one.
//! This one is the same everywhere, bit for bit.

/// The length of the hypotenuse.
#[unsafe(no_mangle)]
#[allow(unsafe_code)] // takes the place of a function of the same name and type
extern "C" fn hypot(x: f64, y: f64) -> f64 {
    libm::hypot(x, y)
}

/// The length of the hypotenuse.
#[unsafe(no_mangle)]
#[allow(unsafe_code)] // as above
extern "C" fn hypotf(x: f32, y: f32) -> f32 {
    libm::hypotf(x, y)
}
