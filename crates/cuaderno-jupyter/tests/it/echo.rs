//! A language whose cells are small commands, one a line.

use cuaderno_jupyter::{About, CellRunner, Language};
use cuaderno_wire::{CellFailure, Completeness, Completion, Event, Match, MimeBundle, Output, Stream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// `TEXT` is the cell's value. `say TEXT` and `warn TEXT` print, `show ID TEXT` and `update ID TEXT` display, `clear` clears, `ask TEXT` prints the answer, `fail
/// TEXT` fails, `panic` is a fault of the kernel's, `wait` goes on until it is interrupted, `stay` until it is killed.
pub struct Echo {
    signals: Mutex<Option<Receiver<Signal>>>,
    signal: Sender<Signal>,
    /// Whether there is a language at all.
    starts: bool,
}

enum Signal {
    Interrupt,
    Kill,
    Answer(Option<String>),
}

impl Echo {
    /// A new one.
    pub fn new() -> Arc<Self> {
        Self::with(true)
    }

    /// One that does not start.
    pub fn broken() -> Arc<Self> {
        Self::with(false)
    }

    fn with(starts: bool) -> Arc<Self> {
        let (signal, signals) = channel();
        Arc::new(Self { signals: Mutex::new(Some(signals)), signal, starts })
    }
}

impl Language for Echo {
    fn about(&self) -> About {
        About {
            implementation: ("echo".to_owned(), "1.0".to_owned()),
            language: ("echo".to_owned(), "2.0".to_owned()),
            help_links: vec![("Echo".to_owned(), "https://example.org/".to_owned())],
            ..About::default()
        }
    }

    fn start(&self) -> Result<Box<dyn CellRunner>, String> {
        let signals = self.signals.lock().unwrap().take().filter(|_| self.starts);
        let signals = signals.ok_or("there is no echo here")?;
        Ok(Box::new(Cells(signals)))
    }

    fn interrupt(&self) {
        let _ = self.signal.send(Signal::Interrupt);
    }

    fn kill(&self) {
        let _ = self.signal.send(Signal::Kill);
    }

    fn at_stake(&self) -> Vec<String> {
        vec!["x".to_owned(), "y".to_owned()]
    }

    fn answer(&self, answer: Option<String>) {
        let _ = self.signal.send(Signal::Answer(answer));
    }

    fn completeness(&self, code: &str) -> Completeness {
        match code.chars().last() {
            Some('…') => Completeness::Incomplete { indent: "  ".to_owned() },
            Some('!') => Completeness::Invalid,
            _ => Completeness::Complete,
        }
    }

    fn complete(&self, code: &str, cursor: usize) -> Completion {
        let text = code.chars().take(cursor).collect::<String>() + "-completed";
        let found = Match { text, kind: "word".to_owned(), signature: "a word".to_owned() };
        Completion { matches: vec![found], start: 0, end: cursor }
    }

    fn inspect(&self, code: &str, _: usize, detail_level: usize) -> Option<MimeBundle> {
        (!code.is_empty()).then(|| MimeBundle::text(format!("{code} at level {detail_level}")))
    }
}

struct Cells(Receiver<Signal>);

impl CellRunner for Cells {
    fn execute(&mut self, cell: u32, code: &str, show: &mut dyn FnMut(Output)) -> Result<(), CellFailure> {
        for line in code.lines() {
            let (command, text) = line.split_once(' ').unwrap_or((line, ""));
            self.run(cell, line, command, text, show)?;
        }
        Ok(())
    }
}

impl Cells {
    fn run(
        &mut self,
        cell: u32,
        line: &str,
        command: &str,
        text: &str,
        show: &mut dyn FnMut(Output),
    ) -> Result<(), CellFailure> {
        let failed = |evalue: String| CellFailure {
            ename: "echo".to_owned(),
            traceback: vec![format!("cell {cell}: {evalue}")],
            evalue,
        };
        let display = || {
            let (id, text) = text.split_once(' ').unwrap_or((text, ""));
            (id.to_owned(), MimeBundle::text(text))
        };
        match command {
            "say" => show(Output::Text(Stream::Stdout, format!("{text}\n"))),
            "warn" => show(Output::Text(Stream::Stderr, format!("{text}\n"))),
            "show" => {
                let (id, data) = display();
                show(Output::Event(Event::DisplayData { data, display_id: Some(id) }));
            }
            "update" => {
                let (display_id, data) = display();
                show(Output::Event(Event::UpdateDisplayData { data, display_id }));
            }
            "clear" => show(Output::Event(Event::ClearOutput { wait: true })),
            "page" => show(Output::Page(MimeBundle::text(text))),
            "ask" => {
                show(Output::Event(Event::InputRequest { prompt: text.to_owned(), password: false }));
                match self.0.recv() {
                    Ok(Signal::Answer(Some(answer))) => show(Output::Text(Stream::Stdout, format!("{answer}\n"))),
                    _ => return Err(failed("nobody answers".to_owned())),
                }
            }
            "fail" => return Err(failed(text.to_owned())),
            "panic" => panic!("{text}"),
            "wait" => {
                let _ = self.0.recv();
                return Err(failed("interrupted".to_owned()));
            }
            "stay" => loop {
                if let Ok(Signal::Kill) | Err(_) = self.0.recv() {
                    return Err(failed("killed".to_owned()));
                }
            },
            _ => show(Output::Event(Event::ExecuteResult { data: MimeBundle::text(line) })),
        }
        Ok(())
    }
}
