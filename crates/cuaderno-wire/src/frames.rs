//! Taking a runner's standard output apart into text and events.

use crate::event::frame_start;
use crate::{Event, MimeBundle, complete_utf8};

/// A piece of output.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Ordinary text.
    Text(String),
    /// An event.
    Event(Event),
}

/// What stock libraries for evcxr print around rich content.
const EVCXR_BEGIN: &[u8] = b"EVCXR_BEGIN_CONTENT ";
const EVCXR_END: &[u8] = b"\nEVCXR_END_CONTENT\n";

/// Collects bytes until they make text or a whole event.
#[derive(Debug)]
pub struct FrameParser {
    start: Vec<u8>,
    buffer: Vec<u8>,
}

impl FrameParser {
    /// A parser for the frames of one kernel.
    pub fn new(token: &str) -> Self {
        Self { start: frame_start(token).into_bytes(), buffer: Vec::new() }
    }

    /// Adds bytes; returns what is complete now. Text is never held back longer than needed to tell it from a frame.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Piece> {
        self.buffer.extend_from_slice(bytes);
        let mut pieces = Vec::new();
        while let Some((taken, piece)) = self.next_piece() {
            self.buffer.drain(..taken);
            pieces.extend(piece);
        }
        pieces
    }

    /// What is left when the output ends.
    pub fn finish(&mut self) -> Option<Piece> {
        let rest = std::mem::take(&mut self.buffer);
        (!rest.is_empty()).then(|| Piece::Text(String::from_utf8_lossy(&rest).into_owned()))
    }

    fn next_piece(&self) -> Option<(usize, Option<Piece>)> {
        let frame = find_or_partial(&self.buffer, &self.start);
        if frame == 0 {
            return self.frame();
        }
        match find_or_partial(&self.buffer, EVCXR_BEGIN) {
            0 => match evcxr_block(&self.buffer[..frame]) {
                // A block that has no end before the next frame was never one.
                None if self.buffer[frame..].starts_with(&self.start) => self.text_until(frame),
                block => block,
            },
            evcxr => self.text_until(frame.min(evcxr)),
        }
    }

    fn text_until(&self, end: usize) -> Option<(usize, Option<Piece>)> {
        // Only at the end of the buffer may the rest of a character still come.
        let end = if end < self.buffer.len() { end } else { complete_utf8(&self.buffer) };
        let text = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        (end > 0).then_some((end, Some(Piece::Text(text))))
    }

    fn frame(&self) -> Option<(usize, Option<Piece>)> {
        let rest = self.buffer.strip_prefix(&*self.start)?;
        let line_end = rest.iter().position(|byte| *byte == b'\n')?;
        let length: usize = std::str::from_utf8(&rest[..line_end]).ok()?.parse().ok()?;
        let json = rest.get(line_end + 1..line_end + 1 + length)?;
        let taken = self.start.len() + line_end + 1 + length;
        Some((taken, serde_json::from_slice(json).ok().map(Piece::Event)))
    }
}

fn evcxr_block(buffer: &[u8]) -> Option<(usize, Option<Piece>)> {
    let rest = buffer.strip_prefix(EVCXR_BEGIN)?;
    let line_end = rest.iter().position(|byte| *byte == b'\n')?;
    let mime_type = String::from_utf8_lossy(&rest[..line_end]).trim().to_owned();
    let content = &rest[line_end..];
    let end = content.windows(EVCXR_END.len()).position(|window| window == EVCXR_END)?;
    let content_text = String::from_utf8_lossy(content.get(1..end).unwrap_or_default()).into_owned();
    let taken = EVCXR_BEGIN.len() + line_end + end + EVCXR_END.len();
    let plain = if mime_type == "text/plain" { content_text.clone() } else { format!("[{mime_type}]") };
    let data = MimeBundle::text(plain).with(&mime_type, content_text);
    Some((taken, Some(Piece::Event(Event::DisplayData { data, display_id: None }))))
}

/// Where `needle` begins, or where the buffer ends with a beginning of it, or the buffer's length.
fn find_or_partial(buffer: &[u8], needle: &[u8]) -> usize {
    let first = needle[0];
    let mut from = 0;
    while let Some(at) = buffer[from..].iter().position(|byte| *byte == first).map(|at| from + at) {
        let rest = &buffer[at..];
        if rest.len() >= needle.len() && rest.starts_with(needle)
            || rest.len() < needle.len() && needle.starts_with(rest)
        {
            return at;
        }
        from = at + 1;
    }
    buffer.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: &str) -> Event {
        Event::ExecuteResult { data: MimeBundle::text(text) }
    }

    fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
        let mut joined: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (Some(Piece::Text(text)), Piece::Text(more)) => text.push_str(&more),
                (_, piece) => joined.push(piece),
            }
        }
        joined
    }

    #[test]
    fn order_is_kept_however_the_bytes_are_cut() {
        let mut bytes = "before é".as_bytes().to_vec();
        bytes.extend(event("one").to_frame("t"));
        bytes.extend(b"between\n");
        bytes.extend(event("two\nlines").to_frame("t"));
        bytes.extend(b"after");
        let expected = [
            Piece::Text("before é".into()),
            Piece::Event(event("one")),
            Piece::Text("between\n".into()),
            Piece::Event(event("two\nlines")),
            Piece::Text("after".into()),
        ];
        for size in 1..bytes.len() {
            let mut parser = FrameParser::new("t");
            let pieces = bytes.chunks(size).flat_map(|chunk| parser.push(chunk)).collect();
            assert_eq!(joined(pieces), expected, "chunks of {size}");
        }
    }

    #[test]
    fn half_a_character_holds_no_frame_back() {
        let mut bytes = vec![0xc3];
        bytes.extend(event("done").to_frame("t"));
        for size in 1..=bytes.len() {
            let mut parser = FrameParser::new("t");
            let pieces = bytes.chunks(size).flat_map(|chunk| parser.push(chunk)).collect();
            assert_eq!(
                joined(pieces),
                [Piece::Text("\u{fffd}".into()), Piece::Event(event("done"))],
                "chunks of {size}"
            );
        }
    }

    #[test]
    fn frames_of_another_kernel_are_text() {
        let bytes = event("x").to_frame("other");
        let mut parser = FrameParser::new("t");
        assert!(parser.push(&bytes).iter().all(|piece| matches!(piece, Piece::Text(_))));
    }

    #[test]
    fn text_is_not_held_back() {
        let mut parser = FrameParser::new("t");
        assert_eq!(parser.push(b"epoch 1"), [Piece::Text("epoch 1".into())]);
    }

    #[test]
    fn a_block_without_an_end_holds_nothing_back() {
        let mut parser = FrameParser::new("t");
        let mut bytes = b"EVCXR_BEGIN_CONTENT x\n".to_vec();
        bytes.extend(event("done").to_frame("t"));
        let pieces = parser.push(&bytes);
        assert_eq!(pieces, [Piece::Text("EVCXR_BEGIN_CONTENT x\n".into()), Piece::Event(event("done"))]);
    }

    #[test]
    fn blocks_of_stock_libraries_are_shown() {
        let mut parser = FrameParser::new("t");
        let pieces = parser.push(b"EVCXR_BEGIN_CONTENT text/html\n<b>x</b>\nEVCXR_END_CONTENT\nrest");
        let Piece::Event(Event::DisplayData { data, .. }) = &pieces[0] else { panic!("{pieces:?}") };
        assert_eq!(data.get("text/html"), Some("<b>x</b>"));
        assert_eq!(pieces[1], Piece::Text("rest".into()));
    }

    #[test]
    fn json_blocks_are_json_and_one_that_is_none_says_so() {
        let mut parser = FrameParser::new("t");
        let block = |content: &str| {
            format!("EVCXR_BEGIN_CONTENT application/vnd.plotly.v1+json\n{content}\nEVCXR_END_CONTENT\n")
        };
        let pieces = parser.push((block("{\"data\": [], \"layout\": {}}") + &block("{oops")).as_bytes());
        let [Piece::Event(Event::DisplayData { data: good, .. }), Piece::Event(Event::DisplayData { data: bad, .. })] =
            &pieces[..]
        else {
            panic!("{pieces:?}")
        };
        assert_eq!(good.data()["application/vnd.plotly.v1+json"], serde_json::json!({"data": [], "layout": {}}));
        assert_eq!(good.plain(), "[application/vnd.plotly.v1+json]");
        assert_eq!(bad.data().len(), 1);
        assert!(bad.plain().contains("left out: it is no JSON"), "{}", bad.plain());
    }
}
