"""Cuaderno: a Jupyter kernel for deep-learning coursework in Rust, and the command `cuaderno`. See `cuaderno --help`."""
