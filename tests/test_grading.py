"""nbgrader as it is, with our configuration: every kind of submission gets the points that an instructor expects."""

import nbformat
import pytest

from nbgrader_course import RIGHT, WRONG, Course

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def reddit(tmp_path_factory):
    """Submissions of every kind, graded and with feedback."""
    course = Course(tmp_path_factory.mktemp("reddit"), "reddit")
    right, wrong = RIGHT["reddit"], WRONG["reddit"]
    course.submit("right", right)
    course.submit("half", {"balanced": right["balanced"], "capitals": wrong["capitals"]["half"]})
    course.submit("wrong", {task: solutions["wrong"] for task, solutions in wrong.items()})
    course.submit("untouched", {})
    course.submit("does-not-compile", right | {"capitals": wrong["capitals"]["does not compile"]})
    course.submit("panics", right | {"loudest": wrong["loudest"]["panics"]})
    course.submit("talks", right | {"capitals": right["capitals"] + '\nprintln!("0");\nlet unused = 1;\ncapitals("ABC")'})
    course.nbgrader("autograde", "reddit", timeout=800)
    course.submit("endless", right | {"capitals": wrong["capitals"]["endless"]})
    course.nbgrader("autograde", "reddit", "--Execute.timeout=20")
    course.nbgrader("generate_feedback", "reddit")
    return course


STUDENTS = {"right", "half", "wrong", "untouched", "does-not-compile", "endless", "panics"}


def test_the_release_shows_no_solutions(reddit):
    text = reddit.release.read_text(encoding="utf-8")
    assert 'todo!(\\"your code here\\")' in text
    assert "downsample(" not in text and "BEGIN" not in text and "other alphabets" not in text and "YOUR ANSWER HERE" in text


@pytest.mark.parametrize(
    "student, balanced, capitals, loudest",
    [
        ("right", 4, 3, 3),  # although it writes to stderr
        ("half", 4, 1, 0),  # two of four titles: one point of two
        ("wrong", 3, 0, 0),  # all posts: both classes, none twice, the same each time
        ("untouched", 0, 0, 0),
        ("does-not-compile", 4, 0, 3),
        ("endless", 4, 0, 3),  # the cell is stopped, the ones after it run
        ("panics", 4, 3, 0),
    ],
)
def test_points(reddit, student, balanced, capitals, loudest):
    expected = {"balanced-test": balanced, "capitals-test": capitals, "loudest-test": loudest}
    assert reddit.points(student) == expected


def feedback(course, student):
    page = course.folder / "feedback" / student / course.assignment / f"{course.assignment}.html"
    return page.read_text(encoding="utf-8")


def test_feedback_says_what_was_expected(reddit):
    assert "2 of 4 right" in feedback(reddit, "half")
    assert "not written yet: your code here" in feedback(reddit, "untouched")
    assert "index out of bounds" in feedback(reddit, "panics")
    assert "mismatched" in feedback(reddit, "does-not-compile") or "this method takes 0 arguments" in feedback(reddit, "does-not-compile")
    assert all("\x1b[" not in feedback(reddit, student) for student in STUDENTS)


@pytest.fixture(scope="module")
def cifar10(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("cifar10"), "cifar10")
    right = RIGHT["cifar10"]
    course.submit("right", right)
    # A network for another size of picture, and training that forgets the learning rate.
    half = {"network": right["network"].replace("[3, 32, 32]", "[3, 64, 64]"), "gap": right["gap"]}
    course.submit("half", half)
    course.submit("misfit", right | {"network": right["network"].replace("flatten, ", "")})
    course.nbgrader("autograde", "cifar10")
    return course


@pytest.mark.parametrize(
    "student, network, shape, learn, gap",
    [
        ("right", 3, 1, 4, 2),
        ("half", 1, 0, 0, 2),  # 64 by 64 compiles where it must not
        ("misfit", 0, 0, 0, 2),  # no flatten before dense: the network itself does not compile
    ],
)
def test_points_of_a_network(cifar10, student, network, shape, learn, gap):
    expected = {"network-test": network, "shape-test": shape, "learn-test": learn, "gap-test": gap}
    assert cifar10.points(student) == expected


@pytest.fixture(scope="module")
def tour(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("tour"), "tour")
    course.submit("right", RIGHT["tour"])
    kinds = {"portion": "in whole numbers", "liked": "lowest first", "network": "other filters"}
    course.submit("wrong", {task: WRONG["tour"][task][kind] for task, kind in kinds.items()})
    course.nbgrader("autograde", "tour")
    return course


@pytest.mark.parametrize("student, portion, liked, network, shape", [("right", 2, 4, 3, 1), ("wrong", 0, 2, 1, 1)])
def test_points_of_the_tour(tour, student, portion, liked, network, shape):
    expected = {"portion-test": portion, "liked-test": liked, "network-test": network, "shape-test": shape}
    assert tour.points(student) == expected


def test_output_never_confuses_nbgrader(reddit):
    """A number printed, shown or left over in a solution cell, rich results without numbers: none is taken for points."""
    assert reddit.points("talks") == {"balanced-test": 4, "capitals-test": 3, "loudest-test": 3}
    graded = nbformat.read(reddit.folder / "autograded" / "talks" / "reddit" / "reddit.ipynb", as_version=4)
    results = [output for cell in graded.cells for output in cell.get("outputs", []) if output.output_type == "execute_result"]
    assert results and all(output.data["text/plain"].strip() for output in results)
