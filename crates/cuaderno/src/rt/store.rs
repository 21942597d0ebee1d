//! The variables that live between cells.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;

/// Variables by name. Values move out while a cell runs that mentions them, and back at its end.
#[derive(Default)]
pub struct Store {
    variables: BTreeMap<String, Box<dyn Any>>,
}

impl Store {
    /// Keeps a variable.
    pub fn put<T: 'static>(&mut self, name: &str, value: T) {
        self.insert(name, Box::new(value));
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
    fn insert(&mut self, name: &str, value: Box<dyn Any>) {
        self.variables.insert(name.to_owned(), value);
    }

    fn remove(&mut self, name: &str, type_id: TypeId) -> Option<Box<dyn Any>> {
        if (**self.variables.get(name)?).type_id() != type_id {
            return None;
        }
        self.variables.remove(name)
    }

    /// Names of all variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }
}
