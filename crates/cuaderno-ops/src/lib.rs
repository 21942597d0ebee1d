//! The arithmetic of networks on plain slices.
