"""Fixtures for the whole suite."""

import json
import os
import sys
from pathlib import Path

import pytest

from conversation import KERNEL, conversation

ROOT = Path(__file__).resolve().parent.parent
# The kernel under test is the one that setup registered beside this Python, whatever the user has installed elsewhere.
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"


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
