"""A class of sixty hands in what classes hand in, and what they should not, in one run of `grade`; each has the points of a table that was
written by hand. Those of whom another machine could make something else are then graded anew on a Dask cluster; with `CUADERNO_DASK=all`, all sixty."""

import csv
import os
import re

import nbformat
import pytest

from cuaderno.grading.grade_one import remove
from tiny_course import ANSWER, WithProse, cluster, tiny_notebook

pytestmark = pytest.mark.timeout(3600)  # five minutes on two quiet cores, and much more on busy ones

SECONDS = "\nc.Execute.timeout = 10\n"
LEFT_BLANK = ANSWER.source
HIGH = "let mut all = Vec::new(); loop { all.push(vec![1_u8; 1 << 28]); if all.len() > 1000 { return x; } }"
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


def writes(body="2 * x", why="Because.", name="tiny.ipynb", change=lambda notebook: None):
    """Hands in the assignment with these answers, then changed."""
    def hand_in(place):
        notebook = tiny_notebook(nbformat.from_dict(ANSWER | {"source": why}))
        notebook.cells[0].source = f"fn double(x: i64) -> i64 {{\n    {body}\n}}"
        change(notebook)
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(nbformat.writes(notebook, version=nbformat.NO_CONVERT), encoding="utf-8")
    return hand_in


def file(name, content=b""):
    """Hands in a file."""
    def hand_in(place):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return hand_in


def own_cell(source, body="2 * x"):
    """A cell of the student's own above all others."""
    return writes(body, change=lambda notebook: notebook.cells.insert(0, nbformat.v4.new_code_cell(source)))


def another_test(source, new=nbformat.v4.new_code_cell, tags=()):
    """The test cell is another one."""
    def change(notebook):
        metadata = notebook.cells[1].metadata | ({"tags": list(tags)} if tags else {})
        notebook.cells[1] = new(source or notebook.cells[1].source, id="double-test", metadata=metadata)
    return writes("0", change=change)


def each(*hand_ins):
    def hand_in(place):
        for one in hand_ins:
            one(place)
    return hand_in


def bare(notebook):
    for cell in notebook.cells:
        del cell.metadata["nbgrader"]


def large(place):
    """200 MB of output."""
    writes(change=lambda notebook: notebook.cells[0].update(outputs=[nbformat.v4.new_output("stream", text="LARGE")]))(place)
    text = (place / "tiny.ipynb").read_text(encoding="utf-8")
    (place / "tiny.ipynb").write_text(text.replace("LARGE", "0123456789\\n" * ((200 << 20) // 11)), encoding="utf-8")


def old(notebook):
    """As a Jupyter of years ago writes it: cells have no ids."""
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]


def python(notebook):
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}


def ran_before(notebook):
    notebook.cells[1].update(execution_count=1, outputs=[nbformat.v4.new_output("execute_result", data={"text/plain": "2"}, execution_count=1)])


def split(notebook):
    notebook.cells.append(nbformat.from_dict(notebook.cells[2] | {"id": "split", "source": "And so."}))


def copied(notebook):
    notebook.cells.append(nbformat.from_dict(notebook.cells[1] | {"id": "copied"}))


def nested(place, depth=3000):
    """A folder in a folder, so deep that no path of it fits into a call."""
    here = os.getcwd()
    try:
        os.chdir(place)
        for _ in range(depth):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)


def link(place):
    os.symlink("/etc/passwd", place / "tiny.ipynb")


REFUSED = None
A_PERSON = ""
# Who; points of the test, of 2; of the answer in prose, of 3; a part of what is said; what is handed in.
CLASS = [
    # Right and wrong.
    ("ana", 2, A_PERSON, "", writes("2 * x")),
    ("ben", 2, A_PERSON, "", writes("x + x")),
    ("cyn", 2, A_PERSON, "", writes("x << 1")),
    ("dan", 1, A_PERSON, "", writes("2")),
    ("eva", 1, A_PERSON, "", writes("42")),
    ("fay", 0, A_PERSON, "", writes("x * x")),
    ("untouched", 0, 0, "", writes('todo!("your code here")', LEFT_BLANK)),
    ("only code", 2, 0, "", writes("2 * x", LEFT_BLANK)),
    ("only prose", 0, A_PERSON, "", writes('todo!("your code here")')),
    ("warned", 2, A_PERSON, "", writes('let unused = 1;\n    eprintln!("{x}");\n    2 * x')),
    ("prints a number", 2, A_PERSON, "", writes('println!("0");\n    2 * x')),
    ("own function", 2, A_PERSON, "", own_cell("fn twice(x: i64) -> i64 { x + x }", "twice(x)")),
    ("own cell", 2, A_PERSON, "the answer `double` is missing", writes(change=lambda notebook: notebook.cells[0].metadata.pop("nbgrader"))),
    # What goes wrong while it runs.
    ("does not compile", 0, A_PERSON, "", writes('"two"')),
    ("panics", 0, A_PERSON, "", writes('panic!("at the disco")')),
    ("panics at times", 1, A_PERSON, "", writes("if x > 2 { panic!() }\n    2 * x")),
    ("endless", 0, A_PERSON, "", writes("loop { std::thread::sleep(std::time::Duration::from_millis(10)) }")),
    ("exits", 0, A_PERSON, "", writes("std::process::exit(0)")),
    ("aborts", 0, A_PERSON, "", writes("std::process::abort()")),
    ("overflows", 0, A_PERSON, "", writes("if x == i64::MIN { x } else { double(x - 1) + 1 }")),
    ("greedy", 0, A_PERSON, "", writes(HIGH)),
    ("talks", 2, A_PERSON, "", writes('for line in 0..100_000 { println!("line {line}"); }\n    2 * x')),
    ("leaves a process", 2, A_PERSON, "", writes('std::process::Command::new("sleep").arg("900").spawn().unwrap();\n    2 * x')),
    ("nests", REFUSED, A_PERSON, "RecursionError", writes(NESTS)),  # nbgrader's own
    ("floods", 2, A_PERSON, "the files of other processes", own_cell(FLOODS)),
    # What it is called.
    ("-x", 2, A_PERSON, "`-y [ab]\\c.ipynb` was taken for tiny.ipynb", writes(name="-y [ab]\\c.ipynb")),
    ("--help", 2, A_PERSON, "", writes()),
    ("[ab] ñ\nb", 2, A_PERSON, "", writes()),
    ("=1+1", 2, A_PERSON, "`d/tiny.ipynb` was taken", writes(name="d/tiny.ipynb")),
    ("<b>o'neil & \"co\"", 2, A_PERSON, "`TINY.ipynb` was taken", writes(name="TINY.ipynb")),
    ("$(touch here); *?", 2, A_PERSON, "", writes()),
    ("student", 2, A_PERSON, "", writes()),  # what `grade` calls everybody
    ("анна 🦀", 2, A_PERSON, "`homework of анна.ipynb` was taken", writes(name="homework of анна.ipynb")),
    ("l" * 200, 2, A_PERSON, "", writes()),
    ("second download", 2, A_PERSON, "`tiny (1).ipynb` was taken for tiny.ipynb", writes(name="tiny (1).ipynb")),
    ("third download", 2, A_PERSON, "not graded, beside the assignment's: tiny (1).ipynb", each(writes("0", name="tiny (1).ipynb"), writes(name="tiny (2).ipynb"))),
    ("copy of a copy", 2, A_PERSON, "not graded, beside the assignment's: tiny-Copy1.ipynb", each(writes(), writes("0", name="tiny-Copy1.ipynb"))),
    # What has become of its cells.
    ("kernel", 2, A_PERSON, "", writes(change=python)),
    ("no kernel", 2, A_PERSON, "", writes(change=lambda notebook: notebook.metadata.clear())),
    ("old", 2, A_PERSON, "", writes(change=old)),
    ("upside down", 2, A_PERSON, "stood above an answer", writes(change=lambda notebook: notebook.cells.reverse())),
    ("test deleted", 2, A_PERSON, "the test `double-test` was missing and is back", writes(change=lambda notebook: notebook.cells.pop(1))),
    ("prose deleted", 2, 0, "the answer `why` was missing and is back", writes(change=lambda notebook: notebook.cells.pop(2))),
    ("test copied", 2, A_PERSON, "`double-test` is there 2 times: one of them counts", writes(change=copied)),
    ("prose split", 2, A_PERSON, "`why` is there 2 times", writes(change=split)),
    ("large", 2, A_PERSON, "", large),
    ("bare", 2, 0, "it has none of the assignment's cells", writes(change=bare)),
    # Forged.
    ("skips the test", 0, A_PERSON, "the tag `skip-execution`", another_test(None, tags=["skip-execution"])),
    ("another test", 0, A_PERSON, "", another_test("2")),
    ("a prose test", 0, A_PERSON, "", another_test("2", nbformat.v4.new_raw_cell)),
    ("ran before", 0, A_PERSON, "", writes("0", change=ran_before)),
    ("own check", 0, A_PERSON, "its `check!` is the student's own", own_cell("macro_rules! check { ($($t:tt)*) => { 2 } }", "0")),
    ("own same", 2, A_PERSON, "a test function of its own", own_cell("fn same<A, B>(_: A, _: B) -> bool { true }", "0")),
    # What is no notebook.
    ("empty", REFUSED, A_PERSON, "the folder is empty", lambda place: None),
    ("a report", REFUSED, A_PERSON, "no notebook was handed in", file("report.pdf", b"%PDF-")),
    ("broken", REFUSED, A_PERSON, "tiny.ipynb is no notebook: no JSON", file("tiny.ipynb", b"{")),
    ("list", REFUSED, A_PERSON, "tiny.ipynb is no notebook: JSON without cells", file("tiny.ipynb", b"[]")),
    ("a link", REFUSED, A_PERSON, "the folder is empty", link),
    ("deep", REFUSED, A_PERSON, "its folders lie more than 30 deep in one another", each(writes(), nested)),
    ("noise", REFUSED, A_PERSON, "tiny.ipynb is no notebook: no text in UTF-8", file("tiny.ipynb", bytes(range(256)))),
]


# What is handed over, and how it comes back, is not the same on another machine.
OTHER_ELSEWHERE = ["ana", "endless", "exits", "greedy", "leaves a process", "floods", "-x", "[ab] ñ\nb", "анна 🦀", "large", "own check", "broken", "deep"]
ON_DASK = [student for student, *_ in CLASS if student in OTHER_ELSEWHERE or os.environ.get("CUADERNO_DASK") == "all"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The class, handed in and graded; what was said stands in `said`."""
    made = WithProse(tmp_path_factory.mktemp("sixty") / "course", SECONDS)
    for student, *_, hand_in in CLASS:
        made.submission(student).mkdir(parents=True)
        hand_in(made.submission(student))
    made.said = made.grade(code=1, timeout=3000)
    yield made
    remove(made.submission("deep"))  # pytest would give up


def differences(course):
    """Of each student for whom it is another: what was found, and what the table says."""
    with (course.folder / "graded/tiny/grades.csv").open(encoding="utf-8", newline="") as table:
        rows = {row["student"]: row for row in csv.DictReader(table)}
    assert {"'=1+1", "'-x"} <= rows.keys(), "no spreadsheet takes a name for a formula"
    rows = {student.removeprefix("'"): row for student, row in rows.items()}
    assert len(rows) == len(CLASS) == 60
    return [(student, *both) for student, *expected, _ in CLASS if len({*(both := (found(course, rows[student], expected[-1]), as_said(*expected)))}) == 2]


def found(course, row, told):
    """Points as the table of grades has them, what was said (as little of it as is looked for), and whether there is a page."""
    result = course.result(row["student"].removeprefix("'"))
    said = " ".join([result["status"], *result["remarks"]])
    return row["double-test"], row["why"], row["points"], told if told in said else said, result["pages"] != []


def as_said(test, prose, told):
    """The same of a line of the table above."""
    if test is REFUSED:
        return "", "", "", told, False
    return f"{test:.1f}", prose if prose is A_PERSON else f"{prose:.1f}", f"{test + (prose or 0):.1f}", told, True


def test_sixty_submissions_have_the_points_they_deserve(course):
    assert differences(course) == [], course.said
    refused = sorted(student for student, points, *_ in CLASS if points is REFUSED)
    assert course.said.splitlines()[-1] == f"error: not graded: {', '.join(refused)}; the same command tries again"
    assert not (course.folder / "here").exists()


def test_a_dask_cluster_gives_the_same(course, tmp_path):
    for student in ON_DASK:
        (course.folder / "graded/tiny" / student / "result.json").unlink()
    with cluster(tmp_path, 2) as (address, _):
        said = course.grade(f"--scheduler={address}", code=1, timeout=3000)
    # Those and all that were refused.
    left = len({*ON_DASK, *(student for student, points, *_ in CLASS if points is REFUSED)})
    assert re.search(rf"60 submissions, {60 - left} graded before; tcp://", said), said
    assert differences(course) == [], said
