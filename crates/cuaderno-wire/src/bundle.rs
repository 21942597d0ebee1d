//! One thing to show, in several formats.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The same content in several formats, from which a front end picks the richest it can show.
///
/// There is always a `text/plain` form, so that logs and terminals show something useful.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MimeBundle {
    /// Content by MIME type; binary formats are base64, as the Jupyter protocol wants them, JSON formats are JSON.
    data: Map<String, Value>,
    /// What a front end should know about a format, by MIME type: size in pixels, words for who cannot see it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    metadata: Map<String, Value>,
    /// What a second run must show as well, where the content holds more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stable: Option<String>,
}

impl MimeBundle {
    /// A bundle with only text.
    pub fn text(text: impl Into<String>) -> Self {
        let mut data = Map::new();
        data.insert("text/plain".into(), Value::String(text.into()));
        Self { data, metadata: Map::new(), stable: None }
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

    /// Adds any format by its MIME type. A JSON format (`application/json`, `…+json`) travels as what it says; text that is no
    /// JSON is left out, and the `text/plain` form says so.
    pub fn with(mut self, mime_type: &str, content: impl Into<String>) -> Self {
        let content = content.into();
        if !is_json(mime_type) {
            self.data.insert(mime_type.to_owned(), Value::String(content));
            return self;
        }
        match serde_json::from_str(&content) {
            Ok(value) => self.with_json(mime_type, value),
            Err(error) => {
                let plain = format!("{}\n[{mime_type} left out: it is no JSON, {error}]", self.plain());
                self.data.insert("text/plain".to_owned(), Value::String(plain.trim_start().to_owned()));
                self
            }
        }
    }

    /// Adds a JSON format by its MIME type.
    pub fn with_json(mut self, mime_type: &str, content: Value) -> Self {
        self.data.insert(mime_type.to_owned(), content);
        self
    }

    /// Says something about one format: `width` and `height` in pixels of a picture that has more of them, or `alt`, the words
    /// for those who cannot see it.
    pub fn with_metadata(mut self, mime_type: &str, key: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(known) = self.metadata.entry(mime_type).or_insert_with(|| Map::new().into()) {
            known.insert(key.to_owned(), value.into());
        }
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

    /// The content in one format, if there and text.
    pub fn get(&self, mime_type: &str) -> Option<&str> {
        self.data.get(mime_type).and_then(Value::as_str)
    }

    /// Every format with its content.
    pub fn data(&self) -> &Map<String, Value> {
        &self.data
    }

    /// What is known about formats, as Jupyter's messages carry it.
    pub fn metadata(&self) -> Map<String, Value> {
        let mut metadata = self.metadata.clone();
        if let Some(stable) = &self.stable {
            metadata.insert("stable".to_owned(), stable.as_str().into());
        }
        metadata
    }

    /// Every format with its content as text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.data.iter().map(|(mime_type, content)| match content {
            Value::String(text) => (mime_type.as_str(), Cow::Borrowed(text.as_str())),
            json => (mime_type.as_str(), Cow::Owned(json.to_string())),
        })
    }
}

/// Whether a format's content is JSON.
fn is_json(mime_type: &str) -> bool {
    let name = mime_type.split(';').next().unwrap_or_default().trim();
    name == "application/json" || name.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_formats_travel_as_json() {
        let bundle = MimeBundle::text("a chart")
            .with("application/vnd.plotly.v1+json", "{\"data\": [1, 2]}")
            .with("application/json; charset=utf-8", "[1]")
            .with("text/html", "{}");
        assert_eq!(bundle.data()["application/vnd.plotly.v1+json"], json!({"data": [1, 2]}));
        assert_eq!(bundle.data()["application/json; charset=utf-8"], json!([1]));
        assert_eq!(bundle.data()["text/html"], json!("{}"));
        assert_eq!(bundle.iter().find(|(name, _)| name.contains("plotly")).unwrap().1, "{\"data\":[1,2]}");
    }

    #[test]
    fn an_entry_that_is_no_json_costs_the_others_nothing() {
        let bundle = MimeBundle::text("a chart").with("application/json", "{oops").with_html("<b>");
        assert_eq!((bundle.data().len(), bundle.get("text/html")), (2, Some("<b>")));
        assert!(
            bundle.plain().starts_with("a chart\n[application/json left out: it is no JSON, "),
            "{}",
            bundle.plain()
        );
    }

    #[test]
    fn metadata_is_told_by_format_and_survives_the_way_to_the_kernel() {
        let bundle = MimeBundle::text("x").with_png(b"png").with_metadata("image/png", "width", 720).with_stable("y");
        let bundle: MimeBundle = serde_json::from_value(serde_json::to_value(bundle).unwrap()).unwrap();
        assert_eq!(Value::from(bundle.metadata()), json!({"image/png": {"width": 720}, "stable": "y"}));
    }
}
