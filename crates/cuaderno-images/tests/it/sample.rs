use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "../../examples/generate_sample/sample/mod.rs"]
mod generator;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

/// Every file below a folder, by its path from there.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current).unwrap() {
            let path = entry.unwrap().path();
            // Weights are learnt, by cuaderno-zoo's example train_sample_base.
            if path.is_dir() && !path.ends_with("weights") {
                folders.push(path);
            } else if !path.is_dir() {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_generator_writes_the_same_bytes_again() {
    let folder = tempfile::tempdir().unwrap();
    generator::generate(folder.path()).unwrap();
    let (expected, generated) = (files(&data()), files(folder.path()));
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&expected), names(&generated));
    for (path, content) in &expected {
        assert!(content == &generated[path], "{} differs", path.display());
    }
}

#[test]
fn the_sample_stays_small() {
    let sizes: Vec<usize> = files(&data()).into_values().map(|content| content.len()).collect();
    assert!(sizes.iter().all(|&size| size < 1_000_000));
    assert!(sizes.iter().sum::<usize>() < 4_200_000);
}
