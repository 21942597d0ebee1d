//! One thing to show, in several formats.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The same content in several formats, from which a front end picks the richest it can show.
///
/// There is always a `text/plain` form, so that logs and terminals show something useful.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MimeBundle {
    /// Content by MIME type; binary formats are base64, as the Jupyter protocol wants them.
    data: Map<String, Value>,
    /// What a second run must show as well, where the content holds more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stable: Option<String>,
}

impl MimeBundle {
    /// A bundle with only text.
    pub fn text(text: impl Into<String>) -> Self {
        let mut data = Map::new();
        data.insert("text/plain".into(), Value::String(text.into()));
        Self { data, stable: None }
    }

    /// Adds HTML beside what is there.
    pub fn with_html(self, html: impl Into<String>) -> Self {
        self.with("text/html", html)
    }

    /// Adds a vector picture beside what is there.
    pub fn with_svg(self, svg: impl Into<String>) -> Self {
        self.with("image/svg+xml", svg)
    }

    /// Adds a picture, given the bytes of a PNG file.
    pub fn with_png(self, png: &[u8]) -> Self {
        self.with("image/png", STANDARD.encode(png))
    }

    /// Adds any text format by its MIME type.
    pub fn with(mut self, mime_type: &str, content: impl Into<String>) -> Self {
        self.data.insert(mime_type.to_owned(), Value::String(content.into()));
        self
    }

    /// For content that holds a time or names the machine: the text without them. It travels as the output's metadata `stable`,
    /// and `cargo xtask verify` compares it in place of the content. Empty, it says that the output need not be there at all.
    pub fn with_stable(mut self, text: impl Into<String>) -> Self {
        self.stable = Some(text.into());
        self
    }

    /// What [`with_stable`](Self::with_stable) was given.
    pub fn stable(&self) -> Option<&str> {
        self.stable.as_deref()
    }

    /// The `text/plain` form.
    pub fn plain(&self) -> &str {
        self.get("text/plain").unwrap_or_default()
    }

    /// The content in one format, if there.
    pub fn get(&self, mime_type: &str) -> Option<&str> {
        self.data.get(mime_type).and_then(Value::as_str)
    }

    /// Every format with its content.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.data.iter().filter_map(|(mime_type, content)| Some((mime_type.as_str(), content.as_str()?)))
    }
}
