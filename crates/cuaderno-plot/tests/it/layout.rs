//! Every text of every figure of the gallery lies inside it, and no text lies on another.

use crate::figures;
use resvg::usvg;
use std::sync::Arc;

/// Where the drawn letters of each text are, as the rasteriser measures them.
fn texts(svg: &str) -> (usvg::Size, Vec<(String, usvg::Rect)>) {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../../fonts/DejaVuSans.ttf").to_vec());
    fonts.set_sans_serif_family("DejaVu Sans");
    let options = usvg::Options { fontdb: Arc::new(fonts), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).expect("valid SVG");
    let mut found = Vec::new();
    collect(tree.root(), &mut found);
    (tree.size(), found)
}

fn collect(group: &usvg::Group, found: &mut Vec<(String, usvg::Rect)>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => collect(group, found),
            usvg::Node::Text(text) => {
                let words = text.chunks().iter().map(|chunk| chunk.text()).collect::<String>();
                found.push((words, text.abs_bounding_box()));
            }
            _ => {}
        }
    }
}

#[test]
fn text_is_inside_and_apart() {
    let mut problems = Vec::new();
    for (name, figure) in figures::figures().expect("the gallery's data are sound") {
        let (size, texts) = texts(&figure.svg());
        assert!(!texts.is_empty(), "{name}: no text found");
        for (index, (text, rect)) in texts.iter().enumerate() {
            if rect.left() < 0.0 || rect.top() < 0.0 || rect.right() > size.width() || rect.bottom() > size.height() {
                problems.push(format!("{name}: `{text}` is cut: {rect:?} in {size:?}"));
            }
            for (other, rect_of_other) in &texts[index + 1..] {
                let across = rect.right().min(rect_of_other.right()) - rect.left().max(rect_of_other.left());
                let down = rect.bottom().min(rect_of_other.bottom()) - rect.top().max(rect_of_other.top());
                // Boxes of lines below one another touch; letters do not.
                if across > 0.5 && down > 4.5 {
                    problems.push(format!("{name}: `{text}` lies on `{other}`: {across:.1} x {down:.1} pixels"));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
