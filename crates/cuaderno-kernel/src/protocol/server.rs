//! The sockets, and what happens to each request.

use super::executor::{CellRunner, History, Job, Stopper, run_jobs};
use super::interrupts::Interrupts;
use super::outgoing::{Outgoing, message, send_iopub, send_to_client};
use super::parent::parent_has_ended;
use super::{incoming, information};
use crate::lookup::Lookup;
use jupyter_protocol::{
    CommClose, CommInfoReply, ConnectionInfo, InterruptReply, IsCompleteReply, JupyterMessage,
    JupyterMessageContent as Content, ReplyStatus, ShutdownReply, Status,
};
use jupyter_zmq_client as zmq;
use std::net::IpAddr;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use zeromq::{SocketRecv, SocketSend};

/// Code is taken apart on such threads, and deeply nested code needs a deep stack; only touched pages cost memory.
pub const STACK_BYTES: usize = 64 << 20;

/// Why the kernel cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Listening anywhere else would let others run code here.
    #[error("the connection file asks to listen on {0}; this kernel listens on loopback addresses only")]
    NotLoopback(String),
    /// A socket cannot be opened.
    #[error("a socket cannot be opened: {0}")]
    Socket(#[from] zmq::RuntimeError),
}

/// Serves a front end until it asks for shutdown, or has ended itself. `start` makes what runs cells, after the sockets are open, so that
/// `kernel_info_request` is answered at once; `rust_version` is what it says.
///
/// # Errors
/// When the connection asks for another than a loopback address, or a socket cannot be opened.
pub async fn serve<F>(connection: &ConnectionInfo, rust_version: String, start: F) -> Result<(), ServerError>
where
    F: FnOnce() -> Result<Box<dyn CellRunner>, String> + Send + 'static,
{
    let is_tcp = !matches!(connection.transport, jupyter_protocol::Transport::IPC);
    if is_tcp && !connection.ip.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()) {
        return Err(ServerError::NotLoopback(connection.ip.clone()));
    }
    let session = format!("cuaderno-{}", std::process::id());
    let iopub = zmq::create_kernel_iopub_xpub_connection(connection, &session).await?;
    let shell = zmq::create_kernel_shell_connection(connection, &session).await?;
    let control = zmq::create_kernel_control_connection(connection, &session).await?;
    let stdin = zmq::create_kernel_stdin_connection(connection, &session).await?;
    let mut heartbeat = zmq::create_kernel_heartbeat_connection(connection).await?;

    let (outgoing, queues) = Outgoing::new();
    let (jobs, job_queue) = channel();
    let server = Server {
        outgoing,
        jobs,
        history: History::default(),
        stopper: Arc::default(),
        lookup: Arc::default(),
        interrupts: Interrupts::default(),
        rust_version: rust_version.into(),
    };
    server.start_executor(start, job_queue);

    let (shell_out, shell_in) = shell.split();
    let (stdin_out, stdin_in) = stdin.split();
    tokio::spawn(send_iopub(iopub, queues.iopub));
    tokio::spawn(send_to_client(shell_out, queues.shell));
    tokio::spawn(send_to_client(stdin_out, queues.stdin));
    tokio::spawn(async move {
        loop {
            // What came goes back, whatever it is.
            let echoed = match heartbeat.socket.recv().await {
                Ok(message) => heartbeat.socket.send(message).await,
                Err(error) => Err(error),
            };
            if echoed.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    });
    tokio::spawn(server.clone().receive_shell(shell_in));
    tokio::spawn(server.clone().receive_stdin(stdin_in));
    tokio::select! {
        () = server.clone().receive_control(control) => {}
        () = parent_has_ended() => {}
    }
    // Compilers and programs at work are no children that Jupyter knows of.
    server.stopper.get().into_iter().for_each(|stopper| stopper.interrupt());
    Ok(())
}

#[derive(Clone)]
struct Server {
    outgoing: Outgoing,
    jobs: Sender<Job>,
    history: History,
    /// There as soon as the runner is.
    stopper: Arc<OnceLock<Arc<dyn Stopper>>>,
    /// As well, if it has one.
    lookup: Arc<OnceLock<Lookup>>,
    interrupts: Interrupts,
    rust_version: Arc<str>,
}

impl Server {
    fn start_executor<F>(&self, start: F, jobs: std::sync::mpsc::Receiver<Job>)
    where
        F: FnOnce() -> Result<Box<dyn CellRunner>, String> + Send + 'static,
    {
        let Self { outgoing, history, stopper, lookup, interrupts, .. } = self.clone();
        let executor = std::thread::Builder::new().name("executor".to_owned()).stack_size(STACK_BYTES);
        let started = executor.spawn(move || {
            let runner = start().unwrap_or_else(|error| Box::new(super::executor::Broken(error)));
            let _ = stopper.set(runner.stopper());
            runner.lookup().into_iter().for_each(|found| drop(lookup.set(found)));
            run_jobs(runner, &jobs, &outgoing, &history, &interrupts);
        });
        if let Err(error) = started {
            eprintln!("cells cannot run: {error}");
        }
    }

    async fn receive_shell(self, mut connection: zmq::RouterRecvConnection) {
        loop {
            match incoming::read_shell(&mut connection).await {
                Ok(message) => self.handle_shell(message),
                Err(error) => ignore(&error).await,
            }
        }
    }

    fn handle_shell(&self, message: JupyterMessage) {
        if let Content::ExecuteRequest(request) = &message.content {
            let request = request.clone();
            let _ = self.jobs.send(Job { parent: message, request });
            return;
        }
        if matches!(message.content, Content::CompleteRequest(_) | Content::InspectRequest(_)) {
            // The compiler may have to be asked; other requests do not wait for it.
            let server = self.clone();
            tokio::task::spawn_blocking(move || server.reply_on_shell(&message));
        } else {
            self.reply_on_shell(&message);
        }
    }

    fn reply_on_shell(&self, message: &JupyterMessage) {
        self.outgoing.publish(Status::busy(), message);
        if let Some(reply) = self.answer(&message.content) {
            self.outgoing.reply(reply, message);
        }
        if let Content::CommOpen(comm) = &message.content {
            // No target is known here; the front end is not to wait for one.
            self.outgoing.publish(CommClose { comm_id: comm.comm_id.clone(), ..CommClose::default() }, message);
        }
        self.outgoing.publish(Status::idle(), message);
    }

    fn answer(&self, request: &Content) -> Option<Content> {
        Some(match request {
            Content::KernelInfoRequest(_) => {
                Content::KernelInfoReply(Box::new(information::kernel_info(&self.rust_version)))
            }
            Content::HistoryRequest(request) => information::history(request, &self.history).into(),
            Content::CommInfoRequest(_) => CommInfoReply::default().into(),
            Content::IsCompleteRequest(request) => match crate::cell::completeness(&request.code) {
                crate::cell::Completeness::Complete => IsCompleteReply::complete().into(),
                crate::cell::Completeness::Incomplete { indent } => IsCompleteReply::incomplete(indent).into(),
                crate::cell::Completeness::Invalid => IsCompleteReply::invalid().into(),
            },
            Content::CompleteRequest(request) => information::complete(request, self.lookup.get()).into(),
            Content::InspectRequest(request) => information::inspect(request, self.lookup.get()).into(),
            request => return incoming::refusal(request),
        })
    }

    async fn receive_stdin(self, mut connection: zmq::RouterRecvConnection) {
        loop {
            match connection.read().await.map(|message| message.content) {
                Ok(Content::InputReply(reply)) => {
                    if let Some(stopper) = self.stopper.get() {
                        stopper.answer((reply.status == ReplyStatus::Ok).then_some(reply.value));
                    }
                }
                Ok(_) => {}
                Err(error) => ignore(&error).await,
            }
        }
    }

    async fn receive_control(self, mut connection: zmq::KernelControlConnection) {
        loop {
            let request = match incoming::read_control(&mut connection).await {
                Ok(request) => request,
                Err(error) => {
                    ignore(&error).await;
                    continue;
                }
            };
            self.outgoing.publish(Status::busy(), &request);
            let reply: Option<Content> = match &request.content {
                Content::ShutdownRequest(shutdown) => {
                    Some(ShutdownReply { restart: shutdown.restart, ..ShutdownReply::default() }.into())
                }
                Content::InterruptRequest(_) => {
                    self.interrupt();
                    Some(InterruptReply::new().into())
                }
                content => self.answer(content),
            };
            let is_shutdown = matches!(request.content, Content::ShutdownRequest(_));
            if let Some(reply) = reply
                && let Err(error) = connection.send(message(reply, &request)).await
            {
                eprintln!("a reply on control was not sent: {error}");
            }
            self.outgoing.publish(Status::idle(), &request);
            if is_shutdown {
                // What was said last still has to leave.
                tokio::time::sleep(Duration::from_millis(50)).await;
                return;
            }
        }
    }

    fn interrupt(&self) {
        if let Some(stopper) = self.stopper.get() {
            self.interrupts.interrupt(stopper, self.lookup.get().cloned(), &self.outgoing);
        }
    }
}

/// A message that cannot be read, for example one with a bad signature, is dropped; the log tells.
pub async fn ignore(error: &zmq::RuntimeError) {
    eprintln!("a message was dropped: {error}");
    // A broken socket must not keep a core busy.
    tokio::time::sleep(Duration::from_millis(5)).await;
}
