"""In cells: which network is better, what was tried, where a network looked, and results as tables."""

import pytest

from conversation import conversation

NETWORKS = """cnn! { Own: [3, 24, 24] => [conv2d(8, 3), relu, max_pool(2), flatten, dense(4), softmax] }
let (train, test) = ImageSet::from_folder(data("blood-cells/TRAIN"), [24, 24])?.take(80, 1).split([0.5, 0.5], 1)?;
let how = Fit::new().epochs(2).batch_size(16).seed(7).quiet();
let (mut first, mut second) = (Own::new(7), Own::new(8));
let history = first.fit(&train, &how)?;
let other = second.fit(&train, &how)?;
let (one, two) = (first.evaluate(&test)?, second.evaluate(&test)?);"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    with conversation() as kernel:
        kernel.ok(f'std::env::set_current_dir("{tmp_path_factory.mktemp("deciding")}")?;')
        kernel.ok(NETWORKS)
        yield kernel


def test_compare_takes_histories_evaluations_and_runs(trained):
    table = trained.ok('let compared = compare(&[("first", &one), ("second", &two)])?;\ncompared').result
    assert table.splitlines()[0].split() == ["model", "accuracy", "95", "%", "interval", "loss", "p"], table
    assert " best" in table and "McNemar" in table
    assert "training curves" in trained.ok('compare(&[("first", &history), ("second", &other)])').result
    runs = """let runs = repeat(2, 7, |seed| {
    let mut model = Own::new(seed);
    Ok((model.fit(&train, &how)?, model.evaluate(&test)?))
})?;
compare(&[("runs", &runs), ("the same", &runs)])"""
    assert "paired t test" in trained.ok(runs).result
    said = trained.run("compare(&[(\"first\", &1)])").error["evalue"]
    assert "cannot be compared" in said, said


def test_folds_go_on_from_their_file(trained):
    cell = """let mut calls = 0;
let folds = CrossValidation::new(2, 7).checkpoint("folds.safetensors").run(&train, |fold| {
    calls += 1;
    let mut model = Own::new(fold.seed);
    Ok((model.fit(&fold.train, &how)?, model.evaluate(&fold.test)?))
})?;
println!("{calls} trained");
folds"""
    first = trained.ok(cell)
    again = trained.ok(cell)
    assert first.stdout.endswith("2 trained\n") and again.stdout.endswith("0 trained\n")
    assert first.result == again.result and "all pictures: accuracy" in first.result


def test_a_log_becomes_a_table_and_a_figure(trained):
    trained.ok('let mut log = Experiments::new("cells");\nlog.add("first", &history, &one);\nlog.add("second", &other, &two);')
    assert trained.ok("log").result.splitlines()[1].startswith("first")
    assert "bar chart: cells" in trained.ok("log.figure()").result
    assert trained.ok("log.table()?.height()").result == "2"
    assert trained.ok("history.table()?.height()").result == "2"
    assert trained.ok('one.table()?.keep(col("right"))?.height() as f32 / 40.0 == one.accuracy').result == "true"


def test_explanations_are_figures(trained):
    assert "Grad-CAM of" in trained.ok("test.explain(&first, &[0, 1])?").result
    assert "saliency of" in trained.ok("test.explained(&[first.saliency(&test, 0, 0)?, first.grad_cam(&test, 0, 1)?])?").result
    assert "Features of 5_dense" in trained.ok('first.embedding("5_dense", &test)?').result
    assert "Strongest for channel 0" in trained.ok('test.most_activating(&first, "1_conv2d", 0, 4)?').result
    assert "expected error" in trained.ok("one.calibration(5)?").result
    said = trained.run('first.grad_cam(&test, 0, "NEUTROFIL")?').error["evalue"]
    assert 'did you mean "NEUTROPHIL"?' in said, said
