//! What a cell cannot do that cells can otherwise. Found out by trying: the compiler's objections add to it.

use std::collections::{BTreeMap, BTreeSet};

/// What is done with a new variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Made {
    /// It is kept, also where the cell fails after it was made.
    #[default]
    Kept,
    /// It is kept at the end of the cell only.
    KeptAtEnd,
    /// It cannot be kept.
    NotKept,
    /// It cannot be kept, since it borrows.
    Borrows,
    /// It borrows, and has to end before what it borrows from can be kept: a lock's guard, for example.
    Ends,
}

/// What is done with a variable of an earlier cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loaded {
    /// The cell borrows it; it is put back whatever happens.
    #[default]
    Borrowed,
    /// The cell moves it and gives it a new value: it is a variable of the cell, put back at its end.
    Assigned,
    /// The cell moves it away.
    UsedUp,
    /// Its name means something else in this cell.
    Hidden,
}

/// What `?` does with an error that is not `Into<Box<dyn Error>>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Its text is taken, by `Display` or else by `Debug`.
    AnyError,
    /// It is an `Option`: there is no value.
    Option,
}

/// All exceptions of a cell.
#[derive(Clone, Debug, Default)]
pub struct Exceptions {
    /// New variables.
    pub made: BTreeMap<String, Made>,
    /// Variables of earlier cells.
    pub loaded: BTreeMap<String, Loaded>,
    /// Variables of earlier cells that are not put back wherever the cell may end: they may be moved there.
    pub not_put_back: BTreeSet<String>,
    /// Parts of the cell that are not attempted: in a closure they would mean something else.
    pub plain: BTreeSet<usize>,
    /// Nothing is attempted: the cell as a whole ends well or not.
    pub in_one: bool,
    /// Questions by cell, line and column.
    pub questions: BTreeMap<(u32, u32, u32), Question>,
    /// Every `?` of the cell takes the text of its error at once: an error that borrows cannot be carried out of the cell.
    pub asks_for_text: bool,
    /// The macro at the end of the cell makes statements.
    pub tail_is_statement: bool,
    /// Names that several modules bring which are imported whole, and the declaration that decides.
    pub chosen: BTreeMap<String, String>,
}

impl Exceptions {
    /// What is done with a new variable.
    pub fn made(&self, name: &str) -> Made {
        self.made.get(name).copied().unwrap_or_default()
    }

    /// What is done with a variable of an earlier cell.
    pub fn loaded(&self, name: &str) -> Loaded {
        self.loaded.get(name).copied().unwrap_or_default()
    }

    /// Decides on new variables; returns those for which that is news.
    pub fn make(&mut self, names: impl IntoIterator<Item = String>, made: Made) -> Vec<String> {
        names.into_iter().filter(|name| self.made.insert(name.clone(), made) != Some(made)).collect()
    }

    /// Decides on variables of earlier cells; returns those for which that is news.
    pub fn load(&mut self, names: impl IntoIterator<Item = String>, loaded: Loaded) -> Vec<String> {
        names.into_iter().filter(|name| self.loaded.insert(name.clone(), loaded) != Some(loaded)).collect()
    }
}
