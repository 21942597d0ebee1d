//! What a reader needs to run a report again.

use crate::checksum::checksum;
use crate::data::nearest_sample;
use crate::display::data::{cache, real};
use crate::display::{MimeBundle, Rich, escape_html};
use cuaderno_wire::{START_VARIABLE, VERSION_VARIABLE};
use std::path::{Path, PathBuf};

/// The row that `cuaderno verify` speaks of on its own: another version with the same numbers reproduces a report.
const VERSION: &str = "cuaderno";

/// Versions, seed, data, start-up file and machine, as a table at the head of a report.
#[derive(Clone, Debug)]
pub struct Stamp {
    rows: Vec<(&'static str, String)>,
    machine: String,
}

/// The stamp of this report; [`Stamp::data`] adds the checksums of the data it reads.
///
/// ```
/// let stamp = cuaderno::stamp(2026).data("reddit").data("cifar10.tar.gz");
/// assert!(stamp.to_string().contains("2026"));
/// ```
pub fn stamp(seed: u64) -> Stamp {
    let (data, place) = match std::env::var(crate::data::DATA_VARIABLE) {
        Ok(folder) if !crate::data::is_sample() => ("real", format!(", data in {folder}")),
        _ => ("synthetic sample", String::new()),
    };
    let start = std::env::var(START_VARIABLE).ok().filter(|path| !path.is_empty());
    let start = start.map(|path| match checksum(Path::new(&path)) {
        Ok(sum) => ("start-up", format!("{}, sha256 {}", file_name(&path), sum.short())),
        Err(error) => ("start-up", format!("{} cannot be read: {error}", file_name(&path))),
    });
    let threads = rayon::current_num_threads();
    let rows = vec![
        ("seed", seed.to_string()),
        (VERSION, std::env::var(VERSION_VARIABLE).unwrap_or_else(|_| env!("CARGO_PKG_VERSION").to_owned())),
        ("rustc", env!("CUADERNO_RUSTC").to_owned()),
        ("polars", polars::VERSION.to_owned()),
        ("dfdx", "0.13.0".to_owned()),
        ("data", data.to_owned()),
    ];
    Stamp {
        rows: rows.into_iter().chain(start).collect(),
        machine: format!("{} {}, {threads} threads{place}", std::env::consts::OS, std::env::consts::ARCH),
    }
}

fn file_name(path: &str) -> &str {
    Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path)
}

impl Stamp {
    /// Adds the SHA-256 of a file or folder of the data set, named as for [`data`](crate::data()) or by its whole path. That of a folder is taken over the list of its
    /// files' checksums, as `sha256sum` writes it; data/README.md has those of the sample.
    pub fn data(mut self, set: impl AsRef<Path>) -> Self {
        let place = crate::data_or_sample(&set);
        let sample = if crate::is_sample() { "" } else { " of the sample" };
        let folders = [(real(), ""), (Some(nearest_sample()), sample), (Some(cache()), " as fetched")];
        let below = |(folder, whose): (Option<PathBuf>, _)| Some((place.strip_prefix(folder?).ok()?, whose));
        let (name, whose) = folders.into_iter().find_map(below).unwrap_or((set.as_ref(), ""));
        let set = name.display();
        let found = match checksum(&place) {
            Ok(sum) if sum.files == 1 => format!("{set}{whose}, sha256 {}", sum.short()),
            Ok(sum) => format!("{set}{whose}, {} files, sha256 {}", sum.files, sum.short()),
            Err(error) => format!("{set} cannot be read: {error}"),
        };
        self.rows.push(("", found));
        self
    }

    /// Everything, in rows.
    fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let rows = self.rows.iter().map(|(name, value)| (*name, value.as_str()));
        rows.chain([("machine", self.machine.as_str())])
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&lines(self.all()))
    }
}

impl Rich for Stamp {
    fn mime_bundle(&self) -> MimeBundle {
        let rows: String = self
            .all()
            .map(|(name, value)| format!("<tr><th>{name}</th><td>{}</td></tr>", escape_html(value)))
            .collect();
        let stable = lines(self.all().filter(|(name, _)| ![VERSION, "machine"].contains(name)));
        MimeBundle::text(self.to_string()).with_html(format!("<table>{rows}</table>")).with_stable(stable)
    }
}

fn lines<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    rows.map(|(name, value)| format!("{name:<9} {value}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_machine_and_our_version_may_differ_between_runs() {
        let bundle = stamp(7).data("reddit").mime_bundle();
        let (all, stable) = (bundle.plain(), bundle.stable().unwrap());
        let left_out: Vec<_> = all.lines().filter(|line| !stable.lines().any(|kept| kept == *line)).collect();
        assert_eq!(left_out.len(), 2, "{all}");
        assert!(left_out[0].starts_with("cuaderno  ") && left_out[1].starts_with("machine   "), "{all}");
    }

    #[test]
    fn data_that_is_not_there_is_named() {
        assert!(stamp(7).data("redit").to_string().contains("redit cannot be read"));
    }
}
