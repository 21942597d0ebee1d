//! The sockets, and what happens to each request.

use super::executor::{History, Job, run_jobs};
use super::interrupts::Interrupts;
use super::outgoing::{Outgoing, message, send_iopub, send_to_client};
use super::parent::parent_has_ended;
use super::{incoming, information};
use crate::Language;
use jupyter_protocol::{
    CommClose, CommInfoReply, ConnectionInfo, InterruptReply, JupyterMessage, JupyterMessageContent as Content,
    ReplyStatus, ShutdownReply, Status,
};
use jupyter_zmq_client as zmq;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
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

/// Serves a front end until it asks for shutdown, or has ended itself. The language is started after the sockets are open, so that
/// `kernel_info_request` is answered at once.
///
/// # Errors
/// When the connection asks for another than a loopback address, or a socket cannot be opened.
pub async fn serve(connection: &ConnectionInfo, language: Arc<dyn Language>) -> Result<(), ServerError> {
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
        language: language.clone(),
        interrupts: Interrupts::default(),
    };
    server.start_executor(job_queue);

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
    language.interrupt();
    Ok(())
}

#[derive(Clone)]
struct Server {
    outgoing: Outgoing,
    jobs: Sender<Job>,
    history: History,
    language: Arc<dyn Language>,
    interrupts: Interrupts,
}

impl Server {
    fn start_executor(&self, jobs: std::sync::mpsc::Receiver<Job>) {
        let Self { outgoing, history, language, interrupts, .. } = self.clone();
        let executor = std::thread::Builder::new().name("executor".to_owned()).stack_size(STACK_BYTES);
        let started = executor.spawn(move || run_jobs(&*language, &jobs, &outgoing, &history, &interrupts));
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

    /// Which function answers which request.
    fn answer(&self, request: &Content) -> Option<Content> {
        Some(match request {
            Content::KernelInfoRequest(_) => information::kernel_info(self.language.about()).into(),
            Content::HistoryRequest(request) => information::history(request, &self.history).into(),
            Content::CommInfoRequest(_) => CommInfoReply::default().into(),
            Content::IsCompleteRequest(request) => information::is_complete(request, &*self.language).into(),
            Content::CompleteRequest(request) => information::complete(request, &*self.language).into(),
            Content::InspectRequest(request) => information::inspect(request, &*self.language).into(),
            request => return incoming::refusal(request),
        })
    }

    async fn receive_stdin(self, mut connection: zmq::RouterRecvConnection) {
        loop {
            match connection.read().await.map(|message| message.content) {
                Ok(Content::InputReply(reply)) => {
                    self.language.answer((reply.status == ReplyStatus::Ok).then_some(reply.value));
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
                    self.interrupts.interrupt(&self.language, &self.outgoing);
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
}

/// A message that cannot be read, for example one with a bad signature, is dropped; the log tells.
pub async fn ignore(error: &zmq::RuntimeError) {
    eprintln!("a message was dropped: {error}");
    // A broken socket must not keep a core busy.
    tokio::time::sleep(Duration::from_millis(5)).await;
}
