"""Twenty mistakes that beginners make, and what they read. The texts stand in mistakes.txt, to be read by people, too.

After a change of a text that is meant: `CUADERNO_WRITE_SNAPSHOTS=1 .venv/bin/pytest tests/test_mistakes.py`, and read the difference."""

import os
import re
from pathlib import Path

SNAPSHOTS = Path(__file__).with_name("mistakes.txt")
ANSI = re.compile(r"\x1b\[[0-9;]*m")

BEFORE = """let table = df!("class" => ["a", "b"], "ups" => [1, 2])?;
let names = vec![String::from("ana"), String::from("bo")];
let count_of_rows = 2;
struct Score { points: f64 }"""

MISTAKES = [
    ("a forgotten semicolon", "let rows = table.height()\nrows + 1"),
    ("a parenthesis left open", "println!(\"{}\", table.height()"),
    ("single quotes around text", "count(&table, 'class')?"),
    ("a plain value where an option is wanted", "table.head(5)"),
    ("an assignment without let", "total = 3;"),
    ("a name with a slip", "count_of_row + 1"),
    ("a value that was moved", "let other = names;\nnames.len()"),
    ("a variable that is not mut", "let sum = 0;\nsum += 1;"),
    ("a comparison of numbers of two kinds", "let share = 0.5;\nshare > count_of_rows"),
    ("a text where a number is wanted", 'let n: i32 = "3";'),
    ("an integer where a float is wanted", "Score { points: 3 }"),
    ("a field that is not there", "Score { points: 1.0 }.point"),
    ("a function of Python", "len(names)"),
    ("a print of Python", 'print("hello")'),
    ("a loop of Python", "for name in names:\n    name"),
    ("a magic of IPython", "%matplotlib inline"),
    ("an import of Python", "import pandas as pd"),
    ("a crate that is not there", "use rayonn::prelude::*;"),
    ("an index of another type", "let at: i32 = 1;\nnames[at]"),
    ("a column that is not there", 'table.column("clas")?'),
    ("a match that forgets a case", "match table.get(0) { Some(_) => 1 }"),
    ("too few arguments", "count(&table)?"),
]


def test_what_beginners_read(kernel):
    kernel.ok(BEFORE)
    texts = []
    for title, code in MISTAKES:
        # Each after the same cells, and none of them counted.
        error = kernel.run(code, store_history=False).error
        text = ANSI.sub("", "\n\n".join(error["traceback"]))
        text = "\n".join(line.rstrip() for line in text.splitlines())
        texts.append(f"# {title}\n{code}\n\n{re.sub(r'cell [0-9]+', 'cell N', text)}\n")
        assert not re.search(r"/tmp/|\.rs:\d|__cuaderno|::rt::", text), text
    found = "\n".join(texts)
    if os.environ.get("CUADERNO_WRITE_SNAPSHOTS"):
        SNAPSHOTS.write_text(found)
    assert found == SNAPSHOTS.read_text()
