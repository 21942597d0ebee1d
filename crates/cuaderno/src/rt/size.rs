//! How much memory a variable takes, as far as that can be told.

use polars::prelude::{DataFrame, Series};
use std::any::Any;

/// Bytes behind the value's own, for types that say or that we know; `None` for others.
fn heap_bytes(value: &dyn Any) -> Option<usize> {
    macro_rules! vectors {
        ($($element:ty),*) => {
            $(if let Some(vector) = value.downcast_ref::<Vec<$element>>() {
                return Some(vector.capacity() * size_of::<$element>());
            })*
        };
    }
    vectors!(f32, f64, i32, i64, u8, u32, u64, usize, bool, &str);
    if let Some(text) = value.downcast_ref::<String>() {
        return Some(text.capacity());
    }
    if let Some(texts) = value.downcast_ref::<Vec<String>>() {
        let content: usize = texts.iter().map(String::capacity).sum();
        return Some(content + texts.capacity() * size_of::<String>());
    }
    if let Some(frame) = value.downcast_ref::<DataFrame>() {
        return Some(frame.estimated_size());
    }
    value.downcast_ref::<Series>().map(Series::estimated_size)
}

/// A size for people. Where a value owns memory that we cannot see, its own bytes are the least it takes.
pub fn describe(value: &dyn Any, owns_memory: bool) -> String {
    let own = size_of_val(value);
    match heap_bytes(value) {
        Some(heap) => human(own + heap),
        None if owns_memory => format!("at least {}", human(own)),
        None => human(own),
    }
}

fn human(bytes: usize) -> String {
    match bytes as f64 {
        small if small < 1e3 => format!("{bytes} B"),
        b if b < 1e6 => format!("{:.1} kB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(describe(&7_i32, false), "4 B");
        assert_eq!(describe(&vec![0.0_f64; 1000], true), "8.0 kB");
        assert_eq!(describe(&Box::new(7_i32), true), "at least 8 B");
    }
}
