//! Files in both formats.

use cuaderno_display::Rich;
use cuaderno_plot::{Bar, Figure};

fn figure() -> Bar {
    Bar::new(&["Disinformation", "Other"], [5932.0, 4063.0]).unwrap().title("Posts by class")
}

#[test]
fn svg_and_png_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let (svg, png) = (folder.path().join("bar.svg"), folder.path().join("bar.PNG"));
    figure().save(&svg).unwrap();
    figure().save(&png).unwrap();
    assert_eq!(std::fs::read_to_string(svg).unwrap(), figure().svg());
    let png = std::fs::read(png).unwrap();
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    // Twice the size of the SVG, which is 720 pixels wide.
    assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 1440);
}

#[test]
fn other_names_are_refused_in_one_line() {
    let error = figure().save("bar.eps").unwrap_err();
    assert_eq!(error.to_string(), "bar.eps: cannot tell the format; end the name in .svg, .png or .pdf");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = figure().save(file.join("bar.svg")).unwrap_err().to_string();
    assert!(error.contains("file/bar.svg: ") && !error.contains('\n'), "{error}");
}

#[test]
fn a_missing_folder_is_made_and_nothing_else_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figures/classes/bar.svg");
    figure().save(&path).unwrap();
    figure().save(&path).unwrap();
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

/// Others may read a figure or weights as far as they may read what the student writes otherwise.
#[cfg(unix)]
#[test]
fn a_file_has_the_permissions_of_any_other() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode();
    let (other, path) = (folder.path().join("other"), folder.path().join("bar.svg"));
    std::fs::write(&other, "").unwrap();
    figure().save(&path).unwrap();
    assert_eq!(mode(&path), mode(&other));
}

#[test]
fn notebooks_get_svg_and_text() {
    let bundle = figure().mime_bundle();
    assert!(bundle.get("image/svg+xml").unwrap().starts_with("<svg xmlns="));
    assert_eq!(
        bundle.plain(),
        "bar chart: Posts by class\n  Disinformation       5,932  ██████████████████████████████\n  Other                4,063  █████████████████████"
    );
}
