"""Exported networks, run by onnxruntime: random ones of every layer, those of the zoo, and one that a cell trained."""

import json
import os
import subprocess

import numpy as np
import onnxruntime
import pytest

from clone import ROOT
from conversation import conversation

# Cargo may have the Rust tests to compile first.
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder of files that the Rust tests write: networks, and pictures with what the library makes of them."""
    folder = tmp_path_factory.mktemp("onnx")
    # Of the whole workspace, as it was compiled for the Rust tests: for one crate, cargo compiles what is below it with other features.
    command = ["cargo", "test", "-q", "--workspace", "--test", "it", "--", "--ignored", "--exact"]
    command += ["fuzz::onnx::networks_for_onnxruntime", "exports::networks_for_onnxruntime"]
    ran = subprocess.run(command, cwd=ROOT, env={**os.environ, "CUADERNO_ONNX": str(folder)}, capture_output=True, text=True)
    assert ran.returncode == 0 and ran.stdout.count("1 passed") == 2, ran.stdout + ran.stderr
    return folder


def session(path):
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def channels_first(values):
    return np.moveaxis(values, -1, 1) if values.ndim == 4 else values


def difference(path):
    """How far onnxruntime's outputs are off ours, beside the largest; for all examples at once and for one."""
    run = session(path)
    assert run.get_inputs()[0].shape[0] == run.get_outputs()[0].shape[0] == "batch"
    (each_in, each_out) = (end[0].shape[1:] for end in (run.get_inputs(), run.get_outputs()))
    last = lambda shape: [*shape[1:], shape[0]]  # as they lie in the file
    values = np.fromfile(path.with_suffix(".values"), np.float32)
    count, rest = divmod(len(values), int(np.prod(each_in) + np.prod(each_out)))
    assert rest == 0 and count > 0
    pictures, expected = np.split(values, [count * int(np.prod(each_in))])
    pictures = channels_first(pictures.reshape(count, *last(each_in)))
    expected = channels_first(expected.reshape(count, *last(each_out)))
    [found] = run.run(None, {"input": pictures})
    [one] = run.run(None, {"input": pictures[:1]})
    assert found.shape == expected.shape and one.shape[0] == 1
    size = max(1.0, float(np.abs(expected).max()))
    return max(float(np.abs(found - expected).max()), float(np.abs(one - expected[:1]).max())) / size


def test_random_networks_say_what_the_library_says(exported):
    networks = sorted(exported.glob("random-*.onnx"))
    assert len(networks) == 200
    off = {path: difference(path) for path in networks}
    worst = max(off, key=off.get)
    assert off[worst] < 1e-5, f"{off[worst]:.2e}: {worst.with_suffix('.txt').read_text()}"


def test_networks_of_the_zoo_say_what_the_library_says(exported):
    for name in ["mobilenet", "vgg16", "resnet18", "resnet34", "resnet50"]:
        off = difference(exported / f"{name}.onnx")
        assert off < 1e-5, f"{name}: {off:.2e}"


TRAINED = """cnn! { Own: [3, 24, 24] => [rescale(nn::Rescaling { factors: [2.0; 3], offsets: [-1.0; 3], reversed: false }), conv2d(8, 3), batch_norm, relu, max_pool(2), flatten, dense(4)] }
let cells = ImageSet::from_folder(data("blood-cells/TRAIN"), [24, 24])?.take(40, 1);
let mut model = Own::new(7);
model.fit(&cells, &Fit::new().epochs(2).quiet())?;
model.export_onnx("own.onnx")?;"""


def test_a_cell_exports_what_it_trained(tmp_path):
    with conversation() as kernel:
        kernel.ok(f'std::env::set_current_dir("{tmp_path}")?;')
        kernel.ok(TRAINED)
        first = kernel.ok('println!("{:?}", model.outputs(&cells.subset(&[0])?)?)').stdout
        pixels = kernel.ok('println!("{:?}", cells.picture(0)?.as_rgb().as_raw())').stdout
        run = session(tmp_path / "own.onnx")
        notes = run.get_modelmeta().custom_metadata_map
        assert json.loads(notes["classes"]) == ["EOSINOPHIL", "LYMPHOCYTE", "MONOCYTE", "NEUTROPHIL"]
        assert notes["output"] == "scores" and notes["preparation"].startswith("24x24x3 unit")
        picture = np.array(json.loads(pixels), np.float32).reshape(1, 24, 24, 3) / 255
        [found] = run.run(None, {"input": channels_first(picture)})
        assert np.abs(found[0] - np.array(json.loads(first))).max() < 1e-4
        said = kernel.run('model.export_onnx("/dev/null/own.onnx")?;').error["evalue"]
        assert "writing failed" in said and "\n" not in said, said
