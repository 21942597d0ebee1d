"""Points of a test cell, by its outputs; and what makes a submission worth a look."""

import re

# The error that a test gets which has none (preprocessors.py).
NO_POINTS = "no points"
# A test of ours says how many points it gives; one that does not has been kept from it.
GIVES_NUMBER = re.compile(r"\bcheck!")
# A macro of this name, another under this name, or a macro that names macros; looked for in code without comments and texts.
OWN_CHECK = re.compile(r"\bmacro_rules\s*!\s*((r#)?check\b|\$)|\buse\b[^;]*\b(r#)?check\b")
NO_CODE = re.compile(r"""r(#*)".*?"\1|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])'|/\*.*?\*/|//[^\n]*""", re.DOTALL)
# What an answer has no use for, and a forged score has: where, and what is said of it.
WORTH_A_LOOK = [
    (re.compile(r"\bfn\s+(share|same|close)\b"), "a test function of its own (`share`, `same` or `close`)"),
    (re.compile(r"\bmod\s+(grade|cuaderno)\b"), "a module with the name of ours"),
    (re.compile(r"nbgrader|gradebook|autograded|\.ipynb"), "words for what grades it"),
    (re.compile(r"/proc\b|ptrace|process_vm_writev"), "the files of other processes"),
    (re.compile(r"\binclude\s*!"), "code from a file"),
    (re.compile(r"EVCXR_BEGIN_CONTENT|no_mangle|\bdlopen\b|\basm!"), "what can stand in for the library"),
]
# Of prose and of what code shows: pages of feedback run none (guarded.py), Formgrader's do.
SCRIPT = re.compile(r"<(script|iframe|object|embed)\b|<[a-z][^>]*\son[a-z]+\s*=|\bjavascript:", re.IGNORECASE)


def points_of(cell, most: float) -> tuple:
    """Points of a test cell that was run, of `most`, and why there are none (empty where there are, and where they are simply 0).

    As nbgrader counts them (all for a cell that ran, or its result where that is a number), but for a cell that did not run, and for a
    `check!` whose result is no number from 0 to `most`: for these nbgrader gives everything.
    """
    if cell.get("execution_count") is None:
        return 0.0, "it did not run"
    results = [output for output in cell["outputs"] if output["output_type"] in ("execute_result", "error")]
    errors = [output for output in results if output["output_type"] == "error"]
    if errors:
        return 0.0, str(errors[0].get("evalue")) if errors[0].get("ename") == NO_POINTS else ""
    number = number_of(results[0]) if results else None
    if number is None:
        needed = GIVES_NUMBER.search(cell["source"])
        return (0.0, "its `check!` gave no points") if needed else (most, "")
    if not 0 <= number <= most:
        return 0.0, f"it says {number:g} of {most:g} points"
    return number, ""


def forged(test: str, cells, given: list) -> bool:
    """Whether a student's cell (one whose text is not `given` by the instructor) says what the `check!` of a test is."""
    return bool(GIVES_NUMBER.search(test)) and any(has_own_check(cell) for cell in cells if cell["source"] not in given)


def has_own_check(cell) -> bool:
    return cell["cell_type"] == "code" and OWN_CHECK.search(NO_CODE.sub(" ", cell["source"])) is not None


def number_of(result):
    """The number that a result shows, perhaps NaN; None if it is no number."""
    text = result.get("data", {}).get("text/plain", "")
    try:
        return float(text if isinstance(text, str) else "".join(text))
    except (TypeError, ValueError):
        return None


def worth_a_look(cells, given: list) -> list:
    """What a student's own cells (those whose text is not `given` by the instructor) hold that an answer has no use for, each in a line."""
    lines = []
    for number, cell in enumerate(cells, start=1):
        if cell["source"] in given:
            continue
        if cell["cell_type"] == "code":
            lines += [f"cell {number} has a `check!` of its own"] if has_own_check(cell) else []
            lines += [f"cell {number} has {what}" for pattern, what in WORTH_A_LOOK if pattern.search(cell["source"])]
        if any(SCRIPT.search(text) for text in pages_of(cell)):
            lines.append(f"cell {number} has a script, which runs in Formgrader")
    return lines


def pages_of(cell):
    """What of a cell becomes part of a page as it is: its prose, or the HTML and SVG that it shows."""
    if cell["cell_type"] != "code":
        yield cell["source"]
    for output in cell.get("outputs", []):
        for kind in ("text/html", "text/markdown", "image/svg+xml"):
            found = output.get("data", {}).get(kind, "")
            yield found if isinstance(found, str) else "".join(map(str, found))
