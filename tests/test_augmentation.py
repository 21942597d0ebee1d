"""In cells: pictures cut, blended, whitened and saved."""

import pytest

from conversation import conversation


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    with conversation() as kernel:
        kernel.ok(f'std::env::set_current_dir("{tmp_path_factory.mktemp("augmentation")}")?;')
        kernel.ok('let cells = ImageSet::from_folder(data("blood-cells/TRAIN"), [12, 16])?;')
        yield kernel


def test_a_first_batch_is_a_figure_with_shares(cells):
    cells.ok('let how = Fit::new().batch_size(8).seed(7).mixup(1.0);')
    cells.ok("let cut = cells.augmented(&Augmentation::new().cutout(6.0).random_crop(2), 7)?;")
    assert "0." in cells.ok("cut.first_batch(&how, 6)?").result
    assert "mixup: 1.0" in cells.ok("how").result
    said = cells.run("cells.first_batch(&Fit::new().mixup(0.0), 6)?").error["evalue"]
    assert "mixup is 0" in said, said


def test_a_whitening_is_a_variable_that_stays(cells):
    cells.ok("let whitening = cells.zca_whitening(1e-6)?;")
    assert cells.ok("whitening").result.startswith("ZCA whitening of 12x16x3")
    assert "; whitened" in cells.ok("cells.whitened(&whitening)?").result


def test_augmented_pictures_become_files_and_are_read_again(cells):
    cells.ok("let turned = cells.take(2, 7).augmented(&Augmentation::new().rotation(20.0), 7)?;")
    assert cells.ok('turned.save_to("augmented", "cell", 3)?').result == "6"
    assert cells.ok('ImageSet::unlabelled("augmented", [12, 16])?.len()').result == "6"


def test_a_small_resnet_is_in_every_cell(cells):
    base = "let base = resnet18().input([3, 32, 32]).pooling(Pooling::Average).random(7)?;"
    assert cells.ok(f"{base}\nbase.output().len()").result == "512"
