//! Showing the value of a cell's last expression.
//!
//! Generated code calls `evcxr_display()` on a reference to the value, with the traits of this module in scope. Method
//! resolution then picks, in this order: the type's own `evcxr_display` or [`Rich`](crate::display::Rich), else
//! [`ShowDebug`], else [`ShowName`]. One compilation decides what stock evcxr needs two for.

use crate::display::event::Event;
use crate::display::{Channel, MimeBundle};
use std::fmt::Debug;

/// Longer debug output is cut: the page has to stay usable.
const MAX_CHARS: usize = 20_000;

/// For values with a debug form.
pub trait ShowDebug {
    /// Shows the debug form; a unit value shows nothing.
    fn evcxr_display(&self);
}

impl<T: Debug + ?Sized> ShowDebug for &T {
    fn evcxr_display(&self) {
        if std::any::type_name::<T>() != "()" {
            show_text(format!("{self:?}"));
        }
    }
}

/// For all other values.
pub trait ShowName {
    /// Shows the type's name and how to see more.
    fn evcxr_display(&mut self);
}

impl<T: ?Sized> ShowName for &T {
    fn evcxr_display(&mut self) {
        let name = std::any::type_name::<T>();
        show_text(format!("a value of type {} (it has no Debug form to show)", name.trim_start_matches("ctx::")));
    }
}

fn show_text(mut text: String) {
    if let Some((end, _)) = text.char_indices().nth(MAX_CHARS) {
        let left = text[end..].chars().count();
        text.truncate(end);
        text += &format!("… {left} characters more");
    }
    Channel::current().send(&Event::ExecuteResult { data: MimeBundle::text(text) });
}
