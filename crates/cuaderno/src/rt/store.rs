//! The variables that live between cells.

use super::size;
use crate::display::{Channel, MimeBundle};
use cuaderno_wire::{Event, TableShape};
use polars::prelude::DataFrame;
use std::any::{Any, TypeId};
use std::collections::BTreeMap;

/// Of a wider table nobody completes the names.
const MOST_COLUMNS: usize = 1000;

/// Variables by name. Values move out while a cell runs that mentions them, and back at its end.
#[derive(Default)]
pub struct Store {
    variables: BTreeMap<String, Variable>,
    /// What the running cell has put here, and not only back.
    made: Vec<String>,
    /// Once the running cell has ended early: how much of that was put here before.
    ended_after: Option<usize>,
    /// Variables of earlier cells that the running cell has made anew.
    hidden: Vec<String>,
    /// What newer values have replaced. It is dropped when the cell has ended: a `Drop` may panic.
    replaced: Vec<Box<dyn Any>>,
}

struct Variable {
    value: Box<dyn Any>,
    owns_memory: bool,
}

impl Store {
    /// Keeps a variable that the cell has made.
    pub fn put<T: 'static>(&mut self, name: &str, value: T) {
        self.made.push(name.to_owned());
        self.insert(name, Variable { value: Box::new(value), owns_memory: std::mem::needs_drop::<T>() });
    }

    /// The cell has made another variable of this name: the older one is not meant any more, whether the new one comes here or not.
    pub fn hide(&mut self, name: &str) {
        let old = self.forget(name);
        self.replaced.extend(old);
        self.hidden.push(name.to_owned());
    }

    /// Gives a variable of an earlier cell back.
    pub fn put_back<T: 'static>(&mut self, name: &str, value: T) {
        self.insert(name, Variable { value: Box::new(value), owns_memory: std::mem::needs_drop::<T>() });
    }

    /// The cell has failed, or returned, before its last line: what is kept now are the variables that it had made before.
    pub fn rescue(&mut self) {
        self.ended_after = Some(self.made.len());
    }

    /// Whether there is a variable of this name.
    pub fn has(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// Whether a variable of an earlier cell is still the one of its name: the cell, which would have made another, ended before.
    pub fn wants_back(&self, name: &str, finished: bool) -> bool {
        let rescued = self.ended_after.map_or(&[][..], |from| &self.made[from..]);
        let is_newer = |made: &String| made == name;
        (!finished || self.ended_after.is_some()) && !rescued.iter().any(is_newer) && !self.hidden.iter().any(is_newer)
    }

    /// The variables that the cell has put here. The next cell begins with none.
    pub fn take_made(&mut self) -> Vec<String> {
        self.ended_after = None;
        self.hidden.clear();
        std::mem::take(&mut self.made)
    }

    /// What newer values have replaced.
    pub fn take_replaced(&mut self) -> Vec<Box<dyn Any>> {
        std::mem::take(&mut self.replaced)
    }

    /// Gives a variable back; `None` when it is not there, or has another type than the kernel remembers.
    pub fn take<T: 'static>(&mut self, name: &str) -> Option<T> {
        let value = self.remove(name, TypeId::of::<T>())?;
        value.downcast().ok().map(|value| *value)
    }

    /// Takes a variable out, to be dropped.
    pub fn forget(&mut self, name: &str) -> Option<Box<dyn Any>> {
        self.variables.remove(name).map(|variable| variable.value)
    }

    // Not generic, so that cells do not compile a map of their own.
    fn insert(&mut self, name: &str, variable: Variable) {
        let old = self.variables.insert(name.to_owned(), variable);
        self.replaced.extend(old.map(|old| old.value));
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

    /// The shapes of the tables among the variables.
    pub fn tables(&self) -> BTreeMap<String, TableShape> {
        let tables = self.variables.iter().filter_map(|(name, variable)| {
            let table = variable.value.downcast_ref::<DataFrame>()?;
            let columns =
                table.schema().iter().take(MOST_COLUMNS).map(|(name, dtype)| (name.to_string(), dtype.to_string()));
            Some((name.clone(), TableShape { rows: table.height(), columns: columns.collect() }))
        });
        tables.collect()
    }

    /// Names of all variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }
}
