//! What a front end asks beside the running of cells: what could stand at the cursor, and what is known about what stands there.
//!
//! `place` finds out what is written there, `scope` holds what cells have defined so far, `types` knows the members of
//! types, and `index` everything that is compiled into the preload. Answers come from a thread of their own, also while a cell runs.

mod complete;
mod files;
mod index;
mod inspect;
mod place;
mod scope;
mod types;

pub use index::Index;
pub use scope::Scope;

use crate::preload::Preload;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Answers questions about code.
#[derive(Clone, Debug)]
pub struct Lookup {
    scope: Arc<Mutex<Scope>>,
    index: Arc<OnceLock<Index>>,
    index_files: Arc<[std::path::PathBuf]>,
    commands: Arc<[Entity]>,
    /// The last expression whose type the compiler was asked for, with the answer: front ends ask for one match after the other.
    last_type: Arc<Mutex<Option<Asked>>>,
}

impl Lookup {
    /// Knows nothing of cells yet, but these commands. The index is read when the first question comes.
    pub fn new(preload: &Preload, scope: Scope, commands: Vec<Entity>) -> Self {
        Self {
            scope: Arc::new(Mutex::new(scope)),
            index: Arc::default(),
            index_files: preload.index.clone().into(),
            commands: commands.into(),
            last_type: Arc::default(),
        }
    }

    /// Tells what cells have defined by now.
    pub fn update(&self, scope: Scope) {
        *self.scope.lock().unwrap_or_else(PoisonError::into_inner) = scope;
    }

    /// Names of the variables that live between cells.
    pub fn variable_names(&self) -> Vec<String> {
        self.scope().variables.into_keys().collect()
    }

    fn scope(&self) -> Scope {
        self.scope.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::load(&self.index_files))
    }
}

/// An expression in its code, and the type that the compiler gave it.
#[derive(Debug)]
struct Asked {
    code: String,
    type_name: Option<String>,
}

/// Something that has a name: a variable, an item, a member of a type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entity {
    /// Its name.
    pub name: String,
    /// What it is: `struct`, `fn`, `method`, `variable` …
    pub kind: String,
    /// Its declaration.
    pub declaration: String,
    /// Its documentation, in Markdown.
    pub doc: String,
}
