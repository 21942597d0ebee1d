//! SHA-256 of data, as `sha256sum` would print it.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A checksum, and over how many files it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
    pub hex: String,
    pub files: usize,
}

impl Checksum {
    /// Enough of it to tell data sets apart.
    pub fn short(&self) -> &str {
        &self.hex[..16]
    }
}

/// The checksum of a file, or of a folder: `find -L FOLDER -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum`.
pub(crate) fn checksum(path: &Path) -> io::Result<Checksum> {
    if path.is_file() {
        return Ok(Checksum { hex: of_file(path)?, files: 1 });
    }
    let mut files = Vec::new();
    collect(path, &mut files, &mut Vec::new())?;
    let base = path.parent().unwrap_or(path);
    let mut named: Vec<_> =
        files.iter().map(|file| (file.strip_prefix(base).unwrap_or(file).to_string_lossy(), file)).collect();
    named.sort();
    let mut list = Sha256::new();
    for (name, file) in named {
        list.update(format!("{}  {name}\n", of_file(file)?));
    }
    Ok(Checksum { hex: hex(&list.finalize()), files: files.len() })
}

/// The ordinary files below a folder; links are followed, but not in circles, and what is no file holds no data.
fn collect(folder: &Path, files: &mut Vec<PathBuf>, above: &mut Vec<PathBuf>) -> io::Result<()> {
    let real = folder.canonicalize()?;
    if above.contains(&real) {
        return Ok(());
    }
    above.push(real);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files, above)?;
        } else if path.is_file() {
            files.push(path);
        }
    }
    above.pop();
    Ok(())
}

fn of_file(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn pipes_and_circles_of_links_end() {
        let folder = std::env::temp_dir().join(format!("cuaderno-checksum-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("a"), "x").unwrap();
        assert!(std::process::Command::new("mkfifo").arg(folder.join("pipe")).status().unwrap().success());
        std::os::unix::fs::symlink(&folder, folder.join("circle")).unwrap();
        let sum = checksum(&folder);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(sum.unwrap().files, 1);
    }

    /// data/README.md is written by the generator of the sample, which takes the sums by itself.
    #[test]
    fn the_sample_has_the_checksums_of_its_readme() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let readme = std::fs::read_to_string(data.join("README.md")).unwrap();
        for set in ["reddit", "cifar100-25", "cifar10.tar.gz"] {
            let sum = checksum(&data.join(set)).unwrap();
            let row = readme.lines().find(|line| line.starts_with(&format!("| `{set}` | {} |", sum.files))).unwrap();
            assert!(row.contains(&sum.hex), "{set}: {sum:?}, but {row}");
        }
    }
}
