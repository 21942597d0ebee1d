//! Names of the classes a top was trained on, and what it says about pictures.

use crate::ZooError;
use cuaderno_display::{MimeBundle, Rich, escape_html};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Class names from a text file with a name a line, or from Keras's `imagenet_class_index.json`:
/// `{"0": ["n01440764", "tench"], …}`.
pub(crate) fn read(path: &Path) -> Result<Arc<Vec<String>>, ZooError> {
    let bytes = cuaderno_display::read_file(path).map_err(|source| ZooError::File { path: path.into(), source })?;
    let problem = |reason: String| ZooError::Labels { path: path.into(), reason };
    let text = String::from_utf8(bytes).map_err(|_| problem("it is not UTF-8 text".into()))?;
    if !text.trim_start().starts_with('{') {
        let names: Vec<String> =
            text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
        return if names.is_empty() { Err(problem("the file is empty".into())) } else { Ok(Arc::new(names)) };
    }
    let index: BTreeMap<String, (String, String)> =
        serde_json::from_str(&text).map_err(|error| problem(error.to_string()))?;
    let name = |class: usize| {
        let entry = index.get(&class.to_string());
        entry.map(|(_, name)| name.clone()).ok_or_else(|| problem(format!("class {class} is missing")))
    };
    (0..index.len()).map(name).collect::<Result<_, _>>().map(Arc::new)
}

/// The most probable classes of each picture, as [`top_labels`](crate::Pretrained::top_labels) gives them.
#[derive(Clone, Debug, PartialEq)]
pub struct TopLabels {
    /// Name and probability, most probable first, for each picture.
    pub pictures: Vec<Vec<(String, f32)>>,
}

impl TopLabels {
    /// The best `count` classes from probabilities `[pictures, classes]`.
    pub(crate) fn new(probabilities: &[f32], classes: usize, names: Option<&[String]>, count: usize) -> Self {
        let best = |row: &[f32]| {
            let mut order: Vec<usize> = (0..row.len()).collect();
            order.sort_by(|a, b| row[*b].total_cmp(&row[*a]).then(a.cmp(b)));
            order.truncate(count);
            let name = |class: usize| names.map_or_else(|| format!("class {class}"), |names| names[class].clone());
            order.into_iter().map(|class| (name(class), row[class])).collect()
        };
        Self { pictures: probabilities.chunks_exact(classes).map(best).collect() }
    }

    /// Each picture's index and its best class with its probability, ready for `ImageSet::show`.
    pub fn captions(&self) -> Vec<(usize, String)> {
        let caption = |(index, best): (usize, &Vec<(String, f32)>)| {
            (index, best.first().map_or_else(String::new, |(name, p)| format!("{name}, {p:.3}")))
        };
        self.pictures.iter().enumerate().map(caption).collect()
    }
}

impl Rich for TopLabels {
    fn mime_bundle(&self) -> MimeBundle {
        let columns = self.pictures.first().map_or(0, Vec::len);
        let mut text = String::new();
        let head: String = (1..=columns).map(|n| format!("<th style=\"text-align:left\">{n}</th>")).collect();
        let mut html = format!("<table><tr><th>picture</th>{head}</tr>");
        for (index, best) in self.pictures.iter().enumerate() {
            let cells: Vec<String> = best.iter().map(|(name, p)| format!("{name} {p:.3}")).collect();
            text += &format!("{index:>5}  {}\n", cells.join(", "));
            let cells = cells.iter().map(|cell| format!("<td style=\"text-align:left\">{}</td>", escape_html(cell)));
            html += &format!("<tr><td>{index}</td>{}</tr>", cells.collect::<String>());
        }
        MimeBundle::text(text.trim_end()).with_html(html + "</table>")
    }
}
