//! What a reader needs to run a report again.

use crate::display::{MimeBundle, Rich};

/// Versions, seed, data and machine, as a table at the head of a report.
#[derive(Clone, Debug)]
pub struct Stamp {
    rows: Vec<(&'static str, String)>,
}

/// The stamp of this report.
///
/// ```
/// assert!(cuaderno::stamp(2026).to_string().contains("2026"));
/// ```
pub fn stamp(seed: u64) -> Stamp {
    let data = match std::env::var(crate::data::DATA_VARIABLE) {
        Ok(folder) if !crate::data::is_sample() => format!("real, {folder}"),
        _ => "synthetic sample".to_owned(),
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Stamp {
        rows: vec![
            ("seed", seed.to_string()),
            ("cuaderno", env!("CARGO_PKG_VERSION").to_owned()),
            ("rustc", env!("CUADERNO_RUSTC").to_owned()),
            ("polars", polars::VERSION.to_owned()),
            ("dfdx", "0.13.0".to_owned()),
            ("data", data),
            ("machine", format!("{} {}, {threads} threads", std::env::consts::OS, std::env::consts::ARCH)),
        ],
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: Vec<_> = self.rows.iter().map(|(name, value)| format!("{name:<9} {value}")).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl Rich for Stamp {
    fn mime_bundle(&self) -> MimeBundle {
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        let rows = self.rows.iter().map(|(name, value)| format!("<tr><th>{name}</th><td>{}</td></tr>", escape(value)));
        MimeBundle::text(self.to_string()).with_html(format!("<table>{}</table>", rows.collect::<String>()))
    }
}
