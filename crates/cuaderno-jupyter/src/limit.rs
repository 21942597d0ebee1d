//! How much of a cell's output reaches the page: a browser that gets a gigabyte stops answering, and the notebook with it.

use cuaderno_wire::{CellFailure, Event, Output, Stream};

/// Text of one cell, in bytes. A hundred thousand ordinary lines are a tenth of it.
const MAX_TEXT: usize = 16 << 20;
/// Beginning and end of an error's text, in bytes.
const MAX_ERROR_PART: usize = 16 << 10;
/// Figures, tables and pictures of one cell, in bytes.
const MAX_RICH: usize = 128 << 20;

/// Counts the output of one cell, and says what was left out.
#[derive(Debug, Default)]
pub struct OutputLimit {
    text: usize,
    rich: usize,
    left_out_bytes: usize,
    left_out_lines: usize,
    left_out_displays: usize,
}

impl OutputLimit {
    /// What is shown of an output: all of it, or nothing and, the first time, a notice.
    pub fn admit(&mut self, output: Output) -> Option<Output> {
        match &output {
            Output::Text(_, text) => {
                let is_first = self.left_out_bytes == 0;
                // Once something is missing, small pieces that would still fit are no text any more.
                if is_first && self.text + text.len() <= MAX_TEXT {
                    self.text += text.len();
                    return Some(output);
                }
                self.left_out_bytes += text.len();
                self.left_out_lines += text.matches('\n').count();
                is_first
                    .then(|| notice(&format!("this cell has printed {} MB, more than a page can hold", MAX_TEXT >> 20)))
            }
            // An update takes the place of what was there.
            Output::Event(Event::DisplayData { data, .. } | Event::ExecuteResult { data }) => {
                let bytes: usize = data.iter().map(|(_, content)| content.len()).sum();
                if self.left_out_displays == 0 && self.rich + bytes <= MAX_RICH {
                    self.rich += bytes;
                    return Some(output);
                }
                self.left_out_displays += 1;
                let is_first = self.left_out_displays == 1;
                is_first.then(|| {
                    notice(&format!("this cell has shown {} MB of figures, more than a page can hold", MAX_RICH >> 20))
                })
            }
            Output::Event(Event::ClearOutput { .. }) => {
                *self = Self::default();
                Some(output)
            }
            Output::Event(_) | Output::Page(_) => Some(output),
        }
    }

    /// At the end of the cell: how much is missing.
    pub fn summary(&self) -> Option<Output> {
        let megabytes = self.left_out_bytes as f64 / f64::from(1 << 20);
        let text =
            (self.left_out_bytes > 0).then(|| format!("{} lines of text ({megabytes:.1} MB)", self.left_out_lines));
        let displays = (self.left_out_displays > 0).then(|| format!("{} figures or tables", self.left_out_displays));
        let parts: Vec<_> = text.into_iter().chain(displays).collect();
        (!parts.is_empty())
            .then(|| Output::Text(Stream::Stderr, format!("output limit: {} are not shown\n", parts.join(" and "))))
    }
}

/// An error as long as a page can hold: its beginning and its end, each part for itself.
pub fn shortened(failure: CellFailure) -> CellFailure {
    let cut = |text: String| match text.len() > 2 * MAX_ERROR_PART {
        false => text,
        true => {
            let (start, end) =
                (text.floor_char_boundary(MAX_ERROR_PART), text.ceil_char_boundary(text.len() - MAX_ERROR_PART));
            format!("{}\n… {} bytes are not shown …\n{}", &text[..start], end - start, &text[end..])
        }
    };
    let CellFailure { ename, evalue, traceback } = failure;
    CellFailure { ename: cut(ename), evalue: cut(evalue), traceback: traceback.into_iter().map(cut).collect() }
}

fn notice(what: &str) -> Output {
    let text = format!(
        "\noutput limit: {what}; the cell goes on, the rest is counted but not shown. Write long output to a file.\n"
    );
    Output::Text(Stream::Stderr, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_told() {
        let mut limit = OutputLimit::default();
        let line = || Output::Text(Stream::Stdout, "x".repeat(1 << 20) + "\n");
        let shown = (0..20).filter_map(|_| limit.admit(line())).filter(|output| *output == line()).count();
        assert_eq!(shown, 15);
        let Some(Output::Text(Stream::Stderr, summary)) = limit.summary() else { panic!() };
        assert_eq!(summary, "output limit: 5 lines of text (5.0 MB) are not shown\n");
    }

    #[test]
    fn what_would_still_fit_is_left_out_too() {
        let mut limit = OutputLimit::default();
        let text = |bytes: usize| Output::Text(Stream::Stdout, "x".repeat(bytes));
        assert!(limit.admit(text(MAX_TEXT - 1)).is_some());
        assert!(matches!(limit.admit(text(2)), Some(Output::Text(Stream::Stderr, _))));
        assert_eq!(limit.admit(text(1)), None);
    }

    #[test]
    fn a_long_error_shows_its_beginning_and_end() {
        let evalue = format!("begin{}end", "é".repeat(1_000_000));
        let found = shortened(CellFailure { ename: "e".into(), evalue, traceback: vec![] });
        assert!(found.evalue.starts_with("beginé") && found.evalue.ends_with("éend"));
        assert!(found.evalue.len() < 40_000 && found.evalue.contains("bytes are not shown"));
    }

    #[test]
    fn cleared_output_makes_room() {
        let mut limit = OutputLimit::default();
        for _ in 0..20 {
            assert!(limit.admit(Output::Text(Stream::Stdout, "x".repeat(8 << 20))).is_some());
            assert!(limit.admit(Output::Event(Event::ClearOutput { wait: true })).is_some());
        }
        assert_eq!(limit.summary(), None);
    }
}
