//! Reading requests on shell.

use jupyter_protocol::{JupyterMessage, JupyterMessageContent};
use jupyter_zmq_client::{RawMessage, Result, RouterRecvConnection, RuntimeError};
use serde_json::{Map, Value, json};
use zeromq::SocketRecv;

/// Reads a request as [`RouterRecvConnection::read`] does, but lets front ends leave out what the protocol says they may.
///
/// # Errors
/// For a message with a bad signature, or one that cannot be read.
pub async fn read(connection: &mut RouterRecvConnection) -> Result<JupyterMessage> {
    let RawMessage { zmq_identities, jparts } =
        RawMessage::from_multipart(connection.socket.recv().await?, &connection.mac)?;
    let header: jupyter_protocol::Header = serde_json::from_slice(&jparts[0])?;
    let mut content: Value = serde_json::from_slice(&jparts[3])?;
    if let Some(fields) = content.as_object_mut().filter(|_| header.msg_type == "history_request") {
        complete_history_request(fields);
    }
    let content = JupyterMessageContent::from_type_and_content(&header.msg_type, content)
        .map_err(|source| RuntimeError::ParseError { msg_type: header.msg_type.clone(), source })?;
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
