//! The formats of a figure: what a notebook holds of it, and what it costs.

use crate::figures;
use base64::{Engine, engine::general_purpose::STANDARD};
use cuaderno_display::Rich;
use cuaderno_plot::*;
use resvg::usvg::roxmltree::Document;

#[test]
fn every_figure_has_a_png_of_its_size_and_words_beside_its_svg() {
    for (name, figure) in figures::figures().expect("the gallery's data are sound") {
        let bundle = figure.mime_bundle();
        let png = STANDARD.decode(bundle.get("image/png").expect(name)).unwrap();
        let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        assert_eq!(png[25], 3, "{name}: a palette");
        let known = bundle.metadata()["image/png"].clone();
        assert_eq!(
            (2 * known["width"].as_u64().unwrap(), 2 * known["height"].as_u64().unwrap()),
            (side(16).into(), side(20).into())
        );
        let alt = known["alt"].as_str().unwrap();
        let first = figure.describe().lines().next().unwrap().to_owned();
        assert!(alt.starts_with(first.trim()) && !alt.contains('\n'), "{name}: {alt}");
        let svg = figure.svg();
        let label = Document::parse(&svg).unwrap().root_element().attribute("aria-label").unwrap().to_owned();
        assert_eq!(label, alt.replace(|c: char| c.is_control(), " "), "{name}");
        assert!(svg.len() + png.len() * 4 / 3 < 300_000, "{name}: {} + {} bytes", svg.len(), png.len());
    }
}

#[test]
fn a_pdf_is_a_page_of_the_figures_size() {
    for (name, figure) in figures::figures().expect("the gallery's data are sound") {
        let pdf = figure.pdf().unwrap();
        assert!(pdf.starts_with(b"%PDF-") && pdf.len() < 400_000, "{name}: {} bytes", pdf.len());
        let words = String::from_utf8_lossy(&pdf).into_owned();
        assert!(words.contains("/MediaBox [0 0 540 "), "{name}: three quarters of 720 pixels");
    }
}

#[test]
fn a_million_points_stay_small_and_say_that_they_are_a_cloud() {
    let mut state = 7u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let (x, y): (Vec<f64>, Vec<f64>) = (0..1_000_000).map(|_| (next() + next() + next(), next() * next())).unzip();
    let labels: Vec<&str> = (0..x.len()).map(|i| ["a", "b", "c"][i % 3]).collect();
    let cloud = Scatter::new(x.clone(), y.clone()).unwrap().grouped("class", &labels).unwrap();
    let line = Line::new(x, y).unwrap();
    for figure in [&cloud as &dyn Figure, &line] {
        let svg = figure.svg();
        assert!(svg.len() < 300_000, "{} bytes", svg.len());
    }
    assert!(cloud.describe().contains("1,000,000 points as one cloud"), "{}", cloud.describe());
    assert!(line.describe().contains("of 1,000,000 points at most 24,000 are drawn"), "{}", line.describe());
}

#[test]
fn stock_svg_has_a_png_and_broken_svg_is_shown_as_it_is() {
    let dot = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"30\"><circle cx=\"20\" cy=\"20\" r=\"9\"/></svg>";
    let bundle = Svg::new(dot).describe("a dot").mime_bundle();
    assert_eq!((bundle.get("image/svg+xml"), bundle.plain()), (Some(dot), "a dot"));
    assert_eq!(bundle.metadata()["image/png"]["width"], 40);
    let broken = Svg::new("<svg").mime_bundle();
    assert_eq!((broken.get("image/svg+xml"), broken.get("image/png")), (Some("<svg"), None));
}

#[test]
fn an_interactive_figure_is_a_specification_with_the_still_one_beside_it() {
    let figure =
        Line::series("model", vec![("a".into(), vec![1.0, 2.0], vec![0.5, 0.75]), ("b".into(), vec![1.0], vec![0.25])])
            .unwrap()
            .title("Accuracy")
            .x_label("epoch")
            .percent();
    let specification = figure.vega_lite();
    assert_eq!(specification["data"]["values"][1], serde_json::json!({"x": 2.0, "y": 0.75, "group": "a"}));
    assert_eq!(specification["encoding"]["color"]["scale"]["range"][1], "#E69F00");
    assert_eq!(specification["encoding"]["x"]["title"], "epoch");
    let bundle = figure.interactive().mime_bundle();
    assert_eq!(bundle.data()["application/vnd.vegalite.v5+json"], specification);
    assert!(bundle.get("image/png").is_some() && bundle.plain() == figure.describe());
    let many: Vec<f64> = (0..60_000).map(f64::from).collect();
    let rows = Scatter::new(many.clone(), many).unwrap().vega_lite()["data"]["values"].as_array().unwrap().len();
    assert_eq!(rows, 5000);
}

#[test]
fn many_photos_are_one_picture_not_two() {
    let mut seed = 1u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    let photos = (0..12).map(|_| Picture::rgb(96, 96, (0..96 * 96 * 3).map(|_| noise()).collect::<Vec<u8>>()));
    let grid = ImageGrid::new(photos.collect::<Result<Vec<_>, _>>().unwrap()).columns(6);
    let bundle = grid.mime_bundle();
    assert!(grid.svg().len() > 300_000);
    assert_eq!(bundle.get("image/svg+xml"), None);
    let png = bundle.get("image/png").unwrap();
    assert!(png.len() < 300_000, "{}", png.len());
    // One pixel for one, and shown as large as ever.
    let bytes = STANDARD.decode(png).unwrap();
    let width = u32::from_be_bytes(bytes[16..20].try_into().unwrap());
    assert_eq!(bundle.metadata()["image/png"]["width"].as_u64(), Some(width.into()));
}
