//! Reading requests.

use jupyter_protocol::{JupyterMessage, JupyterMessageContent, UnknownMessage};
use jupyter_zmq_client::{KernelControlConnection, RawMessage, Result, RouterRecvConnection};
use serde_json::{Map, Value, json};
use zeromq::SocketRecv;

/// Reads a request on shell.
///
/// # Errors
/// For a message with a bad signature, or one that is none.
pub async fn read_shell(connection: &mut RouterRecvConnection) -> Result<JupyterMessage> {
    read(RawMessage::from_multipart(connection.socket.recv().await?, &connection.mac)?)
}

/// Reads a request on control.
///
/// # Errors
/// As on shell.
pub async fn read_control(connection: &mut KernelControlConnection) -> Result<JupyterMessage> {
    read(RawMessage::from_multipart(connection.socket.recv().await?, &connection.mac)?)
}

/// Reads a request as [`RouterRecvConnection::read`] does, but lets front ends leave out what the protocol says they may. One
/// whose content is not as it should be becomes a request of unknown content.
fn read(RawMessage { zmq_identities, jparts }: RawMessage) -> Result<JupyterMessage> {
    let header: jupyter_protocol::Header = serde_json::from_slice(&jparts[0])?;
    let mut content: Value = serde_json::from_slice(&jparts[3])?;
    if let Some(fields) = content.as_object_mut() {
        match &*header.msg_type {
            "history_request" => complete_history_request(fields),
            "execute_request" => complete_execute_request(fields),
            _ => {}
        }
    }
    let msg_type = header.msg_type.clone();
    let content = JupyterMessageContent::from_type_and_content(&msg_type, content)
        .unwrap_or_else(|error| UnknownMessage { msg_type, content: json!({ MALFORMED: error.to_string() }) }.into());
    Ok(JupyterMessage {
        zmq_identities,
        parent_header: serde_json::from_slice(&jparts[1]).ok(),
        header,
        metadata: serde_json::from_slice(&jparts[2])?,
        content,
        buffers: jparts[4..].to_vec(),
        channel: None,
    })
}

/// The reply to a request that cannot be answered; `None` for a message that asks nothing.
pub fn refusal(request: &JupyterMessageContent) -> Option<JupyterMessageContent> {
    let msg_type = request.message_type();
    let name = msg_type.strip_suffix("_request")?;
    let reason = match request {
        JupyterMessageContent::UnknownMessage(unknown) => unknown.content.get(MALFORMED).and_then(Value::as_str),
        _ => None,
    };
    let (ename, evalue) = match reason {
        Some(reason) => ("malformed request", format!("this {msg_type} cannot be read: {reason}")),
        None => ("unknown request", format!("this kernel has no answer to {msg_type}")),
    };
    let content = json!({ "status": "error", "ename": ename, "evalue": evalue, "traceback": [] });
    Some(UnknownMessage { msg_type: format!("{name}_reply"), content }.into())
}

/// Stands in the content of a request that cannot be read, before the reason.
const MALFORMED: &str = "cuaderno: malformed";

/// What a front end may leave out; see the table of the specification.
fn complete_execute_request(fields: &mut Map<String, Value>) {
    let is_silent = fields.get("silent") == Some(&json!(true));
    let defaults = [("silent", json!(false)), ("store_history", json!(!is_silent)), ("user_expressions", json!({}))];
    for (name, value) in defaults {
        fields.entry(name).or_insert(value);
    }
}

/// Each kind of `history_request` needs only some of the fields; jupyter_client's own test sends no others.
fn complete_history_request(fields: &mut Map<String, Value>) {
    let defaults = [
        ("hist_access_type", json!("tail")),
        ("output", json!(false)),
        ("raw", json!(true)),
        ("n", json!(1000)),
        ("start", json!(0)),
        ("stop", json!(0)),
        ("pattern", json!("*")),
        ("unique", json!(false)),
    ];
    for (name, value) in defaults {
        let field = fields.entry(name).or_insert(Value::Null);
        if field.is_null() {
            *field = value;
        }
    }
}
