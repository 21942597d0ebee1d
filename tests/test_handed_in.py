"""Which notebook is which, whatever it is called; what is refused, in a line."""

import json
import os

import pytest

from cuaderno.grading.handed_in import MOST_FILES, Refused, arranged, files_in, without_broken


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


@pytest.mark.parametrize("content, why", [
    (b"", "it is empty"),
    (b"{", "no JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))"),
    (b"\xff\xfe{}", "no text in UTF-8 (byte 0)"),
    (b"[" * 100_000, "JSON that is nested too deep"),
    (b"[]", "JSON without cells"),
    (b"{}", "JSON without cells"),
    (b'{"cells": {}}', "JSON without cells"),
    (b'{"cells": [], "metadata": []}', "it has no metadata"),
    (b'{"cells": [{"source": ""}, null], "metadata": {}}', "cell 2 is none"),
    (b'{"cells": [{"source": 1}], "metadata": {}}', "cell 1 is none"),
    (b'{"cells": [{"source": "\\ud83d"}], "metadata": {}}', "it has half a character ('\\ud83d')"),
])
def test_a_notebook_that_cannot_be_read_is_named_and_the_others_are_graded(content, why):
    with pytest.raises(Refused) as refused:
        without_broken({"a.ipynb": content, "photo.png": b""})
    assert str(refused.value) == f"a.ipynb is no notebook: {why}"
    whole = b'{"cells": [], "metadata": {}}'
    assert without_broken({"a.ipynb": content, "b.ipynb": whole, "photo.png": b""}) == ({"b.ipynb": whole, "photo.png": b""}, [f"a.ipynb is no notebook: {why}"])
