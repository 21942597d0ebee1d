//! Numbers derived from predictions. Expected values: counted by hand from the definitions.

use cuaderno_display::Rich;
use cuaderno_nn::{Evaluation, Predictions, repeat};

// Said: 0 1 1 1 2 0 2 0. Second choices are right for the one mistake on class 0, not for the one on class 2.
fn three_classes() -> Evaluation {
    let labels = vec![0, 0, 1, 1, 2, 2, 2, 0];
    let rows = [
        [0.7, 0.2, 0.1],
        [0.15, 0.75, 0.1],
        [0.2, 0.5, 0.3],
        [0.3, 0.4, 0.3],
        [0.1, 0.2, 0.7],
        [0.5, 0.3, 0.2],
        [0.2, 0.2, 0.6],
        [0.6, 0.3, 0.1],
    ];
    evaluation(labels, &rows)
}

fn evaluation<const N: usize>(labels: Vec<usize>, rows: &[[f32; N]]) -> Evaluation {
    let best = |row: &[f32; N]| (0..N).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
    let predictions = Predictions {
        probabilities: rows.concat(),
        classes: rows.iter().map(best).collect(),
        class_names: (0..N).map(|class| format!("<{class}>")).collect(),
    };
    let right = predictions.classes.iter().zip(&labels).filter(|(a, b)| a == b).count();
    Evaluation { loss: 0.5, accuracy: right as f32 / labels.len() as f32, labels, predictions }
}

#[test]
fn confusion_and_report_count_right() {
    let evaluation = three_classes();
    assert_eq!(evaluation.confusion().counts, [2, 1, 0, 0, 2, 0, 1, 0, 2]);
    let report = evaluation.report();
    let values: Vec<[f64; 3]> = report.classes.iter().map(|c| [c.precision, c.recall, c.f1]).collect();
    let (t, e) = (2.0 / 3.0, 0.8);
    for (ours, expected) in values.iter().flatten().zip([t, t, t, t, 1.0, e, 1.0, t, e]) {
        assert!((ours - expected).abs() < 1e-9, "{values:?}");
    }
    assert_eq!(report.classes.iter().map(|c| c.support).collect::<Vec<_>>(), [3, 2, 3]);
    assert_eq!([evaluation.top_k(1), evaluation.top_k(2), evaluation.top_k(3)], [0.75, 0.875, 1.0]);
}

#[test]
fn names_are_text_in_html() {
    let html = three_classes().confusion().mime_bundle().get("text/html").unwrap().to_owned();
    assert!(html.contains("&lt;0&gt;") && !html.contains("<0>"));
}

// Of the nine pairs of a positive and a negative, five are in order and two are ties, which count half.
#[test]
fn the_area_under_the_curve_is_the_share_of_pairs_in_order() {
    let rows = [0.1f32, 0.4, 0.35, 0.8, 0.4, 0.4].map(|p| [1.0 - p, p]);
    let roc = evaluation(vec![0, 0, 1, 1, 1, 0], &rows).roc().unwrap();
    assert!((roc.auc - 2.0 / 3.0).abs() < 1e-9, "{}", roc.auc);
    assert!(roc.mime_bundle().get("image/svg+xml").unwrap().starts_with("<svg"));
    let message = three_classes().roc().unwrap_err().to_string();
    assert!(message.contains("3 classes"), "{message}");
}

#[test]
fn repeated_runs_have_mean_and_deviation() {
    let runs = repeat(3, 10, |seed| {
        let mut one = three_classes();
        one.accuracy = seed as f32 / 10.0;
        Ok((cuaderno_nn::History::default(), one))
    })
    .unwrap();
    assert_eq!(runs.runs.iter().map(|run| run.seed).collect::<Vec<_>>(), [10, 11, 12]);
    assert!((runs.mean().test_accuracy - 1.1).abs() < 1e-6 && (runs.deviation().test_accuracy - 0.1).abs() < 1e-6);
    assert!(runs.mime_bundle().plain().contains("deviation"));
}

/// A network that has broken down puts out no numbers.
#[test]
fn no_class_is_among_the_best_of_no_numbers() {
    let broken = evaluation(vec![0, 1], &[[f32::NAN; 3]; 2]);
    assert_eq!([broken.top_k(1), broken.top_k(2), broken.top_k(3)], [0.0, 0.0, 1.0]);
}

/// Two scores may round to the same probability; the class that was said is the better one.
#[test]
fn the_best_one_is_the_class_that_was_said() {
    let mut tied = evaluation(vec![0, 1], &[[1.0, 1.0, 0.5]; 2]);
    tied.predictions.classes = vec![1, 1];
    assert_eq!([tied.top_k(1), tied.top_k(2)], [0.5, 1.0]);
}
