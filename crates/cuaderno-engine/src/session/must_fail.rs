//! `:must-fail`: a cell that is right when it does not compile, for the reason given.

use super::NotCompiled;
use crate::output::{CellFailure, Output, Stream};
use cuaderno_wire::FailureKind;

/// The end of a cell under `:must-fail`: well if it did not compile, for the reason given.
pub fn judge_must_fail(
    cell: u32,
    reason: &str,
    failed: Option<NotCompiled>,
    show: &mut dyn FnMut(Output),
) -> Result<(), CellFailure> {
    let found = match failed {
        Some(NotCompiled::Rejected(found)) => found,
        Some(NotCompiled::Unfinished(failure)) => return Err(failure),
        None => {
            return Err(CellFailure::new(
                FailureKind::MustFail,
                &format!("cell {cell} compiles, although it must not"),
            ));
        }
    };
    let said = found.traceback.iter().map(|text| without_colours(text));
    if said.chain([found.evalue.clone()]).any(|text| text.contains(reason)) {
        show(Output::Text(Stream::Stdout, format!("does not compile, as it should: {}\n", found.evalue)));
        return Ok(());
    }
    let evalue = format!("the cell does not compile, but not for the reason `{reason}`: {}", found.evalue);
    Err(CellFailure { ename: FailureKind::MustFail.to_string(), evalue, ..found })
}

/// Text as a terminal shows it, without its `ESC[…m`.
fn without_colours(text: &str) -> String {
    let mut pieces = text.split("\x1b[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |shown, piece| shown + piece.split_once('m').map_or(piece, |(_, rest)| rest))
}
