//! `check!`: one test cell's points.

use super::Verdict;
use crate::display::{Channel, MimeBundle, Rich, display, escape_html};
use crate::rt::{CellError, caught_message};
use cuaderno_wire::Event;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs checks, each worth some points, and shows the table of them; the result of the cell is the number of points reached.
///
/// A check is `points, "what should hold", test`, perhaps followed by a hint for those who fail; checks are separated by `;`.
/// A test is a `bool` or a [`Verdict`] ([`close`](super::close), [`same`](super::same), [`share`](super::share)), and may use `?`. A test that panics or returns an error
/// costs its own points only.
///
/// ```
/// # use cuaderno::prelude::*;
/// let mean = 42.03;
/// check! {
///     2, "the mean length is right", close(mean, 42.0, 0.1);
///     1, "it is positive", mean > 0.0, "a length is never negative";
/// }
/// ```
///
/// One `check!` a cell: nbgrader reads one number.
#[macro_export]
macro_rules! check {
    ($($points:expr, $what:expr, $test:expr $(, $hint:expr)?);+ $(;)?) => {{
        let mut score = $crate::grade::Score::new();
        $(
            #[allow(unused_mut, unused_assignments)]
            let mut hint = "";
            $(hint = $hint;)?
            score.check(($points) as f64, $what, hint, || {
                ::core::result::Result::Ok($crate::grade::Verdict::from($test))
            });
        )+
        score.show();
    }};
}

/// The checks of one cell, and the points they gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq)]
struct Line {
    points: f64,
    reached: f64,
    what: String,
    /// What was found instead, and the hint; empty where all is right.
    said: String,
}

impl Score {
    /// No checks yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs one check.
    pub fn check(&mut self, points: f64, what: &str, hint: &str, test: impl FnOnce() -> Result<Verdict, CellError>) {
        self.enter(points, what, hint, catch_unwind(AssertUnwindSafe(test)));
    }

    fn enter(&mut self, points: f64, what: &str, hint: &str, result: std::thread::Result<Result<Verdict, CellError>>) {
        let verdict = match result {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(error)) => Verdict::wrong(format!("it ended with an error: {}", error.message())),
            Err(payload) => {
                let panic = caught_message(payload);
                Verdict::wrong(match panic.strip_prefix("not yet implemented") {
                    Some("") => "not written yet".to_owned(),
                    Some(what) => format!("not written yet{what}"),
                    None => format!("it panicked: {panic}"),
                })
            }
        };
        let mut said = verdict.message().to_owned();
        if verdict.share() < 1.0 && !hint.is_empty() {
            said += &format!("{}hint: {hint}", if said.is_empty() { "" } else { "; " });
        }
        self.lines.push(Line { points, reached: points * verdict.share(), what: what.to_owned(), said });
    }

    /// Points reached.
    pub fn reached(&self) -> f64 {
        // Never more than the whole, which nbgrader refuses, however the parts round.
        self.lines.iter().map(|line| line.reached).sum::<f64>().min(self.points())
    }

    /// Points there are.
    pub fn points(&self) -> f64 {
        self.lines.iter().map(|line| line.points).sum()
    }

    /// Shows the table, and the points reached as the cell's result.
    pub fn show(&self) {
        display(self);
        let result = MimeBundle::text(number(self.reached())).with_html(format!("<b>{}</b>", self.total()));
        Channel::current().send(&Event::ExecuteResult { data: result });
    }

    fn total(&self) -> String {
        format!("{} of {} points", number(self.reached()), number(self.points()))
    }
}

/// At most four decimals, none where there is nothing to say.
fn number(points: f64) -> String {
    let text = format!("{points:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in &self.lines {
            let Line { what, said, .. } = line;
            let colon = if said.is_empty() { "" } else { ": " };
            writeln!(f, "{} of {}  {what}{colon}{said}", number(line.reached), number(line.points))?;
        }
        f.write_str(&self.total())
    }
}

impl Rich for Score {
    fn mime_bundle(&self) -> MimeBundle {
        let row = |line: &Line| {
            let mark = match line.reached {
                reached if reached == line.points => "✓",
                0.0 => "✗",
                _ => "◐",
            };
            let points = format!("{} of {}", number(line.reached), number(line.points));
            let cells = [mark, &points, &escape_html(&line.what), &escape_html(&line.said)]
                .map(|cell| format!("<td style=\"text-align:left; padding:0 .6em\">{cell}</td>"));
            format!("<tr>{}</tr>", cells.concat())
        };
        let rows: String = self.lines.iter().map(row).collect();
        MimeBundle::text(self.to_string()).with_html(format!("<table>{rows}</table>"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::{close, share};

    fn score(test: impl FnOnce() -> Result<Verdict, CellError>) -> Score {
        let mut score = Score::new();
        score.check(3.0, "it holds", "look again", test);
        score
    }

    #[test]
    fn what_is_right_gets_all_points_and_no_hint() {
        assert_eq!(score(|| Ok(true.into())).to_string(), "3 of 3  it holds\n3 of 3 points");
    }

    #[test]
    fn what_is_wrong_says_why() {
        let wrong = score(|| Ok(close(1.0, 2.0, 0.1)));
        assert_eq!(wrong.to_string(), "0 of 3  it holds: expected 2 ± 0.1, found 1; hint: look again\n0 of 3 points");
    }

    #[test]
    fn part_of_it_gets_part_of_the_points() {
        let part = score(|| Ok(share(7, 9)));
        assert_eq!(number(part.reached()), "2.3333");
        assert!(part.to_string().starts_with("2.3333 of 3  it holds: 7 of 9 right; hint"), "{part}");
    }

    #[test]
    fn panics_and_errors_cost_one_check() {
        let todo = score(|| panic!("not yet implemented: count the capitals"));
        assert!(todo.to_string().contains("it holds: not written yet: count the capitals; hint"), "{todo}");
        let error = score(|| Ok(("x".parse::<u8>()? > 0).into()));
        assert!(error.to_string().contains("it ended with an error: invalid digit found in string"), "{error}");
    }

    #[test]
    fn thirds_never_add_up_to_more_than_the_whole() {
        let mut score = Score::new();
        for _ in 0..10 {
            score.check(0.1, "", "", || Ok(true.into()));
        }
        assert!(score.reached() <= 1.0 && number(score.reached()) == "1", "{}", score.reached());
    }
}
