"""Cells that were copied, split, moved, deleted, retyped or tagged are the instructor's again before anything runs; and what a test cell
gives. Each case is a way of handing in that costs no points, and earns none."""

import nbformat
import pytest

from cuaderno.grading.points import NO_POINTS, has_own_check, points_of, worth_a_look
from cuaderno.grading.preprocessors import Given, restored
from tiny_course import cell

CODE, PROSE = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell


def given(name, source, cell_type="code", grade=False, solution=False, locked=False, points=None):
    return Given(name, cell_type, source, locked, "sum", grade, solution, False, points)


ASSIGNMENT = {
    given.name: given
    for given in [
        given("load", "let data = 1;", locked=True),
        given("a", 'todo!("a")', solution=True),
        given("a-test", "check! { 1, \"a\", a() }", grade=True, locked=True, points=1.0),
        given("b", 'todo!("b")', solution=True),
        given("b-test", "check! { 1, \"b\", b() }", grade=True, locked=True, points=1.0),
        given("why", "YOUR ANSWER HERE", "markdown", grade=True, solution=True, points=3.0),
    ]
}
WRITTEN = {"a": "fn a() {}", "b": "fn b() {}", "why": "Because."}


def handed_in(*names):
    """Cells of these names, with a student's answers."""
    return [ASSIGNMENT[name].cell(WRITTEN.get(name)) for name in names]


def names(cells):
    return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]


def test_what_is_as_it_was_stays():
    cells, remarks = restored(handed_in(*ASSIGNMENT), ASSIGNMENT)
    assert names(cells) == list(ASSIGNMENT) and remarks == []
    assert [cell.source for cell in cells if cell.metadata.nbgrader.solution] == list(WRITTEN.values())


def test_a_tag_keeps_no_cell_from_running():
    cells = handed_in(*ASSIGNMENT)
    cells[2].metadata["tags"] = ["skip-execution"]
    cells[4].metadata["tags"] = ["raises-exception", "remove-cell"]
    cells, remarks = restored(cells, ASSIGNMENT)
    assert not any("tags" in cell.metadata for cell in cells)
    assert remarks == ["1 times the tag `skip-execution`: these cells are run all the same"]


@pytest.mark.parametrize("order, expected, remarks", [
    (["load", "a", "a-test", "a-test", "b", "b-test", "why"], ["load", "a", None, "a-test", "b", "b-test", "why"],
     ["`a-test` is there 2 times: one of them counts"]),
    (["load", "a", "b", "b-test", "why"], ["load", "a", "a-test", "b", "b-test", "why"], ["the test `a-test` was missing and is back"]),
    (["a", "a-test", "b", "b-test", "why"], list(ASSIGNMENT), ["the cell `load` was missing and is back"]),
    (["load", "a-test", "b-test", "b", "a", "why"], ["load", "b", "a", "a-test", "b-test", "why"],
     ["the test `a-test` stood above an answer that it needs, and was moved below it",
      "the test `b-test` stood above an answer that it needs, and was moved below it"]),
    (["b", "b-test", "load", "a", "a-test", "why"], ["b", "load", "a", "b-test", "a-test", "why"],
     ["the test `b-test` stood above an answer that it needs, and was moved below it"]),
    (["load", "a", "a-test", "b-test", "why"], ["load", "a", "a-test", "b-test", "why"], ["the answer `b` is missing"]),
    (["load", "a", "a-test", "b", "b-test"], list(ASSIGNMENT), ["the answer `why` was missing and is back"]),
])
def test_copied_deleted_and_moved_cells(order, expected, remarks):
    cells, found = restored(handed_in(*order), ASSIGNMENT)
    assert (names(cells), found) == (expected, remarks)


def test_settings_text_and_kind_of_a_test_are_the_instructors():
    cells = handed_in(*ASSIGNMENT)
    cells[2] = PROSE("no test", metadata={"nbgrader": {"grade_id": "a-test", "grade": False, "points": 1000}})
    cells[5].metadata["nbgrader"] = {"grade_id": "why", "points": "many"}
    cells.append(CODE("", metadata={"nbgrader": {"grade_id": "mine", "grade": True, "points": 9}}))
    cells.append(CODE("", metadata={"nbgrader": "odd"}))
    cells, _ = restored(cells, ASSIGNMENT)
    for cell in cells[:6]:
        assert dict(cell.metadata.nbgrader) == ASSIGNMENT[cell.metadata.nbgrader.grade_id].settings()
    assert (cells[2].cell_type, cells[2].source) == ("code", ASSIGNMENT["a-test"].source)
    assert names(cells[6:]) == [None, None]


def test_an_answer_that_was_split_is_whole_and_a_blank_copy_does_not_replace_it():
    cells = handed_in(*ASSIGNMENT) + [ASSIGNMENT["why"].cell("And so."), ASSIGNMENT["why"].cell()]
    cells[5]["attachments"] = {"sketch.png": {"image/png": "aGk="}}
    cells, _ = restored(cells, ASSIGNMENT)
    why = next(cell for cell in cells if names([cell]) == ["why"])
    assert why.source == "Because.\n\nAnd so." and why.attachments == {"sketch.png": {"image/png": "aGk="}}
    cells, _ = restored(handed_in("load", "a") + [ASSIGNMENT["a"].cell()] + handed_in("a-test", "b", "b-test", "why"), ASSIGNMENT)
    assert [cell.source for cell in cells[1:3]] == ["fn a() {}", 'todo!("a")'] and names(cells)[1:3] == ["a", None]


def test_a_notebook_without_the_assignments_cells_is_tested_at_its_end():
    cells, remarks = restored([CODE("fn a() {}"), CODE("fn b() {}")], ASSIGNMENT)
    assert names(cells) == [None, None, "load", "a-test", "b-test", "why"]
    assert remarks[0] == "it has none of the assignment's cells: tests are run at its end"


def ran(*outputs, source="check! { 2, \"two\", f() }", count=1):
    made = cell(source, "test", grade=True, locked=True, points=2)
    return made | {"execution_count": count, "outputs": list(outputs)}


def result(text):
    return nbformat.v4.new_output("execute_result", data={"text/plain": text} if text is not None else {"image/png": ""})


ERROR = nbformat.v4.new_output("error", ename="panic", evalue="at the disco")


@pytest.mark.parametrize("cell, points, why_none", [
    (ran(result("1.5")), 1.5, ""),
    (ran(result("2")), 2, ""),
    (ran(result("0")), 0, ""),
    (ran(ERROR), 0, ""),
    (ran(result("2"), ERROR), 0, ""),
    (ran(source="assert!(f());"), 2, ""),
    (ran(result("true"), source="f()"), 2, ""),
    # For these nbgrader itself gives everything, or stops.
    (ran(result("2"), count=None), 0, "it did not run"),
    (ran(), 0, "its `check!` gave no points"),
    (ran(result("two")), 0, "its `check!` gave no points"),
    (ran(result(None)), 0, "its `check!` gave no points"),
    (ran(result("NaN")), 0, "it says nan of 2 points"),
    (ran(result("inf")), 0, "it says inf of 2 points"),
    (ran(result("1000")), 0, "it says 1000 of 2 points"),
    (ran(result("-1")), 0, "it says -1 of 2 points"),
    (ran(nbformat.v4.new_output("error", ename=NO_POINTS, evalue="it did not run")), 0, "it did not run"),
])
def test_points_of_a_test_cell(cell, points, why_none):
    assert points_of(cell, 2.0) == (points, why_none)


def test_what_forges_points_is_worth_a_look():
    forged = "macro_rules! check { ($($t:tt)*) => { 2 } }"
    assert worth_a_look([PROSE("a"), CODE(forged)], []) == ["cell 2 has a `check!` of its own"]
    assert worth_a_look([CODE('std::fs::write("gradebook.db", b"")')], []) == ["cell 1 has words for what grades it"]
    assert worth_a_look([CODE(forged), CODE("fn closest() {}")], [forged]) == []


@pytest.mark.parametrize("source, own", [
    ("macro_rules! check { () => { 2 } }", True),
    ("macro_rules /* mine */ ! r#check { () => { 2 } }", True),
    ("mod m { macro_rules! cheque { () => { 2 } } pub(crate) use cheque as check; }\nuse m::*;", True),
    ("use tools::{check, Tool};", True),
    ("macro_rules! name { ($name:ident) => { macro_rules! $name { () => { 2 } } } }\nname!(check);", True),
    # Where comments and texts end is Rust's to say.
    ('let a = "/*";\nuse m::cheque as check;\nlet b = "*/";', True),
    ("let quote = '\"'; macro_rules! check { () => { 2 } } let other = '\"';", True),
    ('let a = r#"a " quote"#; macro_rules! check { () => { 2 } }', True),
    ("// use this to check: macro_rules! check", False),
    ('println!("use it to check {x}");', False),
    ("/* use\n   check */ let check = 1; use std::fs;", False),
    ("check! { 1, \"mine\", true }", False),
])
def test_a_check_of_ones_own_is_found_whatever_it_is_made_of(source, own):
    assert has_own_check(CODE(source)) == own


@pytest.mark.parametrize("cell, script", [
    (PROSE("<script>alert(1)</script>"), True),
    (PROSE("<img src=x onerror=alert(1)>"), True),
    (PROSE("[here](javascript:alert(1))"), True),
    (PROSE("x < on = 3, and a <b>bold</b> word on=1"), False),
    (CODE("1", outputs=[nbformat.v4.new_output("display_data", data={"text/html": "<iframe src=x>"})]), True),
    (CODE("1", outputs=[nbformat.v4.new_output("display_data", data={"text/html": "<table onclick = 'x'>"})]), True),
    (CODE('println!("<script>");', outputs=[nbformat.v4.new_output("stream", text="<script>")]), False),
])
def test_a_script_of_a_students_is_named(cell, script):
    assert worth_a_look([cell], []) == (["cell 1 has a script, which runs in Formgrader"] if script else [])
