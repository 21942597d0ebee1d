//! Times figures of 10 million values, from the values to SVG and text, and curves redrawn while a model trains:
//! `cargo run -p cuaderno-plot --example speed`

use cuaderno_plot::{BoxPlot, Density, Figure, Groups, Histogram, Scatter, TrainingCurves};
use std::time::Instant;

fn main() {
    let count = 10_000_000;
    let mut state = 1u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    // Whole numbers from 1 with a long tail, like votes; and the same without ties.
    let votes: Vec<f64> = (0..count).map(|_| (1.0 / (1.0 - uniform())).floor()).collect();
    let smooth: Vec<f64> = (0..count).map(|_| 1.0 / (1.0 - uniform())).collect();
    for (name, values) in [("votes", &votes), ("smooth", &smooth)] {
        let (a, b) = values.split_at(count / 3);
        let groups = Groups::from_parts("group", vec![("a".into(), a.to_vec()), ("b".into(), b.to_vec())]);
        time(&format!("density of {name}"), &Density::new(values.clone()));
        time(&format!("density of {name}, log"), &Density::new(values.clone()).log_x());
        time(&format!("density of {name}, log, 2 groups"), &Density::of(groups.clone()).log_x());
        time(&format!("histogram of {name}, 2 groups"), &Histogram::of(groups.clone()));
        time(&format!("box plot of {name}, 2 groups, log"), &BoxPlot::of(groups).log_y());
    }
    let (x, y) = (smooth[..1_000_000].to_vec(), smooth[1_000_000..2_000_000].to_vec());
    time("scatter of 1 million", &Scatter::new(x, y).expect("equal lengths").log_x().log_y());
    let epochs: Vec<f64> = (0..100).map(|epoch| 0.7 - 0.004 * f64::from(epoch)).collect();
    for _ in 0..2 {
        time("training curves, 100 epochs", &TrainingCurves::new().loss(&epochs, &epochs).accuracy(&epochs, &epochs));
    }
}

fn time(what: &str, figure: &dyn Figure) {
    let (start, cpu) = (Instant::now(), cpu_ms());
    let bundle = figure.mime_bundle();
    let ms = start.elapsed().as_secs_f64() * 1e3;
    let cpu = cpu_ms() - cpu;
    println!(
        "{what}: {ms:.1} ms, {cpu} ms of all processors, {} bytes",
        bundle.get("image/svg+xml").map_or(0, str::len)
    );
}

/// Processor time of this process so far, which other work on the machine does not lengthen; Linux only, else 0.
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in parentheses: user and system time are the 12th and 13th field, in hundredths of a second.
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    fields.filter_map(|field| field.parse::<u64>().ok()).sum::<u64>() * 10
}
