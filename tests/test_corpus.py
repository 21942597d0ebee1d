"""`cargo xtask corpus`: snippets of others as cells, beside rustc."""

import json
import os
import subprocess
import sys
from pathlib import Path

CORPUS = Path(__file__).parent.parent / "crates" / "xtask" / "python" / "corpus.py"

PAGE = """# A page
```rust
fn main() {
    let words = vec!["a", "b"];
    println!("{}", words.join(" "));
}
```
```rust
let s = String::from("moved");
let t = s;
println!("{s}");
```
```rust
# // hidden lines are read, too
# fn half(x: f64) -> f64 { x / 2.0 }
println!("{}", half(3.0));
```
```rust,ignore
no Rust at all
```
```python
print("other languages are left out")
```
"""
# What a cell cannot do: keep what borrows for the next.
DIFFERS = "fn main() {\n    let v = vec![1, 2];\n    let first = &v[0];\n    println!(\"{first}\");\n}\n"


def corpus(folder, *options):
    run = subprocess.run([sys.executable, CORPUS, folder, *options], capture_output=True, text=True, check=False, env=os.environ)
    return run.returncode, [json.loads(line) for line in run.stdout.splitlines()], run.stderr


def test_what_agrees_is_counted_and_what_differs_is_shown(tmp_path):
    (tmp_path / "page.md").write_text(PAGE)
    (tmp_path / "program.rs").write_text(DIFFERS)
    status, differing, table = corpus(tmp_path)
    assert status == 0, table
    assert "4 snippets; rustc: {'ran': 3, 'refused': 1}" in table
    assert [(record["place"], record["way"]) for record in differing] == [("program.rs:1", "a statement a cell")]
    counts = {line[:22].strip(): line[22:].split()[:3] for line in table.splitlines() if line.endswith("as rustc has it")}
    assert counts == {"pasted": ["4", "of", "4"], "items, then main": ["2", "of", "2"], "a statement a cell": ["2", "of", "3"]}


def test_a_folder_without_snippets_is_refused(tmp_path):
    status, _, said = corpus(tmp_path)
    assert status == 2 and f"no snippets of Rust in {tmp_path}" in said
