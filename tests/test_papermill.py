"""papermill runs notebooks in Rust: parameters keep their types, `--help-notebook` tells them."""

import configparser
import os
import re
import subprocess
import sys

import nbformat
import pytest

try:
    import tomllib
except ModuleNotFoundError:  # before Python 3.11
    import tomli as tomllib

from clone import ROOT, notebook_of
from cuaderno.for_papermill import Engine, RustTranslator
from cuaderno.parameters import declared

PARAMETERS = """let epochs: usize = 10; // how long
let mut rate: f32 = 0.1;
let factor = 0.5;
let name = "a";
let owner = "a".to_owned();
let sizes: Vec<usize> = vec![1, 2];
let pair = [1, 2];
const N: usize = 3;
let best: Option<u8> = Some(1);"""


@pytest.fixture
def seen():
    Engine.seen = declared(PARAMETERS)
    yield
    Engine.seen = {}


@pytest.mark.parametrize("name, value, line", [
    ("epochs", 3, "let epochs: usize = 3;"),
    ("rate", 1, "let mut rate: f32 = 1.0;"),
    ("rate", float("nan"), "let mut rate: f32 = f32::NAN;"),
    ("factor", 2, "let factor = 2.0;"),
    ("factor", float("-inf"), "let factor = f64::NEG_INFINITY;"),
    ("factor", 1e-3, "let factor = 0.001;"),
    ("name", 'b "c"\n\\', 'let name = "b \\"c\\"\\n\\\\";'),
    ("owner", "b", 'let owner = "b".to_owned();'),
    ("sizes", [3, 4], "let sizes: Vec<usize> = vec![3, 4];"),
    ("pair", [3, 4], "let pair = [3, 4];"),
    ("N", 4, "const N: usize = 4;"),
    ("best", None, "let best: Option<u8> = None;"),
    ("other", True, "let other = true;"),
])
def test_a_value_has_the_type_that_was_declared(seen, name, value, line):
    assert RustTranslator.codify({name: value}) == f"// Parameters\n{line}\n"


def test_what_has_no_form_in_rust_is_refused(seen):
    with pytest.raises(Exception, match="parameter `name`: a dict has no one form in Rust"):
        RustTranslator.codify({"name": {"a": 1}})


def papermill(folder, *arguments):
    """As where the wheel is installed: papermill finds the entry point that pyproject.toml names."""
    named = tomllib.loads((ROOT / "python" / "pyproject.toml").read_text())["project"]["entry-points"]
    written = configparser.ConfigParser()
    written.read_dict(named)
    (place := folder / "site" / "cuaderno-0.dist-info").mkdir(parents=True, exist_ok=True)
    with (place / "entry_points.txt").open("w") as file:
        written.write(file)
    environment = os.environ | {"PYTHONPATH": str(folder / "site")}
    command = [sys.executable, "-m", "papermill", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def test_papermill_runs_a_notebook_with_other_parameters(tmp_path):
    cells = [
        nbformat.v4.new_code_cell('let epochs: usize = 10; // how long\nlet name = "a";', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell('let all: Vec<String> = vec![name.to_owned(); epochs];\nprintln!("{all:?}");'),
    ]
    nbformat.write(notebook_of(*cells), tmp_path / "in.ipynb")
    ran = papermill(tmp_path, "in.ipynb", "out.ipynb", "-p", "epochs", "2", "-p", "name", 'b "c"')
    assert ran.returncode == 0, ran.stderr[-3000:]
    out = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert out.cells[1].source == '// Parameters\nlet epochs: usize = 2;\nlet name = "b \\"c\\"";\n'
    assert out.cells[2].outputs[0].text == '["b \\"c\\"", "b \\"c\\""]\n'
    helped = papermill(tmp_path, "--help-notebook", "in.ipynb")
    assert re.search(r"epochs: usize \(default 10\)\s+how long", helped.stdout), helped.stdout + helped.stderr[-2000:]
