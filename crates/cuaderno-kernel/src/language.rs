//! Rust, as Jupyter sees it.

use cuaderno_engine::{Control, Lookup, Preload, Session, completeness};
use cuaderno_jupyter::{About, CellRunner, Language};
use cuaderno_wire::{CellFailure, Completeness, Completion, MimeBundle, Output};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How long completion and help wait for the session.
const A_MOMENT: Duration = Duration::from_secs(2);

/// Rust, compiled against the preload.
pub struct Rust {
    preload: Result<Preload, String>,
    /// Where compiled cells lie.
    cells: PathBuf,
    /// There as soon as the session is.
    session: OnceLock<(Control, Lookup)>,
}

impl Rust {
    /// Without the preload, which the environment names, every cell fails with the reason.
    pub fn new(cells: PathBuf) -> Self {
        Self {
            preload: Preload::from_environment().map_err(|error| error.to_string()),
            cells,
            session: OnceLock::new(),
        }
    }

    /// Of the preload, since that is what cells meet.
    fn version(&self) -> &str {
        self.preload.as_ref().map_or(env!("CARGO_PKG_VERSION"), |preload| &preload.cuaderno)
    }

    fn control(&self) -> Option<&Control> {
        self.session.get().map(|(control, _)| control)
    }

    fn lookup(&self) -> Option<&Lookup> {
        self.session.get().map(|(_, lookup)| lookup)
    }

    /// Who presses Tab as soon as the notebook is open asks before the session is there, which takes a moment.
    fn awaited_lookup(&self) -> Option<&Lookup> {
        let start = Instant::now();
        while self.preload.is_ok() && self.lookup().is_none() && start.elapsed() < A_MOMENT {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.lookup()
    }
}

impl Language for Rust {
    fn about(&self) -> About {
        let link = |text: &str, url: &str| (text.to_owned(), url.to_owned());
        About {
            implementation: ("cuaderno".to_owned(), self.version().to_owned()),
            language: ("rust".to_owned(), self.preload.as_ref().map(Preload::rust_version).unwrap_or_default()),
            mime_type: "text/rust".to_owned(),
            file_extension: ".rs".to_owned(),
            banner: "cuaderno: Rust for deep-learning coursework. `:help` lists the commands.".to_owned(),
            help_links: vec![
                link("polars", "https://docs.rs/polars/0.55.2/polars/"),
                link("dfdx", "https://docs.rs/dfdx/0.13.0/dfdx/"),
                link("The Rust book", "https://doc.rust-lang.org/book/"),
            ],
        }
    }

    fn start(&self) -> Result<Box<dyn CellRunner>, String> {
        let directory = std::env::current_dir().map_err(|error| error.to_string())?;
        let preload = self.preload.clone()?.unpacked().map_err(|error| error.to_string())?;
        let session = Session::new(preload, &directory, self.cells.clone());
        let session = session.map_err(|error| error.to_string())?;
        let _ = self.session.set((session.control(), session.lookup().clone()));
        Ok(Box::new(Cells(session)))
    }

    fn interrupt(&self) {
        self.control().into_iter().for_each(Control::interrupt);
    }

    fn kill(&self) {
        self.control().into_iter().for_each(Control::kill_runner);
    }

    fn at_stake(&self) -> Vec<String> {
        self.lookup().map(Lookup::variable_names).unwrap_or_default()
    }

    fn answer(&self, answer: Option<String>) {
        self.control().into_iter().for_each(|control| control.answer(answer.clone()));
    }

    fn completeness(&self, code: &str) -> Completeness {
        completeness(code)
    }

    fn complete(&self, code: &str, cursor: usize) -> Completion {
        let nothing = || Completion { start: cursor, end: cursor, ..Completion::default() };
        self.awaited_lookup().map_or_else(nothing, |lookup| lookup.complete(code, cursor))
    }

    fn inspect(&self, code: &str, cursor: usize, detail_level: usize) -> Option<MimeBundle> {
        self.awaited_lookup()?.inspect(code, cursor, detail_level)
    }
}

struct Cells(Session);

impl CellRunner for Cells {
    fn execute(&mut self, cell: u32, code: &str, show: &mut dyn FnMut(Output)) -> Result<(), CellFailure> {
        self.0.execute(cell, code, show)
    }
}
