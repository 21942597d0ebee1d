//! Jupyter kernel binary.
fn main() {}
