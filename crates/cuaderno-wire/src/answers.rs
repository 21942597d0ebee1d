//! Answers to what a front end asks of code beside running it.

/// Whether code is ready to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// It can run.
    Complete,
    /// More lines have to follow, indented by this.
    Incomplete {
        /// Spaces.
        indent: String,
    },
    /// No further line can mend it.
    Invalid,
}

/// What could replace a part of the code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Best first.
    pub matches: Vec<Match>,
    /// First character that is replaced, counted in code points.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

/// A possible text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// What would be written.
    pub text: String,
    /// `method`, `struct`, `variable` …
    pub kind: String,
    /// Its declaration, where it is at hand.
    pub signature: String,
}
