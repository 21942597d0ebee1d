"""After training: a single picture of one's own, and a folder of pictures without classes."""

import csv

import pytest

from conversation import conversation

NETWORK = """cnn! { Own: [3, 24, 24] => [conv2d(8, 3), relu, max_pool(2), flatten, dense(4), softmax] }
let cells = ImageSet::from_folder(data("blood-cells/TRAIN"), [24, 24])?.take(60, 1);
let normalization = cells.normalization()?;
let cells = cells.normalized(&normalization);
let mut model = Own::new(7);
model.fit(&cells, &Fit::new().epochs(1).batch_size(16).seed(7).quiet())?;"""

PHOTO = """std::fs::create_dir_all("photos/trip")?;
image::RgbImage::from_fn(90, 70, |x, y| image::Rgb([x as u8, y as u8, 120])).save("photos/trip/photo.png")?;
image::RgbImage::from_fn(50, 70, |x, y| image::Rgb([y as u8, 120, x as u8])).save("photos/second.png")?;
std::fs::write("photos/notes.txt", "no picture")?;"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    with conversation() as kernel:
        kernel.ok(f'std::env::set_current_dir("{tmp_path_factory.mktemp("own")}")?;')
        kernel.ok(NETWORK)
        kernel.ok(PHOTO)
        yield kernel


def test_a_single_picture(trained):
    said = trained.ok('model.classify("photos/trip/photo.png")?').result
    lines = said.strip().splitlines()
    assert lines[0].split() == ["class", "probability"] and len(lines) == 5, said
    shares = [float(line.split()[-1]) for line in lines[1:]]
    assert shares == sorted(shares, reverse=True) and abs(sum(shares) - 1) < 0.001
    same = trained.ok('let photo = open_image("photos/trip/photo.png")?;\nmodel.classify(&photo)?').result
    assert same == said


def test_a_folder_becomes_a_table(trained):
    cell = trained.ok('let own = ImageSet::unlabelled("photos", [24, 24])?.normalized(&normalization);\nlet answers = model.predict(&own)?.table(&own)?;')
    assert "2 of 3 pictures read; 1 unreadable (notes.txt" in cell.stdout
    trained.ok('write_table(&answers, "answers.csv")?;')
    rows = trained.ok('std::fs::read_to_string("answers.csv")?').result
    rows = list(csv.DictReader(rows.strip().strip('"').encode().decode("unicode_escape").splitlines()))
    assert [row["picture"] for row in rows] == ["second.png", "trip/photo.png"]
    classes = {"EOSINOPHIL", "LYMPHOCYTE", "MONOCYTE", "NEUTROPHIL"}
    assert {row["predicted"] for row in rows} <= classes
    # One at a time says the same.
    single = trained.ok('let one = model.classify("photos/second.png")?;\nformat!("{} {}", one.class_names[one.classes[0]], one.row(0)[one.classes[0]])').result.strip('"')
    name, share = single.split()
    assert (name, float(share)) == (rows[0]["predicted"], pytest.approx(float(rows[0]["probability"])))


def test_what_has_no_class_is_not_learnt_from(trained):
    cell = trained.run("model.fit(&own, &Fit::new().quiet())?;")
    assert "the training examples have no classes" in cell.error["evalue"]


def test_predict_leads_a_single_picture_to_classify(trained):
    cell = trained.run('let photo = open_image("photos/trip/photo.png")?;\nmodel.predict(&photo)?')
    said = "\n".join(cell.error["traceback"])
    assert "Picture` is no set of examples" in said and "model.classify(&picture)?" in said
