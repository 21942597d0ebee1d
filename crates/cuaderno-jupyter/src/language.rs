//! What a language offers to be spoken through Jupyter.

use cuaderno_wire::{CellFailure, Completeness, Completion, MimeBundle, Output};

/// A language behind the protocol. All but the running of cells may be asked from any thread, also while a cell runs.
pub trait Language: Send + Sync + 'static {
    /// Who this is.
    fn about(&self) -> About;

    /// Starts what runs cells: called once, on the thread that will run them, after the sockets are open.
    ///
    /// # Errors
    /// With the reason in one line; every cell then fails with it.
    fn start(&self) -> Result<Box<dyn CellRunner>, String>;

    /// Asks the running cell to end.
    fn interrupt(&self);

    /// Ends it by force, whatever that costs; see [`at_stake`](Self::at_stake).
    fn kill(&self);

    /// Names of the variables that [`kill`](Self::kill) would cost.
    fn at_stake(&self) -> Vec<String>;

    /// Answers the running cell's [request for input](cuaderno_wire::Event::InputRequest); `None` where nobody can.
    fn answer(&self, answer: Option<String>);

    /// Whether code is ready to run.
    fn completeness(&self, code: &str) -> Completeness;

    /// What could stand before the cursor, which counts code points.
    fn complete(&self, code: &str, cursor: usize) -> Completion;

    /// What is known about what stands at the cursor, from detail level 1 on at length.
    fn inspect(&self, code: &str, cursor: usize, detail_level: usize) -> Option<MimeBundle>;
}

/// Runs cells, one after the other.
pub trait CellRunner {
    /// Executes a cell; `cell` is its number, 0 for code that is not counted.
    ///
    /// # Errors
    /// With what Jupyter shows as the cell's error.
    fn execute(&mut self, cell: u32, code: &str, show: &mut dyn FnMut(Output)) -> Result<(), CellFailure>;
}

/// What a kernel says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The kernel's name and version.
    pub implementation: (String, String),
    /// The language's name and version.
    pub language: (String, String),
    /// Its MIME type.
    pub mime_type: String,
    /// With the dot.
    pub file_extension: String,
    /// What a console shows first.
    pub banner: String,
    /// For the front end's Help menu: text and address.
    pub help_links: Vec<(String, String)>,
}
