//! The variables that live between cells.

use super::size;
use crate::display::event::Event;
use crate::display::{Channel, MimeBundle};
use std::any::{Any, TypeId};
use std::collections::BTreeMap;

/// Variables by name. Values move out while a cell runs that mentions them, and back at its end.
#[derive(Default)]
pub struct Store {
    variables: BTreeMap<String, Variable>,
    /// Once the running cell has failed, what it had made before.
    rescued: Option<Vec<String>>,
}

struct Variable {
    value: Box<dyn Any>,
    owns_memory: bool,
}

impl Store {
    /// Keeps a variable.
    pub fn put<T: 'static>(&mut self, name: &str, value: T) {
        self.insert(name, Variable { value: Box::new(value), owns_memory: std::mem::needs_drop::<T>() });
    }

    /// The cell has failed: what is kept now are the variables that it had made before.
    pub fn rescue(&mut self) {
        self.rescued = Some(Vec::new());
    }

    /// Whether a variable of this name is one that the cell had made before it failed.
    pub fn has_rescued(&self, name: &str) -> bool {
        self.rescued.iter().flatten().any(|rescued| rescued == name)
    }

    /// The variables that the cell had made before it failed. The next cell has not failed.
    pub fn take_rescued(&mut self) -> Vec<String> {
        self.rescued.take().unwrap_or_default()
    }

    /// Gives a variable back; `None` when it is not there, or has another type than the kernel remembers.
    pub fn take<T: 'static>(&mut self, name: &str) -> Option<T> {
        let value = self.remove(name, TypeId::of::<T>())?;
        value.downcast().ok().map(|value| *value)
    }

    /// Drops a variable.
    pub fn forget(&mut self, name: &str) {
        self.variables.remove(name);
    }

    // Not generic, so that cells do not compile a map of their own.
    fn insert(&mut self, name: &str, variable: Variable) {
        self.variables.insert(name.to_owned(), variable);
        self.rescued.iter_mut().for_each(|names| names.push(name.to_owned()));
    }

    fn remove(&mut self, name: &str, type_id: TypeId) -> Option<Box<dyn Any>> {
        if (*self.variables.get(name)?.value).type_id() != type_id {
            return None;
        }
        self.variables.remove(name).map(|variable| variable.value)
    }

    /// Tells the kernel the size of each variable: lines of name, tab, size.
    pub fn report_sizes(&self) {
        let lines = self.variables.iter().map(|(name, Variable { value, owns_memory })| {
            format!("{name}\t{}\n", size::describe(&**value, *owns_memory))
        });
        let data = MimeBundle::text(lines.collect::<String>());
        Channel::current().send(&Event::ExecuteResult { data });
    }

    /// Names of all variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }
}
