//! Numbers derived from predictions. Expected values: counted by hand from the definitions.

use cuaderno_display::Rich;
use cuaderno_nn::{Epoch, Evaluation, History, Predictions, compare, repeat};
use cuaderno_plot::Figure;

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

// sklearn.metrics, for each class against the others: roc_auc_score, average_precision_score
#[test]
fn curves_of_several_classes_are_sklearns() {
    let rows = [
        [0.7, 0.2, 0.1],
        [0.3, 0.4, 0.3],
        [0.1, 0.3, 0.6],
        [0.5, 0.2, 0.3],
        [0.2, 0.6, 0.2],
        [0.4, 0.4, 0.2],
        [0.2, 0.2, 0.6],
        [0.6, 0.3, 0.1],
    ];
    let evaluation = evaluation(vec![0, 1, 2, 2, 1, 0, 2, 1], &rows);
    let areas: Vec<f64> = (0..3).map(|class| evaluation.roc_of(class).unwrap().auc).collect();
    for (found, expected) in areas.iter().zip([0.833_333_333, 0.866_666_667, 0.966_666_667]) {
        assert!((found - expected).abs() < 1e-8, "{areas:?}");
    }
    // sklearn.metrics.roc_curve(y == 1, p[:, 1], drop_intermediate=False)
    let roc = evaluation.roc_of(1).unwrap();
    assert_eq!(roc.false_positive_rate, [0.0, 0.0, 0.2, 0.4, 1.0]);
    assert_eq!(roc.true_positive_rate, [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0, 1.0]);
    let text = evaluation.precision_recall().unwrap().describe();
    for average in ["<0>, average 0.750", "<1>, average 0.756", "<2>, average 0.917"] {
        assert!(text.contains(average), "{text}");
    }
    let text = evaluation.roc_curves().unwrap().describe();
    assert!(text.contains("<2>, area 0.967"), "{text}");
    assert!(evaluation.roc_of(3).is_err());
}

#[test]
fn trainings_are_compared_on_what_all_of_them_have() {
    let epoch = |loss: f32, val_loss| Epoch {
        loss,
        accuracy: 0.5,
        val_loss,
        val_accuracy: val_loss,
        learning_rate: 0.1,
        seconds: 1.0,
        ..Epoch::default()
    };
    let with = History { epochs: vec![epoch(0.7, Some(0.8)), epoch(0.6, Some(0.75))], stopped: None };
    let without = History { epochs: vec![epoch(0.9, None)], stopped: None };
    let text = compare(&[("a", &with), ("b", &with)]).describe();
    assert!(text.contains("a validation loss: 0.75 after epoch 2, best 0.75 after epoch 2"), "{text}");
    let text = compare(&[("a", &with), ("b", &without)]).describe();
    assert!(text.contains("b loss: 0.9 after epoch 1") && !text.contains("validation"), "{text}");
    assert!(compare::<History>(&[]).describe().contains("no epochs yet"));
}

#[test]
fn runs_are_compared_by_mean_and_deviation() {
    let runs = repeat(3, 10, |seed| {
        let mut one = three_classes();
        one.accuracy = seed as f32 / 20.0;
        let epoch = Epoch {
            loss: 0.5,
            accuracy: seed as f32 / 20.0,
            val_loss: None,
            val_accuracy: None,
            learning_rate: 0.1,
            seconds: 1.0,
            ..Epoch::default()
        };
        Ok((History { epochs: vec![epoch; 2], stopped: None }, one))
    })
    .unwrap();
    // numpy.mean([.5, .55, .6]), numpy.std([.5, .55, .6], ddof=1) -> 0.55, 0.05
    let text = compare(&[("model 1", &runs), ("model 2", &runs)]).figure().describe();
    assert!(text.contains("55 % (50 % to 60 %)") || text.contains("55.0 % (50.0 % to 60.0 %)"), "{text}");
    let text = runs.curves().describe();
    assert!(text.contains("train: 2 points, 0.55 at 1 to 0.55 at 2"), "{text}");
}

#[test]
fn the_table_of_confusions_is_readable_on_any_page() {
    let html = three_classes().confusion().mime_bundle().get("text/html").unwrap().to_owned();
    let channel = |hex: &str| f64::from(u8::from_str_radix(hex, 16).unwrap()) / 255.0;
    // WCAG 2: relative luminance and contrast.
    let linear = |c: f64| if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    let luminance = |color: &str| {
        let [r, g, b] = [1, 3, 5].map(|at| linear(channel(&color[at..at + 2])));
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    for cell in html.split("<td style=\"").skip(1) {
        let color = |name: &str| cell.split(name).nth(1).unwrap()[..7].to_owned();
        let (ground, ink) = (luminance(&color("background:")), luminance(&color(";color:")));
        let contrast = (ground.max(ink) + 0.05) / (ground.min(ink) + 0.05);
        assert!(contrast >= 4.5, "{contrast} in {cell}");
    }
}
