//! The part of the standard library that notebooks use.
#![feature(rustdoc_internals, rustc_attrs)]

pub mod std {
    #[doc(inline)]
    pub use ::std::{
        any, array, assert, assert_eq, assert_ne, borrow, boxed, cell, char, clone, cmp, collections, column, concat, convert, dbg,
        debug_assert, default, env, eprint, eprintln, error, f32, f64, file, fmt, format, fs, hash, hint, include_bytes,
        include_str, io, iter, line, marker, matches, mem, num, ops, option, panic, path, print, println, process, rc, result,
        slice, str, string, stringify, sync, thread, time, todo, unimplemented, unreachable, vec, write, writeln,
    };

    pub mod prelude {
        #[doc(inline)]
        pub use ::std::prelude::v1;
    }
}

// Types without a path. rustdoc looks for their pages at the root only.
#[rustc_doc_primitive = "bool"]
mod bool_page {}
#[rustc_doc_primitive = "char"]
mod char_page {}
#[rustc_doc_primitive = "str"]
mod str_page {}
#[rustc_doc_primitive = "slice"]
mod slice_page {}
#[rustc_doc_primitive = "array"]
mod array_page {}
#[rustc_doc_primitive = "tuple"]
mod tuple_page {}
#[rustc_doc_primitive = "f32"]
mod f32_page {}
#[rustc_doc_primitive = "f64"]
mod f64_page {}
#[rustc_doc_primitive = "i8"]
mod i8_page {}
#[rustc_doc_primitive = "i16"]
mod i16_page {}
#[rustc_doc_primitive = "i32"]
mod i32_page {}
#[rustc_doc_primitive = "i64"]
mod i64_page {}
#[rustc_doc_primitive = "u8"]
mod u8_page {}
#[rustc_doc_primitive = "u16"]
mod u16_page {}
#[rustc_doc_primitive = "u32"]
mod u32_page {}
#[rustc_doc_primitive = "u64"]
mod u64_page {}
#[rustc_doc_primitive = "usize"]
mod usize_page {}
#[rustc_doc_primitive = "isize"]
mod isize_page {}
