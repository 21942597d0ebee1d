"""Which notebook is which, whatever it is called; what is refused, in a line; and a class that hands in all of it."""

import csv
import json
import os

import nbformat
import pytest

from cuaderno.grading.grade_one import remove
from cuaderno.grading.handed_in import MOST_FILES, Refused, arranged, files_in
from tiny_course import Tiny, tiny_notebook

pytestmark = pytest.mark.timeout(600)


def cells(*notebooks):
    tests = {name: {"notebook": name, "cell": f"{name}-test", "points": 1.0, "source": ""} for name in notebooks}
    return {"tests": tests, "written": {}, "answers": [], "given": [], "notebooks": list(notebooks)}


def with_cell(name):
    return json.dumps({"cells": [{"metadata": {"nbgrader": {"grade_id": name}}}]}).encode()


@pytest.mark.parametrize("name", ["tour.ipynb", "tour (1).ipynb", "Tour.ipynb", "tour-Copy2.ipynb", "tour_copy.ipynb", "TOUR(12).ipynb", "tour/tour.ipynb",
                                  "Máster/toúr (1).ipynb", "homework of ana.ipynb", "-x [ab]\\c.ipynb"])
def test_a_notebook_is_found_by_its_name_or_by_its_cells(name):
    files, remarks = arranged({name: b"\xef\xbb\xbf" + with_cell("tour-test"), "photo.png": b""}, cells("tour"))
    assert files == {"tour.ipynb": with_cell("tour-test"), "photo.png": b""}
    assert remarks == ([] if name == "tour.ipynb" else [f"`{name}` was taken for tour.ipynb"])


def test_of_several_the_one_with_the_right_name_is_taken_and_the_others_are_named():
    files, remarks = arranged({"tour (1).ipynb": b"{1}", "tour.ipynb": b"{0}", "more.ipynb": b"{}"}, cells("tour"))
    assert files == {"tour.ipynb": b"{0}"} and remarks == ["not graded, beside the assignment's: more.ipynb, tour (1).ipynb"]
    # Of two downloads, the last.
    assert arranged({"tour (1).ipynb": b"{1}", "tour (2).ipynb": b"{2}"}, cells("tour"))[0] == {"tour.ipynb": b"{2}"}


def test_two_notebooks_whose_names_were_changed_are_told_apart_by_their_cells():
    handed_in = {"first.ipynb": with_cell("b-test"), "a.ipynb": with_cell("a-test")}
    files, remarks = arranged(handed_in, cells("a", "b"))
    assert files == {"a.ipynb": with_cell("a-test"), "b.ipynb": with_cell("b-test")} and remarks == ["`first.ipynb` was taken for b.ipynb"]
    assert arranged({"a.ipynb": b"{}"}, cells("a", "b"))[1] == ["b.ipynb was not handed in"]


@pytest.mark.parametrize("files, why", [
    ({}, "the folder is empty"),
    ({"report.pdf": b""}, "no notebook was handed in"),
    ({"one.ipynb": b"{}", "two.ipynb": b"{}"}, "none of its notebooks (one.ipynb, two.ipynb) is tour.ipynb"),
])
def test_what_holds_no_notebook_of_the_assignment_is_refused(files, why):
    with pytest.raises(Refused) as refused:
        arranged(files, cells("tour"))
    assert str(refused.value) == why


def test_files_of_a_folder(tmp_path):
    for name in ["tour.ipynb", "data/a.csv", ".ipynb_checkpoints/tour.ipynb", "__MACOSX/tour.ipynb", "data/._a.csv"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    os.symlink("/etc/passwd", tmp_path / "link")
    os.mkfifo(tmp_path / "pipe")
    assert files_in(tmp_path) == ["data/a.csv", "tour.ipynb"]
    for number in range(MOST_FILES):
        (tmp_path / f"{number}").touch()
    with pytest.raises(Refused, match="it has more than 2000 files"):
        files_in(tmp_path)
    for number in range(MOST_FILES):
        (tmp_path / f"{number}").unlink()
    with (tmp_path / "large").open("wb") as file:
        file.truncate(2 << 30)
    with pytest.raises(Refused, match="it is larger than 1024 MB"):
        files_in(tmp_path)


def nested(folder, depth=3000):
    """A folder in a folder, so deep that no path of it fits into a call."""
    here = os.getcwd()
    try:
        os.chdir(folder)
        for _ in range(depth):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)


RIGHT = "fn double(x: i64) -> i64 {\n    2 * x\n}"
NESTS = """for _ in 0..3000 { std::fs::create_dir("d").unwrap(); std::env::set_current_dir("d").unwrap(); }
    let home = std::env::var("HOME").unwrap();
    2 * x"""
FLOODS = r"""
fn flood(program: &str) {
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains(program) {
            if let Ok(mut error) = std::fs::OpenOptions::new().write(true).open(process.path().join("fd/2")) {
                use std::io::Write;
                for _ in 0..200 { if error.write_all(&vec![255_u8; 1 << 20]).is_err() { break; } }
            }
        }
    }
}
flood("nbgrader");
"""


def test_whatever_a_class_hands_in_costs_nobody_else(tmp_path):
    """One submission of each kind; the points of each, and what is said of it."""
    course = Tiny(tmp_path / "course")
    expected = {}

    def hands_in(student, points, said="", name="tiny.ipynb", change=lambda notebook: None, content=None):
        """`points` None: refused; `said` is part of a remark, or of why."""
        notebook = tiny_notebook()
        notebook.cells[0].source = RIGHT
        change(notebook)
        place = course.submission(student)
        (place / name).parent.mkdir(parents=True)
        (place / name).write_bytes(nbformat.writes(notebook).encode() if content is None else content)
        expected[student] = (points, said)

    def tagged(notebook):
        notebook.cells[0].source = "fn double(_: i64) -> i64 { 0 }"
        notebook.cells[1].metadata["tags"] = ["skip-execution"]

    def upside_down(notebook):
        notebook.cells.reverse()

    def python(notebook):
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}

    def solves(body, more=""):
        def change(notebook):
            notebook.cells[0].source = f"fn double(x: i64) -> i64 {{\n    {body}\n}}"
            if more:
                notebook.cells.insert(0, nbformat.v4.new_code_cell(more))
        return change

    def large(notebook):
        text = nbformat.v4.new_output("stream", text="0123456789\n" * ((200 << 20) // 11))
        notebook.cells[0].outputs = [text]

    hands_in("right", 2)
    hands_in("tagged", 0, "the tag `skip-execution`", change=tagged)
    hands_in("no-check", 0, "its `check!` is the student's own", change=solves("0", "macro_rules! check { ($($t:tt)*) => { () } }"))
    hands_in("above", 2, "stood above an answer", change=upside_down)
    hands_in("deleted", 2, "was missing and is back", change=lambda notebook: notebook.cells.pop())
    hands_in("copied", 2, "is there 2 times", change=lambda notebook: notebook.cells.append(nbformat.from_dict(notebook.cells[-1] | {"id": "copy"})))
    hands_in("kernel", 2, change=python)
    hands_in("second", 2, "`tiny (1).ipynb` was taken for tiny.ipynb", name="tiny (1).ipynb")
    hands_in("-x", 2, "`-y [ab]\\c.ipynb` was taken for tiny.ipynb", name="-y [ab]\\c.ipynb")
    hands_in("--help", 2)
    hands_in("[ab] ñ\nb", 2)
    hands_in("=1+1", 2, name="d/tiny.ipynb")
    hands_in("broken", None, "JSON", content=b"{")
    hands_in("list", None, "", content=b"[]")
    hands_in("large", 2, change=large)
    hands_in("nests", None, "RecursionError", change=solves(NESTS))  # nbgrader's own
    hands_in("floods", 2, "the files of other processes", change=solves("2 * x", FLOODS))
    course.submission("empty").mkdir(parents=True)
    expected["empty"] = (None, "the folder is empty")
    hands_in("deep", None, "its folders lie more than 30 deep in one another")
    nested(course.submission("deep"))
    try:
        said = course.grade(code=1)
    finally:
        remove(course.submission("deep"))  # pytest would give up
    results = {student: course.result(student) for student in expected}
    for student, (points, told) in expected.items():
        result = results[student]
        assert result["points"].get("double-test") == points, (student, result, said)
        assert told in " ".join([result["status"], *result["remarks"]]), (student, result)
    refused = sorted(student for student, (points, _) in expected.items() if points is None)
    assert said.splitlines()[-1] == f"error: not graded: {', '.join(refused)}; the same command tries again"
    with (tmp_path / "course/graded/tiny/grades.csv").open(newline="") as file:
        rows = {row["student"]: row["points"] for row in csv.DictReader(file)}
    assert rows["'=1+1"] == rows["'-x"] == "2.0" and rows["broken"] == ""
