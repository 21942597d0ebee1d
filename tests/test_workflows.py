"""The workflows that docs/ offers to a student's repository, by their steps: what needs no network is run as the runner would run it."""

import os
import subprocess
import sys

import nbformat
import pytest
import yaml

from clone import ROOT, notebook_of, with_sample
from cuaderno import home

GITHUB, GITLAB = (yaml.safe_load((ROOT / "docs" / name).read_text(encoding="utf-8")) for name in ("github-actions.yml", "gitlab-ci.yml"))
# The wheels come from elsewhere; what is under test is installed already.
FROM_ELSEWHERE = ("gh release download ", "pip install ")


def github():
    """Variables, scripts (each a shell of its own) and the folder that is kept, of the workflow for GitHub."""
    steps = GITHUB["jobs"]["report"]["steps"]
    [kept] = [step for step in steps if step.get("uses", "").startswith("actions/upload-artifact@")]
    assert kept["if"] == "always()"
    return GITHUB["env"], [step["run"] for step in steps if "run" in step], kept["with"]["path"]


def gitlab():
    """The same of the one for GitLab, whose lines run in one shell."""
    job = GITLAB["report"]
    assert job["artifacts"]["when"] == "always"
    [kept] = job["artifacts"]["paths"]
    return job["variables"], ["\n".join(line for line in job["script"] if not line.startswith(FROM_ELSEWHERE))], kept


def run(workflow, repository):
    """Runs the steps in a student's repository until one fails; returns the step that failed, if one did, and what was said."""
    variables, scripts, kept = workflow()
    (programs := repository.parent / "bin").mkdir()
    (programs / "cuaderno").write_text(f'#!/bin/sh\nexec {sys.executable} -m cuaderno "$@"\n')
    (programs / "cuaderno").chmod(0o755)
    environment = with_sample(**variables, CI="true", PATH=f"{programs}{os.pathsep}{os.environ['PATH']}")
    said = ""
    for script in scripts:
        if not script.startswith(FROM_ELSEWHERE):
            ran = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=repository, env=environment, capture_output=True, text=True, timeout=280)
            said += ran.stdout + ran.stderr
            if ran.returncode != 0:
                return script, said, repository / kept
    return None, said, repository / kept


@pytest.fixture
def repository(tmp_path):
    """A student's repository as it is checked out: a report without outputs."""
    def commit(*sources):
        nbformat.write(notebook_of(nbformat.v4.new_markdown_cell("# My report"), *sources), place / GITHUB["env"]["NOTEBOOK"])
        return place

    (place := tmp_path / "repository").mkdir()
    return commit


@pytest.mark.parametrize("workflow", [github, gitlab])
def test_a_report_becomes_page_and_notebook(workflow, repository):
    failed, said, kept = run(workflow, repository("let answer = 42;", 'println!("{answer}");'))
    assert failed is None, said
    assert "1 + 1 is 2" in said and "report.ipynb: identical, 2 cells" in said
    assert sorted(path.name for path in kept.iterdir()) == ["report.html", "report.ipynb"]
    assert ">42\n" in (kept / "report.html").read_text(encoding="utf-8")
    assert nbformat.read(kept / "report.ipynb", as_version=4).cells[2].outputs[0].text == "42\n"


@pytest.mark.parametrize("workflow", [github, gitlab])
def test_a_cell_that_fails_fails_the_job_and_what_ran_is_kept(workflow, repository):
    failed, said, kept = run(workflow, repository('println!("so far");', "[1][2 + 3]"))
    assert "cuaderno report " in failed and "error: report.ipynb, cell 2: " in said and "identical" not in said, said
    assert "so far" in (kept / "report.html").read_text(encoding="utf-8")


def test_a_report_that_differs_from_run_to_run_fails_the_job_and_shows_where(repository):
    failed, said, kept = run(gitlab, repository("std::time::SystemTime::now()"))
    assert "cuaderno verify " in failed and "report.ipynb is not reproduced: cell 1 differs" in said, said
    assert (kept / "report.differences.html").exists()


def test_the_wheels_that_are_named_are_those_of_this_version():
    version = home.version().partition("+")[0]
    toolchain = (ROOT / "rust-toolchain.toml").read_text(encoding="utf-8")
    assert GITHUB["env"]["TAG"] == f"v{version}"
    [line] = [line for line in GITLAB["report"]["script"] if line.startswith("pip install ")]
    compiler = line.partition("cuaderno_rustc-")[2].partition("-")[0]
    assert f"/cuaderno-{version}-py3-none-manylinux_2_34_x86_64.whl" in line and f'channel = "{compiler}"' in toolchain

