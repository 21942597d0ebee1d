"""Fixtures for the whole suite."""

import json
import os
import sys
from pathlib import Path

import pytest

from clone import ROOT
from conversation import KERNEL, conversation

# The kernel under test is the one that setup registered beside this Python, whatever the user has installed elsewhere.
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"

# Files of a minute and more, the longest first: they begin first, so that no process is left with one of them at the end.
LONGEST = ["test_class_of_sixty", "test_report", "test_onnx", "test_wheel", "test_grading"]
# Each may have a network in training and a browser beside it, of a gigabyte together.
MOST_PROCESSES = 4


def pytest_xdist_auto_num_workers(config):
    """A process for each core where the suite is run; files that are named run in this one, where `-s` and `--pdb` are of use."""
    folders = [argument for argument in config.args if Path(argument).is_dir()]
    return min(os.cpu_count() or 1, MOST_PROCESSES) if folders else 0


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


@pytest.fixture
def kernel():
    """A fresh kernel, and a client connected to it."""
    with conversation() as talk:
        yield talk


@pytest.fixture(scope="session")
def kernelspec():
    """The registered kernelspec."""
    return json.loads((Path(sys.prefix) / "share" / "jupyter" / "kernels" / KERNEL / "kernel.json").read_text())


@pytest.fixture(scope="session")
def root():
    """The clone."""
    return ROOT


@pytest.fixture(scope="session")
def real_data():
    """The folder of real data; tests that need it are skipped without."""
    folder = os.environ.get("CUADERNO_DATA")
    if not folder:
        pytest.skip("CUADERNO_DATA is not set: no real data here")
    return Path(folder)
