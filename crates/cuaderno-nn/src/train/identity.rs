//! What a checkpoint must agree on with the run that goes on from it: one fact a line.

use crate::random::finish;
use crate::sequential::Part;
use crate::{Examples, Network, Sequential};

/// Pictures that a set is recognized by.
const LOOKED_AT: usize = 8;

/// A run's network, layer by layer, and further facts.
pub(super) fn of_run(network: &Network, facts: Vec<String>) -> String {
    let mut lines = vec![format!("a checkpoint of {}", network.name())];
    lines.extend(facts);
    add_layers("", network.layers(), &mut lines);
    lines.join("\n")
}

fn add_layers(prefix: &str, layers: &Sequential, lines: &mut Vec<String>) {
    for (index, (part, _)) in layers.parts().enumerate() {
        let place = format!("{prefix}{}", index + 1);
        match part {
            Part::Model(inner) => add_layers(&format!("{place}_{}/", inner.name()), inner, lines),
            Part::Layer(layer) => lines.push(format!("layer {place} {layer:?}")),
        }
    }
}

/// How many examples there are, and a number that others hardly have: of all labels, and of some pictures as they are in the
/// first epoch.
pub(super) fn of_examples(verb: &str, examples: &dyn Examples) -> String {
    let mut fingerprint = 0;
    let mut add = |bits: u64| fingerprint = finish(fingerprint ^ bits);
    (0..examples.len()).for_each(|index| add(examples.label(index) as u64));
    let mut targets = vec![0.0f32; examples.target_names().len()];
    if !targets.is_empty() {
        for index in 0..examples.len() {
            examples.write_targets(index, &mut targets);
            targets.iter().for_each(|value| add(value.to_bits().into()));
        }
    }
    let mut picture = vec![0.0f32; examples.image_shape().iter().product()];
    for index in (0..examples.len()).step_by(examples.len() / LOOKED_AT + 1) {
        examples.write_image(index, 0, &mut picture);
        picture.iter().for_each(|value| add(value.to_bits().into()));
    }
    format!("{verb} {} images (fingerprint {fingerprint:016x})", examples.len())
}

/// The first line in which two runs differ, of each.
pub(super) fn difference(found: &str, expected: &str) -> Option<(String, String)> {
    let nothing = "nothing more";
    let (mut found, mut expected) = (found.lines(), expected.lines());
    loop {
        match (found.next(), expected.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => return Some((a.unwrap_or(nothing).to_owned(), b.unwrap_or(nothing).to_owned())),
        }
    }
}
