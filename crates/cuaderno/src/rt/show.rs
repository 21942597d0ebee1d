//! Showing the value of a cell's last expression.
//!
//! Generated code calls `peeled().peeled().evcxr_display()` on a reference to the value, with the traits of this module in
//! scope. [`Peel`] takes off references that the value itself consists of. Method resolution then picks, in this order: the
//! type's own `evcxr_display`, [`Rich`] or [`ShowPlain`], else [`ShowDebug`], else [`ShowName`]. One
//! compilation decides what stock evcxr needs two for.

use crate::display::{Channel, MimeBundle, Rich};
use crate::plot::Svg;
use cuaderno_wire::Event;
use std::fmt::Debug;

/// Longer debug output is cut: the page has to stay usable.
const MAX_CHARS: usize = 20_000;

/// For references to references, one of which is taken off; method resolution borrows a reference to any other value first, so
/// that nothing changes for it.
pub trait Peel {
    /// What is referred to.
    type Value: ?Sized;
    /// A reference to it.
    fn peeled(&self) -> &Self::Value;
}

impl<T: ?Sized> Peel for &T {
    type Value = T;
    fn peeled(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Peel for &mut T {
    type Value = T;
    fn peeled(&self) -> &T {
        self
    }
}

/// A figure that plotters' `evcxr_figure` has made: what it would print for evcxr has no PNG. It is shown here, with one, and nothing
/// is left to show.
impl Peel for plotters::evcxr::SVGWrapper {
    type Value = ();
    fn peeled(&self) -> &() {
        let printed = format!("{self:?}");
        let svg = printed.find("<svg").zip(printed.rfind("</svg>")).map(|(start, end)| &printed[start..end + 6]);
        match svg {
            Some(svg) => Svg::new(svg).describe("[figure by plotters]").evcxr_display(),
            None => self.evcxr_display(),
        }
        &()
    }
}

/// For the types cells show most: their debug form, compiled here once. In a cell, the first mention of `Debug` costs 50 ms.
pub trait ShowPlain {
    /// Shows the debug form; a unit value shows nothing.
    fn evcxr_display(&self);
}

macro_rules! show_plain {
    ($($type:ty)*) => {
        $(impl ShowPlain for $type {
            fn evcxr_display(&self) {
                show_text(format!("{self:?}"));
            }
        })*
    };
}

show_plain! {
    bool char String
    i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64
    Vec<bool> Vec<i32> Vec<i64> Vec<u8> Vec<u32> Vec<u64> Vec<usize> Vec<f32> Vec<f64> Vec<String> Vec<&str>
    (usize, usize) (i32, i32) (f32, f32) (f64, f64)
    Option<usize> Option<i32> Option<i64> Option<f32> Option<f64> Option<String>
}

impl ShowPlain for () {
    fn evcxr_display(&self) {}
}

/// For values with a debug form.
pub trait ShowDebug {
    /// Shows the debug form.
    fn evcxr_display(&self);
}

impl<T: Debug + ?Sized> ShowDebug for &T {
    fn evcxr_display(&self) {
        show_debug(self);
    }
}

/// For all other values.
pub trait ShowName {
    /// Shows the type's name and how to see more.
    fn evcxr_display(&mut self);
}

impl<T: ?Sized> ShowName for &T {
    fn evcxr_display(&mut self) {
        show_name(std::any::type_name::<T>());
    }
}

fn show_debug(value: &dyn Debug) {
    show_text(format!("{value:?}"));
}

fn show_name(name: &str) {
    show_text(format!("a value of type {} (it has no Debug form to show)", name.trim_start_matches("ctx::")));
}

fn show_text(mut text: String) {
    if let Some((end, _)) = text.char_indices().nth(MAX_CHARS) {
        let left = text[end..].chars().count();
        text.truncate(end);
        text += &format!("… {left} characters more");
    }
    Channel::current().send(&Event::ExecuteResult { data: MimeBundle::text(text) });
}
