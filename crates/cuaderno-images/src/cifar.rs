//! CIFAR-10 and CIFAR-100 in their official binary records.

use crate::archive::visit;
use crate::folder::name_of;
use crate::loader::Dropped;
use crate::store::Store;
use crate::{ImageSet, ImagesError, Unreadable};
use cuaderno_decode::read;
use cuaderno_display::full_path;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const SIDE: usize = 32;
const PIXELS: usize = SIDE * SIDE;

/// Which of the two labels of CIFAR-100 to learn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CifarLabels {
    /// The 100 classes.
    #[default]
    Fine,
    /// The 20 groups of classes.
    Coarse,
}

impl ImageSet {
    /// CIFAR-10, training and test set, from the folder (or tar, tar.gz) of the official binary version: `data_batch_1.bin` and
    /// so on, `test_batch.bin`, `batches.meta.txt`. A record is a label byte and 3,072 pixel bytes, red, green, blue.
    ///
    /// # Errors
    /// One line if a file is not there, or is no whole number of records.
    pub fn cifar10(place: impl AsRef<Path>) -> Result<(Self, Self), ImagesError> {
        let place = &*full_path(place);
        let files = Files::read(place)?;
        let batches: Vec<&str> =
            files.0.keys().map(String::as_str).filter(|name| name.starts_with("data_batch")).collect();
        let train = files.records(place, if batches.is_empty() { &["data_batch_1.bin"] } else { &batches }, 1, 0)?;
        let test = files.records(place, &["test_batch.bin"], 1, 0)?;
        sets(place, train, test, files.names("batches.meta.txt"))
    }

    /// CIFAR-100, training and test set, from the folder (or tar, tar.gz) of the official binary version: `train.bin`, `test.bin`
    /// and the names of the labels. A record is a coarse byte, a fine byte and 3,072 pixel bytes, red, green, blue.
    ///
    /// Only classes that occur are counted as classes, so that a share of the data with 25 of the 100 classes has 25.
    ///
    /// # Errors
    /// As [`cifar10`](Self::cifar10).
    pub fn cifar100(place: impl AsRef<Path>, labels: CifarLabels) -> Result<(Self, Self), ImagesError> {
        let place = &*full_path(place);
        let files = Files::read(place)?;
        let (label_byte, names) = match labels {
            CifarLabels::Fine => (1, "fine_label_names.txt"),
            CifarLabels::Coarse => (0, "coarse_label_names.txt"),
        };
        let train = files.records(place, &["train.bin"], 2, label_byte)?;
        let test = files.records(place, &["test.bin"], 2, label_byte)?;
        sets(place, train, test, files.names(names))
    }
}

/// Labels and pixels, channels last.
struct Records {
    labels: Vec<u8>,
    bytes: Vec<u8>,
}

/// The files of the binary version, by name.
struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    fn read(place: &Path) -> Result<Self, ImagesError> {
        let is_wanted = |name: &str| name.ends_with(".bin") || name.ends_with(".txt");
        let mut files = BTreeMap::new();
        if place.is_dir() {
            for path in crate::folder::sorted(place)? {
                let name = name_of(&path);
                if is_wanted(&name) && path.is_file() {
                    let problem =
                        |reason: Unreadable| ImagesError::Records { path: path.clone(), problem: reason.to_string() };
                    files.insert(name, read(&path, None).map_err(problem)?);
                }
            }
        } else {
            visit(place, |path, content| {
                if let Some(name) = path.last().filter(|name| is_wanted(name)) {
                    files.insert(name.clone(), content()?);
                }
                Ok(())
            })?;
        }
        Ok(Self(files))
    }

    /// The lines of a file of names, if it is there.
    fn names(&self, file: &str) -> Vec<String> {
        let text = self.0.get(file).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(String::from).collect()
    }

    /// Records with `label_bytes` label bytes, of which one counts.
    fn records(&self, place: &Path, names: &[&str], label_bytes: usize, label: usize) -> Result<Records, ImagesError> {
        let length = label_bytes + 3 * PIXELS;
        let mut records = Records { labels: Vec::new(), bytes: Vec::new() };
        for name in names {
            let problem = |problem| ImagesError::Records { path: place.join(name), problem };
            let content = self.0.get(*name).ok_or_else(|| {
                let found: Vec<_> = self.0.keys().map(String::as_str).collect();
                problem(format!(
                    "not there; found {}",
                    if found.is_empty() { "no .bin file".into() } else { found.join(", ") }
                ))
            })?;
            if content.is_empty() || content.len() % length != 0 {
                let size = content.len();
                return Err(problem(format!("{size} bytes are no whole number of records of {length} bytes")));
            }
            for record in content.chunks_exact(length) {
                records.labels.push(record[label]);
                let [red, green, blue] = [0, 1, 2].map(|channel| &record[label_bytes + channel * PIXELS..][..PIXELS]);
                for pixel in 0..PIXELS {
                    records.bytes.extend([red[pixel], green[pixel], blue[pixel]]);
                }
            }
        }
        Ok(records)
    }
}

/// Training and test set over the classes that occur in either.
fn sets(place: &Path, train: Records, test: Records, names: Vec<String>) -> Result<(ImageSet, ImageSet), ImagesError> {
    let occurring: BTreeSet<u8> = train.labels.iter().chain(&test.labels).copied().collect();
    let last = usize::from(occurring.last().copied().unwrap_or(0));
    if !names.is_empty() && last >= names.len() {
        let problem = format!("label {last} occurs, but there are only {} label names", names.len());
        return Err(ImagesError::Records { path: place.to_owned(), problem });
    }
    let name = |label: u8| names.get(usize::from(label)).cloned().unwrap_or_else(|| format!("class {label}"));
    let class_names: Vec<String> = occurring.iter().map(|&label| name(label)).collect();
    let set = |records: Records, part: &str| {
        let position = |label: &u8| occurring.iter().position(|other| other == label).unwrap_or(0) as u32;
        let labels: Vec<u32> = records.labels.iter().map(position).collect();
        let names = (0..labels.len()).map(|index| format!("{part}/{index}")).collect();
        let store = Store::from_pixels(names, labels, [SIDE, SIDE, 3], records.bytes);
        ImageSet::new(store, class_names.clone(), Dropped::default())
    };
    Ok((set(train, "train"), set(test, "test")))
}
