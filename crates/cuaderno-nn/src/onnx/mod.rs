//! Networks as files of ONNX, which onnxruntime, browsers and phones run.

mod graph;
mod protobuf;
mod translation;

use crate::layers::Head;
use crate::{Network, NetworkError};
use protobuf::Message;
use std::path::Path;
use translation::Translation;

/// The version of the operators, and of the format that has them.
const OPSET: i64 = 18;
const IR_VERSION: i64 = 8;

/// Protocol Buffers allow no larger message.
const MOST_BYTES: usize = i32::MAX as usize;

impl Network {
    /// Writes the network for prediction as ONNX (opset 18), for onnxruntime in Python, in a browser or on a phone. A file of that name
    /// is replaced at once or not at all.
    ///
    /// The input `input` is `[batch, channels, height, width]`, or `[batch, values]`, with any number of examples; the output `output` is what
    /// [`outputs`](Self::outputs) gives: probabilities, where the model ends in softmax or sigmoid, else scores. Metadata tell which
    /// (`output`), the names of the classes as JSON (`classes`), and how the pictures were prepared (`preparation`).
    ///
    /// ```
    /// use cuaderno_nn::cnn;
    ///
    /// cnn! { Cells: [3, 60, 80] => [conv2d(8, 3), relu, max_pool(4), flatten, dense(4), softmax] }
    /// # let folder = std::env::temp_dir().join(format!("cuaderno-onnx-{}", std::process::id()));
    /// # let path = folder.join("cells.onnx");
    /// let model = Cells::new(7);
    /// model.export_onnx(&path)?; // "cells.onnx"
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// In Python, `onnxruntime.InferenceSession("cells.onnx").run(None, {"input": pictures})`.
    ///
    /// # Errors
    /// If the file cannot be written, or would be larger than the 2 GB that the format allows.
    pub fn export_onnx(&self, path: impl AsRef<Path>) -> Result<(), NetworkError> {
        self.export_onnx_of(path.as_ref(), self.class_names())
    }

    /// The same with names of the classes from elsewhere.
    #[doc(hidden)]
    pub fn export_onnx_of(&self, path: &Path, classes: Option<&[String]>) -> Result<(), NetworkError> {
        if let Some(whole) = self.completed() {
            return whole.export_onnx_of(path, classes);
        }
        let bytes = model(self, classes)?;
        let failed = |source| NetworkError::File { path: path.to_owned(), action: "writing", source };
        cuaderno_plot::write_whole(path, &bytes).map_err(failed)
    }
}

/// `ModelProto`
fn model(network: &Network, classes: Option<&[String]>) -> Result<Vec<u8>, NetworkError> {
    let (input, output) = ("input", "output");
    let mut translation = Translation::new(network, input);
    translation.add_all(network.layers(), "");
    let Translation { mut graph, value, .. } = translation;
    // The output has one name, whatever the last layer is called.
    graph.node("Identity", &[&value], output, &[]);
    if graph.len() >= MOST_BYTES {
        let found = format!("{:.1} GB", graph.len() as f64 / 1e9);
        let advice = "2.1 GB are the most that ONNX allows; make the largest layers smaller".into();
        return Err(NetworkError::Setting { setting: "the size of the file", found, advice });
    }
    let graph = graph.finish(network.name(), (input, network.input()), (output, network.output()));
    let opset = Message::default().text(1, "").int(2, OPSET);
    let what = if network.graph.head == Head::Scores { "scores" } else { "probabilities" };
    let classes = classes.map(|names| serde_json::json!(names).to_string());
    let notes = [("output", Some(what)), ("classes", classes.as_deref()), ("preparation", network.preparation())];
    let start = Message::default().int(1, IR_VERSION).text(2, "cuaderno").text(3, env!("CARGO_PKG_VERSION"));
    let notes = notes.into_iter().filter_map(|(key, said)| Some((key, said?)));
    let model = notes.fold(start.message(8, opset), |model, (key, said)| {
        model.message(14, Message::default().text(1, key).text(2, said))
    });
    Ok(model.bytes(7, &graph).into_bytes())
}
