//! Messages on their way out: one queue and one task for each socket.

use jupyter_protocol::{IoPubWelcome, JupyterMessage, JupyterMessageContent, ReplyError, StreamContent};
use jupyter_zmq_client::{KernelIoPubXPubConnection, RouterSendConnection, SubscriptionEvent};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Of Jupyter's messages.
pub const PROTOCOL_VERSION: &str = "5.4";

/// More text than this goes out in several messages.
const MAX_STREAM_BYTES: usize = 256 << 10;

/// Sends messages from any thread.
#[derive(Clone, Debug)]
pub struct Outgoing {
    iopub: UnboundedSender<JupyterMessage>,
    shell: UnboundedSender<JupyterMessage>,
    stdin: UnboundedSender<JupyterMessage>,
}

/// The other ends of an [`Outgoing`].
pub struct Queues {
    /// For everybody.
    pub iopub: UnboundedReceiver<JupyterMessage>,
    /// Replies on shell.
    pub shell: UnboundedReceiver<JupyterMessage>,
    /// Requests for input.
    pub stdin: UnboundedReceiver<JupyterMessage>,
}

/// A message that answers another.
pub fn message(content: impl Into<JupyterMessageContent>, parent: &JupyterMessage) -> JupyterMessage {
    let mut message = JupyterMessage::new(content, Some(parent));
    message.header.version = PROTOCOL_VERSION.to_owned();
    "cuaderno".clone_into(&mut message.header.username);
    message
}

impl Outgoing {
    /// A set of queues.
    pub fn new() -> (Self, Queues) {
        let (iopub, iopub_queue) = unbounded_channel();
        let (shell, shell_queue) = unbounded_channel();
        let (stdin, stdin_queue) = unbounded_channel();
        (Self { iopub, shell, stdin }, Queues { iopub: iopub_queue, shell: shell_queue, stdin: stdin_queue })
    }

    // A closed queue means that the kernel is shutting down.

    /// Tells everybody.
    pub fn publish(&self, content: impl Into<JupyterMessageContent>, parent: &JupyterMessage) {
        let _ = self.iopub.send(message(content, parent));
    }

    /// Answers a request that came on shell.
    pub fn reply(&self, content: impl Into<JupyterMessageContent>, parent: &JupyterMessage) {
        let _ = self.shell.send(message(content, parent));
    }

    /// Asks the front end that sent `parent` for input.
    pub fn ask(&self, content: impl Into<JupyterMessageContent>, parent: &JupyterMessage) {
        let _ = self.stdin.send(message(content, parent));
    }
}

/// Sends what is published, and welcomes who subscribes. Text that waits is joined, so that a cell which prints a line at a time does not flood the page.
pub async fn send_iopub(mut connection: KernelIoPubXPubConnection, mut queue: UnboundedReceiver<JupyterMessage>) {
    let mut held = None;
    loop {
        let mut message = match held.take() {
            Some(message) => message,
            None => tokio::select! {
                message = queue.recv() => match message {
                    Some(message) => message,
                    None => return,
                },
                event = connection.recv_subscription() => match event {
                    Ok(SubscriptionEvent::Subscribe(topic)) => IoPubWelcome::new(topic).into(),
                    Ok(SubscriptionEvent::Unsubscribe(_)) => continue,
                    Err(error) => {
                        super::server::ignore(&error).await;
                        continue;
                    }
                },
            },
        };
        while let Ok(next) = queue.try_recv() {
            if let Some(next) = join(&mut message, next) {
                held = Some(next);
                break;
            }
        }
        if let Err(error) = connection.send(message).await {
            eprintln!("a message on iopub was not sent: {error}");
        }
    }
}

/// Appends `next` to `message` if both are text of one stream and cell; gives it back otherwise.
fn join(message: &mut JupyterMessage, next: JupyterMessage) -> Option<JupyterMessage> {
    let same_parent = message.parent_header.as_ref().map(|header| &header.msg_id)
        == next.parent_header.as_ref().map(|header| &header.msg_id);
    match (&mut message.content, next.content) {
        (JupyterMessageContent::StreamContent(text), JupyterMessageContent::StreamContent(more))
            if same_parent
                && std::mem::discriminant(&text.name) == std::mem::discriminant(&more.name)
                && text.text.len() < MAX_STREAM_BYTES =>
        {
            let StreamContent { text: more, .. } = more;
            text.text.push_str(&more);
            None
        }
        (_, content) => Some(JupyterMessage { content, ..next }),
    }
}

/// Sends what goes to one front end; one that has gone away is no reason to stop.
pub async fn send_to_client(mut connection: RouterSendConnection, mut queue: UnboundedReceiver<JupyterMessage>) {
    while let Some(message) = queue.recv().await {
        if let Err(error) = connection.send(message).await {
            eprintln!("a reply was not sent: {error}");
        }
    }
}

/// A failure in the form that replies want.
pub fn reply_error(ename: &str, evalue: &str, traceback: &[String]) -> Option<Box<ReplyError>> {
    Some(Box::new(ReplyError { ename: ename.to_owned(), evalue: evalue.to_owned(), traceback: traceback.to_vec() }))
}
