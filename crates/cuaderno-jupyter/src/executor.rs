//! Running cells, one after the other, on a thread of their own.

use super::expressions::evaluate;
use super::interrupts::Interrupts;
use super::limit::{OutputLimit, shortened};
use super::outgoing::{Outgoing, reply_error};
use crate::{CellRunner, Language};
use cuaderno_wire::{CellFailure, Event, FailureKind, MimeBundle, Output, Stream};
use jupyter_protocol::{
    ClearOutput, DisplayData, ErrorOutput, ExecuteInput, ExecuteReply, ExecuteRequest, ExecuteResult, ExecutionCount,
    InputRequest, JupyterMessage, Media, MediaType, Payload, ReplyStatus, Status, Stdio, StreamContent, Transient,
    UpdateDisplayData,
};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A cell to run.
pub struct Job {
    /// The message it came in.
    pub parent: JupyterMessage,
    /// Its content.
    pub request: ExecuteRequest,
}

/// How long a request may take from one that was sent before it: "Run all" sends every cell at once, and a typing error is found in a millisecond.
const ON_THE_WAY: Duration = Duration::from_millis(20);

/// Inputs so far, for `history_request`.
pub type History = Arc<Mutex<Vec<(u32, String)>>>;

/// How many cells have run.
#[derive(Default)]
struct Counts {
    /// Those that the front end counts.
    counted: u32,
    /// The number given last, also to code that is not counted: messages name it.
    last: u32,
}

impl Counts {
    fn next(&mut self, is_counted: bool) -> u32 {
        if is_counted {
            self.counted += 1;
            self.last = self.last.max(self.counted);
            return self.counted;
        }
        self.last += 1;
        self.last
    }
}

/// Runs jobs until the queue closes.
pub fn run_jobs(
    language: &dyn Language,
    jobs: &Receiver<Job>,
    outgoing: &Outgoing,
    history: &History,
    interrupts: &Interrupts,
) {
    let mut runner = language.start().unwrap_or_else(|reason| Box::new(Broken(reason)));
    let mut counts = Counts::default();
    for number in 1.. {
        let Ok(job) = jobs.recv() else { return };
        interrupts.begin(number, &job.parent, job.request.allow_stdin);
        let reply = run_job(runner.as_mut(), language, &job, &mut counts, outgoing, history);
        interrupts.end();
        // What was sent before the reply was sent in ignorance of the failure.
        let stops = job.request.stop_on_error && matches!(reply.status, ReplyStatus::Error);
        let on_their_way = || jobs.recv_timeout(ON_THE_WAY).ok();
        let aborted: Vec<Job> = if stops { std::iter::from_fn(on_their_way).collect() } else { Vec::new() };
        outgoing.reply(reply, &job.parent);
        outgoing.publish(Status::idle(), &job.parent);
        aborted.iter().for_each(|job| abort(&job.parent, counts.counted, outgoing));
    }
}

fn run_job(
    runner: &mut dyn CellRunner,
    language: &dyn Language,
    Job { parent, request }: &Job,
    counts: &mut Counts,
    outgoing: &Outgoing,
    history: &History,
) -> ExecuteReply {
    outgoing.publish(Status::busy(), parent);
    let has_code = !request.code.trim().is_empty();
    let is_counted = !request.silent && request.store_history && has_code;
    // Code that is not counted is no part of the cell before it.
    let cell = if has_code { counts.next(is_counted) } else { counts.last };
    if is_counted {
        history.lock().unwrap_or_else(PoisonError::into_inner).push((cell, request.code.clone()));
    }
    let execution_count = ExecutionCount::new(counts.counted as usize);
    if !request.silent {
        outgoing.publish(ExecuteInput { code: request.code.clone(), execution_count }, parent);
    }
    let mut pages = Vec::new();
    let mut limit = OutputLimit::default();
    let mut show = |output| match output {
        Output::Event(Event::InputRequest { .. }) if !request.allow_stdin => language.answer(None),
        Output::Event(Event::InputRequest { prompt, password }) => {
            outgoing.ask(InputRequest { prompt, password }, parent)
        }
        _ if request.silent => {}
        Output::Page(data) if request.allow_stdin => pages.push(Payload::Page { data: media(&data), start: 0 }),
        output => limit.admit(output).into_iter().for_each(|output| publish(output, execution_count, parent, outgoing)),
    };
    let result = if has_code { execute(runner, cell, &request.code, &mut show) } else { Ok(()) };
    let mut reply = ExecuteReply { execution_count, user_expressions: Some(HashMap::new()), ..ExecuteReply::default() };
    if let (Ok(()), Some(expressions)) = (&result, &request.user_expressions) {
        reply.user_expressions = Some(evaluate(expressions, |code, show| execute(runner, 0, code, show), language));
    }
    reply.payload = pages;
    limit.summary().into_iter().for_each(|output| publish(output, execution_count, parent, outgoing));
    if let Err(CellFailure { ename, evalue, traceback }) = result.map_err(shortened) {
        reply.status = ReplyStatus::Error;
        reply.error = reply_error(&ename, &evalue, &traceback);
        if !request.silent {
            outgoing.publish(ErrorOutput { ename, evalue, traceback }, parent);
        }
    }
    reply
}

/// A panic of ours ends the cell, not the notebook.
fn execute(
    runner: &mut dyn CellRunner,
    cell: u32,
    code: &str,
    show: &mut dyn FnMut(Output),
) -> Result<(), CellFailure> {
    catch_unwind(AssertUnwindSafe(|| runner.execute(cell, code, show))).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
        let evalue = format!(
            "cell {cell}: the kernel itself failed on this cell, please report it: {}",
            text.unwrap_or("a panic without a message")
        );
        Err(CellFailure::new(FailureKind::Kernel, &evalue))
    })
}

fn abort(parent: &JupyterMessage, count: u32, outgoing: &Outgoing) {
    outgoing.publish(Status::busy(), parent);
    let execution_count = ExecutionCount::new(count as usize);
    outgoing.reply(ExecuteReply { status: ReplyStatus::Aborted, execution_count, ..ExecuteReply::default() }, parent);
    outgoing.publish(Status::idle(), parent);
}

fn publish(output: Output, execution_count: ExecutionCount, parent: &JupyterMessage, outgoing: &Outgoing) {
    match output {
        Output::Text(stream, text) => {
            let name = if stream == Stream::Stdout { Stdio::Stdout } else { Stdio::Stderr };
            outgoing.publish(StreamContent { name, text }, parent);
        }
        Output::Event(Event::DisplayData { data, display_id }) => {
            let transient = Some(Transient { display_id });
            let display = DisplayData { transient, metadata: metadata(&data), ..DisplayData::new(media(&data)) };
            outgoing.publish(display, parent);
        }
        Output::Event(Event::UpdateDisplayData { data, display_id }) => {
            let update = UpdateDisplayData::new(media(&data), &display_id);
            outgoing.publish(UpdateDisplayData { metadata: metadata(&data), ..update }, parent);
        }
        // Without a user there is no pager.
        Output::Event(Event::ExecuteResult { data }) | Output::Page(data) => {
            let transient = Some(Transient { display_id: None });
            let result = ExecuteResult::new(execution_count, media(&data));
            outgoing.publish(ExecuteResult { transient, metadata: metadata(&data), ..result }, parent);
        }
        Output::Event(Event::ClearOutput { wait }) => outgoing.publish(ClearOutput { wait }, parent),
        // The rest is between runner and session.
        Output::Event(_) => {}
    }
}

/// The bundle as Jupyter's messages carry it, each format as it is: parsed into known formats, one that is odd costs all.
pub fn media(bundle: &MimeBundle) -> Media {
    let formats = bundle.data().iter().map(|(mime_type, content)| (mime_type.clone(), content.clone()));
    Media::new(formats.map(MediaType::Other).collect())
}

fn metadata(bundle: &MimeBundle) -> serde_json::Map<String, serde_json::Value> {
    bundle.metadata()
}

/// Stands in when what runs cells could not be started: every cell fails with the reason.
struct Broken(String);

impl CellRunner for Broken {
    fn execute(&mut self, _: u32, _: &str, _: &mut dyn FnMut(Output)) -> Result<(), CellFailure> {
        let evalue = self.0.clone();
        Err(CellFailure::new(FailureKind::Setup, &evalue))
    }
}
