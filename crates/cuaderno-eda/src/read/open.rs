//! Files as bytes to read from the first to the last, unpacked where they are packed.

use crate::error::{EdaError, Result};
use cuaderno_display::open_file;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use std::fs::File;
use std::io::{self, BufReader, Error, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes of an open file.
pub(super) struct Opened {
    pub bytes: Box<dyn Read + Send>,
    /// How many there are, where that is known: not of a packed file.
    pub length: Option<u64>,
}

/// Opens a file; its first bytes, not its name, say whether it is packed with gzip, zstd or zip.
///
/// # Errors
/// It is not there, no ordinary file, or an archive of several files.
pub(super) fn open(path: &Path) -> Result<Opened> {
    opened(path).map_err(|source| EdaError::Io { path: path.to_owned(), source })
}

/// Whether a file is packed; one that cannot be read is not.
pub(super) fn is_packed(path: &Path) -> bool {
    let first = open_file(path).and_then(|mut file| first_bytes(&mut file));
    first.is_ok_and(|bytes| packing(&bytes).is_some())
}

#[derive(Clone, Copy)]
enum Packing {
    Gzip,
    Zstd,
    Zip,
}

fn packing(first: &[u8]) -> Option<Packing> {
    match first {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd] => Some(Packing::Zstd),
        [b'P', b'K', 3, 4] => Some(Packing::Zip),
        _ => None,
    }
}

fn first_bytes(file: &mut File) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    file.take(4).read_to_end(&mut first)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(first)
}

fn opened(path: &Path) -> io::Result<Opened> {
    let mut file = open_file(path)?;
    let packing = packing(&first_bytes(&mut file)?);
    let length = packing.is_none().then_some(file.metadata()?.len());
    let bytes: Box<dyn Read + Send> = match packing {
        None => Box::new(file),
        Some(Packing::Gzip) => Box::new(MultiGzDecoder::new(BufReader::new(file))),
        Some(Packing::Zstd) => Box::new(zstd::Decoder::new(file)?),
        Some(Packing::Zip) => zip(file)?,
    };
    Ok(Opened { bytes, length })
}

/// The only file of a zip archive (APPNOTE.TXT of PKWARE, 4.3.7 and 4.3.16).
fn zip(mut file: File) -> io::Result<Box<dyn Read + Send>> {
    let length = file.metadata()?.len();
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(66_000)))?;
    file.read_to_end(&mut end)?;
    let directory = end.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").filter(|at| at + 22 <= end.len());
    let files = directory.map(|at| u16::from_le_bytes([end[at + 10], end[at + 11]]));
    file.seek(SeekFrom::Start(0))?;
    let mut head = [0; 30];
    file.read_exact(&mut head)?;
    let short = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
    let mut name = vec![0; short(26)];
    file.read_exact(&mut name)?;
    if name == b"[Content_Types].xml" || name.starts_with(b"xl/") || name.starts_with(b"_rels/") {
        return Err(Error::other("an Excel workbook; save its sheet as CSV first"));
    }
    match files {
        Some(1) => {}
        Some(number) => return Err(Error::other(format!("a zip archive of {number} files; unpack it and name one"))),
        None => return Err(Error::other("a zip archive that was cut off")),
    }
    file.seek_relative(short(28) as i64)?;
    let size = u64::from(u32::from_le_bytes([head[18], head[19], head[20], head[21]]));
    match short(8) {
        8 => Ok(Box::new(DeflateDecoder::new(BufReader::new(file)))),
        0 => Ok(Box::new(file.take(size))),
        _ => Err(Error::other("a zip archive packed in a way that is not known here; unpack it first")),
    }
}
