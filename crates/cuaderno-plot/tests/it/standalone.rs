//! An SVG that stands alone, and beside others.

use crate::figures;
use cuaderno_plot::{Bar, Figure};
use resvg::usvg::roxmltree::Document;

#[test]
fn every_figure_is_valid_without_ids_and_small() {
    for (name, figure) in figures::figures().expect("the gallery's data are sound") {
        let svg = figure.svg();
        let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{name}: {error}"));
        // Ids of two figures on one page would clash; there are none.
        assert!(document.descendants().all(|node| !node.has_attribute("id")), "{name}");
        assert_eq!(document.root_element().attribute("role"), Some("img"), "{name}");
        // Its own white card below everything, so that a dark page does not show through.
        let card = document.root_element().first_element_child().unwrap();
        let whole: Vec<&str> = document.root_element().attribute("viewBox").unwrap().split(' ').collect();
        assert_eq!((card.attribute("width"), card.attribute("height")), (Some(whole[2]), Some(whole[3])), "{name}");
        assert_eq!((card.tag_name().name(), card.attribute("fill")), ("rect", Some("#FFFFFF")), "{name}");
        assert!(svg.len() < 250_000, "{name}: {} bytes", svg.len());
        assert_eq!(svg, figure.svg(), "{name}: drawn twice, differs");
    }
}

#[test]
fn text_survives_whatever_it_holds() {
    let title = "Tom & Jerry's <b>\"best\"</b> 🚀\u{0}\u{1b}[31m";
    let svg = Bar::new(&[title], [1.0]).unwrap().title(title).x_label(title).caption(title).svg();
    let document = Document::parse(&svg).unwrap();
    let shown: Vec<_> = document.descendants().filter_map(|node| node.text()).collect();
    assert!(shown.contains(&"Tom & Jerry's <b>\"best\"</b> 🚀  [31m"), "{shown:?}");
    assert_eq!(document.descendants().filter(|node| node.has_tag_name("b")).count(), 0);
}
