//! A front end.

use crate::echo::Echo;
use cuaderno_jupyter::{ServerError, serve};
use jupyter_protocol::{ConnectionInfo, ExecuteRequest, JupyterMessage, JupyterMessageContent as Content, Transport};
use jupyter_zmq_client as zmq;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

/// A connection to a kernel that runs in this process.
pub struct Client {
    pub connection: ConnectionInfo,
    pub shell: zmq::ClientShellConnection,
    pub control: zmq::ClientControlConnection,
    pub iopub: zmq::ClientIoPubConnection,
    pub stdin: zmq::ClientStdinConnection,
    pub server: tokio::task::JoinHandle<Result<(), ServerError>>,
}

/// Free ports of this machine, for one kernel.
pub async fn connection_info() -> ConnectionInfo {
    let ports = zmq::peek_ports([127, 0, 0, 1].into(), 5).await.unwrap();
    ConnectionInfo {
        ip: "127.0.0.1".to_owned(),
        transport: Transport::TCP,
        shell_port: ports[0],
        iopub_port: ports[1],
        stdin_port: ports[2],
        control_port: ports[3],
        hb_port: ports[4],
        key: "secret".to_owned(),
        signature_scheme: "hmac-sha256".to_owned(),
        kernel_name: None,
    }
}

impl Client {
    /// Starts a kernel and speaks to it.
    pub async fn new(language: Arc<Echo>) -> Self {
        let connection = connection_info().await;
        let info = connection.clone();
        let server = tokio::spawn(async move { serve(&info, language).await });
        let session = "test";
        let identity = zmq::peer_identity_for_session(session).unwrap();
        let mut iopub = loop {
            // The sockets may not be open yet.
            match zmq::create_client_iopub_connection(&connection, "", session).await {
                Ok(iopub) => break iopub,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        let welcome = timeout(PATIENCE, iopub.read()).await.unwrap().unwrap();
        assert!(matches!(welcome.content, Content::IoPubWelcome(_)), "{welcome:?}");
        Self {
            shell: zmq::create_client_shell_connection_with_identity(&connection, session, identity.clone())
                .await
                .unwrap(),
            stdin: zmq::create_client_stdin_connection_with_identity(&connection, session, identity).await.unwrap(),
            control: zmq::create_client_control_connection(&connection, session).await.unwrap(),
            connection,
            iopub,
            server,
        }
    }

    /// Sends a request on shell, and returns the reply to it.
    pub async fn ask(&mut self, request: impl Into<Content>) -> Content {
        self.shell.send(JupyterMessage::new(request, None)).await.unwrap();
        self.reply().await
    }

    /// The next reply on shell.
    pub async fn reply(&mut self) -> Content {
        timeout(PATIENCE, self.shell.read()).await.expect("no reply").unwrap().content
    }

    /// Sends a request on control, and returns the reply to it.
    pub async fn ask_on_control(&mut self, request: impl Into<Content>) -> Content {
        self.control.send(JupyterMessage::new(request, None)).await.unwrap();
        timeout(PATIENCE, self.control.read()).await.expect("no reply").unwrap().content
    }

    /// What everybody hears next.
    pub async fn published(&mut self) -> JupyterMessage {
        timeout(PATIENCE, self.iopub.read()).await.expect("nothing was published").unwrap()
    }

    /// Everything that was published up to the next `idle`, one line each.
    pub async fn heard(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = line(&self.published().await.content);
            lines.push(line);
            if lines.last().is_some_and(|line| line == "idle") {
                return lines;
            }
        }
    }

    /// Executes a cell; returns what was published, and the reply in a line.
    pub async fn run(&mut self, code: &str) -> (Vec<String>, String) {
        let reply = self.ask(execute(code)).await;
        (self.heard().await, line(&reply))
    }
}

/// A request to run a cell, as a notebook sends it.
pub fn execute(code: &str) -> ExecuteRequest {
    ExecuteRequest { allow_stdin: true, stop_on_error: true, ..ExecuteRequest::new(code.to_owned()) }
}

/// A message in one line.
pub fn line(content: &Content) -> String {
    match content {
        Content::Status(status) => format!("{:?}", status.execution_state).to_lowercase(),
        Content::ExecuteInput(input) => format!("input {} {:?}", input.execution_count.0, input.code),
        Content::StreamContent(text) => format!("{:?} {:?}", text.name, text.text).to_lowercase(),
        Content::ExecuteResult(result) => format!("result {}", plain(&result.data)),
        Content::DisplayData(shown) => {
            let id = shown.transient.as_ref().and_then(|transient| transient.display_id.as_deref());
            format!("display {} {}", id.unwrap_or("-"), plain(&shown.data))
        }
        Content::UpdateDisplayData(shown) => {
            format!("update {} {}", shown.transient.display_id.as_deref().unwrap_or("-"), plain(&shown.data))
        }
        Content::ClearOutput(clear) => format!("clear, wait: {}", clear.wait),
        Content::ErrorOutput(error) => format!("error {}: {} {:?}", error.ename, error.evalue, error.traceback),
        Content::ExecuteReply(reply) => format!("{:?} {}", reply.status, reply.execution_count.0).to_lowercase(),
        other => other.message_type().to_owned(),
    }
}

/// The text of a bundle.
pub fn plain(media: &jupyter_protocol::Media) -> String {
    serde_json::to_value(media).unwrap()["text/plain"].as_str().unwrap_or_default().to_owned()
}
