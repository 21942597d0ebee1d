"""`cuaderno`, the command that a clone and an installation share."""

import subprocess
import sys
from pathlib import Path

import pytest

from clone import ROOT, cuaderno
from cuaderno.choose import choose, chosen, folder_of
from cuaderno.command import cuaderno as command_line
from cuaderno.lab import defaults
from cuaderno.page import Look
from cuaderno.problem import Problem


def test_the_version_is_that_of_the_kernel(kernel):
    [_, version] = cuaderno("--version").stdout.split()
    assert kernel.ok(":version").stdout.startswith(f"cuaderno {version}, rustc 1.")
    assert f"\ncuaderno  {version}\n" in kernel.ok("stamp(1)").result


@pytest.mark.parametrize("arguments, why", [
    (["report", "99"], "no notebook `99`; there are 00-tour, 01-reddit-disinformation, "),
    (["report", "README.md"], "`README.md` is no notebook: those end in .ipynb"),
    (["report", "-p", "full"], "-p needs NAME=VALUE, for example `-p full=true`"),
    (["verify", "--pdf"], "No such option '--pdf'; `cuaderno verify --help` shows what there is"),
    (["grade", "no/such/folder"], "Invalid value for 'FOLDER': Directory 'no/such/folder' does not exist"),
    (["grade"], "Missing argument 'FOLDER'"),
    (["verify", "--tolerance", "nan"], "Invalid value for '--tolerance': "),
    (["verify", "--tolerance", "inf"], "Invalid value for '--tolerance': "),
])
def test_wrong_arguments_are_one_line_before_anything_is_done(arguments, why):
    for command in [arguments, ["check", *arguments]]:
        ran = cuaderno(*command)
        assert ran.returncode in (1, 2) and ran.stderr.startswith(f"error: {why}") and ran.stderr.count("\n") == 1, ran.stderr
    right = cuaderno("check", "report", "00", "-p", "full=true", "--pdf")
    assert (right.returncode, right.stdout, right.stderr) == (0, "", "")


def test_data_that_is_no_folder_is_told():
    ran = cuaderno("verify", "00", CUADERNO_DATA="/no/such/folder")
    assert ran.stderr == "error: CUADERNO_DATA is `/no/such/folder`, which is no folder\n"


def test_a_number_names_a_notebook():
    there = [Path(f"/n/{name}.ipynb") for name in ("00-tour", "01-reddit-disinformation")]
    assert choose("01", there) == there[1:] and choose("all", there) == there
    with pytest.raises(Problem, match="no notebook ``; there are 00-tour, 01-reddit-disinformation"):
        choose("", there)
    assert chosen([there, there[1:]]) == there
    assert [notebook.stem for notebook in chosen([])] == ["01-reddit-disinformation"]


def test_notebooks_of_the_same_name_are_written_to_different_folders():
    asked = [Path(name) for name in ("/c/ana/hw1/hw1.ipynb", "/c/ben/hw1/hw1.ipynb", "/n/00-tour.ipynb")]
    assert [str(folder_of(notebook, asked)) for notebook in asked] == ["ana/hw1", "ben/hw1", "."]
    nested = [Path("/c/a.ipynb"), Path("/c/b/a.ipynb")]
    assert [str(folder_of(notebook, nested)) for notebook in nested] == [".", "b"]


def test_a_new_notebook_runs_and_is_reproduced(tmp_path):
    assert cuaderno("new", "My report", "--seed", "7", folder=tmp_path).stdout.startswith("My report.ipynb: ")
    ran = cuaderno("report", "My report.ipynb", folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "Posts by class" in (tmp_path / "reports" / "My report.html").read_text()
    compared = cuaderno("verify", "reports/My report.ipynb", folder=tmp_path)
    assert compared.stdout.startswith("My report.ipynb: identical, 5 cells, digest "), compared.stdout + compared.stderr
    again = cuaderno("new", "My report", folder=tmp_path)
    assert again.returncode == 1 and again.stderr == "error: My report.ipynb is there already; choose another name\n"
    nameless = cuaderno("new", "", folder=tmp_path)
    assert nameless.returncode == 1 and nameless.stderr == "error: a notebook needs a name: `cuaderno new my-report`\n"


def test_the_doctor_finds_this_machine_in_order(tmp_path):
    ran = cuaderno("doctor")
    assert ran.returncode == 0, ran.stdout
    rows = {line.split()[0]: line for line in ran.stdout.splitlines()}
    assert "1 + 1 is 2" in rows["cell"] and "rustc 1." in rows["compiler"], ran.stdout


def test_the_doctor_says_what_to_do_where_no_kernel_is_found(tmp_path):
    ran = cuaderno("doctor", TMPDIR=str(tmp_path), PATH="/nonexistent")
    assert ran.returncode == 0, "no PATH is needed"
    empty = tmp_path / "kernels.py"
    empty.write_text("from jupyter_client import kernelspec\nkernelspec.KernelSpecManager.find_kernel_specs = lambda _: {}\n"
                     "import sys\nfrom cuaderno.doctor import kernel\nprint(*kernel())\n")
    ran = subprocess.run([sys.executable, empty], capture_output=True, text=True, timeout=60)
    assert ran.stdout.startswith("MISSING Jupyter finds no kernel `cuaderno`, "), ran.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_for_shells(shell):
    assert "_CUADERNO_COMPLETE" in cuaderno("completion", shell).stdout


def test_tab_completes_commands_and_notebooks():
    def completed(words):
        return cuaderno(_CUADERNO_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split()) - 1)).stdout.split()

    assert completed("cuaderno ver") == ["plain,verify"]
    assert completed("cuaderno report 03") == ["plain,03-cifar100"]


def test_what_is_said_of_jupyterlab_takes_the_place_of_what_we_say():
    names = [option.partition("=")[0] for option in defaults(["--no-browser", "--ServerApp.ip=0.0.0.0", "--port=8888"])]
    assert names == ["--ServerApp.root_dir"]
    assert defaults([])[:2] == ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]


def test_a_clones_kernel_is_not_shown_to_others():
    """It is replaced with every build."""
    ran = cuaderno("install", "--user")
    assert ran.returncode == 1 and "`cargo xtask install --prefix DIR` makes a copy that stays" in ran.stderr
    assert "where? `--user` or `--prefix DIR`" in cuaderno("uninstall").stderr


@pytest.mark.parametrize("options, look", [
    ([], Look("shown", False)), (["--no-code"], Look("none", False)), (["--fold-code", "--toc"], Look("folded", True)),
])
def test_how_a_page_looks(monkeypatch, options, look):
    asked = []
    monkeypatch.setattr("signal.signal", lambda *_: None)  # Ctrl-C stays pytest's
    monkeypatch.setattr("cuaderno.report.report", lambda *arguments: asked.append(arguments[-1]))
    command_line.main(["report", str(ROOT / "notebooks" / "00-tour.ipynb"), *options], standalone_mode=False)
    assert asked == [look]
