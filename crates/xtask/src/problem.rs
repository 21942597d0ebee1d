//! What went wrong, in one line for the person at the terminal.

use std::fmt;

/// The result of anything that can fail here.
pub type Result<T> = std::result::Result<T, Problem>;

/// One clear line: what was asked, what was found, what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem(String);

impl Problem {
    /// A problem described by this line.
    pub fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Says what was being done when something failed.
pub trait Context<T> {
    /// Turns the error into a [`Problem`] that begins with `what`.
    fn context(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Problem::new(format!("{}: {error}", what())))
    }
}

/// Goes through all results, whichever fail; the problem, if there is one, is the problems of all.
pub fn all(results: impl Iterator<Item = Result<()>>) -> Result<()> {
    let problems: Vec<_> = results.filter_map(Result::err).map(|problem| problem.0).collect();
    if problems.is_empty() { Ok(()) } else { Err(Problem(problems.join("; "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_failure_is_done_too() {
        let mut done = 0;
        let results = ["", "a", "", "b", ""].into_iter().map(|problem| {
            done += 1;
            if problem.is_empty() { Ok(()) } else { Err(Problem::new(problem)) }
        });
        assert_eq!(all(results), Err(Problem::new("a; b")));
        assert_eq!(done, 5);
    }
}
