"""Runs what others wrote as cells, beside rustc: `corpus.py FOLDER [--limit N] [--only TEXT]`.

Snippets are the Rust blocks of Markdown files and whole `.rs` files below FOLDER that need nothing but the standard library. Each is compiled and run as a program, and
given to the kernel in three ways: pasted whole, its items as one cell and `main`'s statements as the next, and a statement a cell. A way is right if it prints what the program
prints, or is refused with the program's errors, or panics with its words. What differs is printed as one JSON object a line, the table goes to standard error.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from queue import Empty

from jupyter_client.manager import KernelManager

RUSTC = os.environ.get("RUSTC", "rustc")
SECONDS = 20
# Not to be run: they need somebody to type, a network, another crate, a nightly compiler, or they end the process.
UNFIT = re.compile(
    r"stdin\(\)|TcpListener|TcpStream|extern crate|#!\[feature|process::exit|#!\[no_std|#!\[crate_type|\basm!|#\[test\]|loop \{\s*\}|env!\(|include_(str|bytes)!|^\s*(pub )?mod \w+;|\btrpl\b|\bcrate::\w+::\w+;|File::|fs::",
    re.MULTILINE,
)
CRATES = re.compile(r"^\s*use (?!std\b|core\b|alloc\b|self\b|super\b|crate\b)([a-z_]+)::", re.MULTILINE)
ERROR_CODE = re.compile(r"error\[(E\d+)\]")
# Names that only the generated source has, and its file: no message shows them.
INTERNAL = re.compile(r"\b__[a-z]\w*|\w+\.cell\.rs|/tmp/\S+")


def snippets(folder):
    """Where each stands, and its text; each text once."""
    seen = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".md", ".rs") or "target" in path.parts:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for line, code in markdown_blocks(text) if path.suffix == ".md" else [(1, text)]:
            local = {name for name in re.findall(r"\b(?:mod|enum|trait|struct) (\w+)", code)}
            foreign = [name for name in CRATES.findall(code) if name not in local]
            if code.strip() and code not in seen and not UNFIT.search(code) and not foreign:
                seen.add(code)
                yield f"{path.relative_to(folder)}:{line}", code


def markdown_blocks(text):
    block, start, is_rust = None, 0, False
    for number, line in enumerate(text.splitlines(), 1):
        fence = re.match(r"^\s*```+\s*(.*)$", line)
        if fence and block is None:
            words = re.split(r"[\s,{}]+", fence[1])
            is_rust = "rust" in words and not {"ignore", "compile_fail", "should_panic", "no_run"} & set(words)
            block, start = [], number + 1
        elif fence:
            if is_rust:
                yield start, "\n".join(block) + "\n"
            block = None
        elif block is not None:
            # What the page hides.
            block.append(re.sub(r"^(\s*)# ?(?=$|\S|\s)(?!\[|!)", r"\1", line) if line.lstrip().startswith(("# ", "#\n")) or line.strip() == "#" else line)


def rustc(code, folder, is_file):
    """What a program prints, or why it is refused: (kind, text). A block without `main` is its body, a file without one has nothing to run."""
    build = tempfile.TemporaryDirectory(prefix="corpus-program-")
    source, program = Path(build.name) / "program.rs", Path(build.name) / "program"
    has_main = re.search(r"^\s*(pub )?(async )?fn main\s*\(", code, re.MULTILINE)
    attributes = "".join(re.findall(r"^#!\[.*\]\n", code, re.MULTILINE))
    body = re.sub(r"^#!\[.*\]\n", "", code, flags=re.MULTILINE)
    wrapped = f"{code}\nfn main() {{}}\n" if is_file else f"{attributes}fn main() {{\n{body}\n}}\n"
    source.write_text(code if has_main else wrapped, encoding="utf-8")
    built = subprocess.run(
        [RUSTC, "--edition=2024", "-A", "warnings", "-o", program, source], capture_output=True, text=True, check=False
    )
    if built.returncode != 0:
        return "refused", " ".join(sorted(set(ERROR_CODE.findall(built.stderr)))) or "syntax"
    try:
        ran = subprocess.run([program], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=SECONDS, cwd=folder, check=False, errors="replace")
    except subprocess.TimeoutExpired:
        return "endless", ""
    if ran.returncode != 0:
        panic = re.search(r"panicked at [^\n]*\n([^\n]*)", ran.stderr)
        return "panicked", panic[1] if panic else ran.stderr.strip().rpartition("\n")[2]
    return "ran", ran.stdout


class Notebook:
    """A kernel of its own for each snippet."""

    def __init__(self, folder):
        self.manager = KernelManager(kernel_name="cuaderno")
        self.manager.start_kernel(cwd=str(folder))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, cells):
        """What the cells print together, or how the first that fails does."""
        printed = []

        def hook(message):
            content = message["content"]
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                printed.append(content["text"])

        for cell in cells:
            try:
                reply = self.client.execute_interactive(cell, timeout=SECONDS + 40, output_hook=hook, allow_stdin=False)["content"]
            except (TimeoutError, Empty):
                return "endless", ""
            if reply["status"] == "error":
                text = reply["evalue"] + "\n".join(reply["traceback"])
                internal = set(INTERNAL.findall(text)) - set(INTERNAL.findall(cell))
                if internal:
                    return "shows what is internal", " ".join(sorted(internal)) + "\n" + text
                if reply["ename"] == "panic":
                    return "panicked", reply["evalue"]
                return "refused", " ".join(sorted(set(ERROR_CODE.findall(text)))) or reply["evalue"]
        return "ran", "".join(printed)


def ways(code):
    """The cells of each way."""
    code = re.sub(r"^#!\[.*\]\n", "", code, flags=re.MULTILINE)
    items, main = split_main(code)
    yield "pasted", [code]
    if main is not None and "return" not in main:
        yield "items, then main", [cell for cell in (items, main) if cell.strip()]
    body = main if main is not None else code
    if not re.search(r"\breturn\b", body):
        # What stands on its own line without a name to find it by stays with the statement after it.
        cells = [items] if main is not None and items.strip() else []
        yield "a statement a cell", cells + statements(body)


def split_main(code):
    """The code without `fn main`, and that function's body; the body is `None` where there is no such function."""
    found = re.search(r"^[ \t]*(?:pub )?fn main\s*\(\s*\)[^{]*\{", code, re.MULTILINE)
    if not found:
        return code, None
    end = block_end(code, found.end() - 1)
    return code[: found.start()] + code[end + 1 :], code[found.end() : end]


def tokens(code):
    """Each character that is code, with its place: not those of strings, characters and comments."""
    at = 0
    skipped = re.compile(r'//[^\n]*|/\*.*?\*/|b?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?\'(?:\\[^\n]*?|[^\'\\\n])\'', re.DOTALL)
    while at < len(code):
        found = skipped.match(code, at)
        if found and found.end() > at:
            at = found.end()
            continue
        yield at, code[at]
        at += 1


def block_end(code, start):
    depth = 0
    for at, character in tokens(code[start:]):
        depth += (character in "{[(") - (character in "}])")
        if depth == 0:
            return start + at
    return len(code)


def statements(code):
    """The statements of a body; one that begins with a comment keeps it."""
    pieces, start, depth = [], 0, 0
    for at, character in tokens(code):
        depth += (character in "{[(") - (character in "}])")
        ends = depth == 0 and (character == ";" or character == "}" and begins_statement(code[at + 1 :]))
        if ends:
            pieces.append(code[start : at + 1])
            start = at + 1
    pieces.append(code[start:])
    has_code = lambda piece: any(not character.isspace() for _, character in tokens(piece)) or '"' in piece
    joined = []
    for piece in pieces:
        if has_code(piece):
            joined.append(piece.strip("\n"))
        elif joined and piece.strip():
            joined[-1] += piece.rstrip()
    return joined


def begins_statement(rest):
    """Whether what follows a closing brace is another statement, and not the rest of this one."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", rest, flags=re.DOTALL).lstrip()
    return not re.match(r"else\b|[.?;,)\]}&|=+*/<>-]|as\b", text) or text.startswith("&mut ") or text == ""


def agree(expected, found):
    kind, text = expected
    if kind != found[0]:
        return False
    if kind == "ran":
        return text == found[1]
    if kind == "panicked":
        return text.strip()[:60] in found[1]
    return kind == "endless" or bool(set(text.split()) & set(found[1].split())) or "syntax" in text


def main():
    parser = argparse.ArgumentParser(prog="cargo xtask corpus", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=None, help="how many snippets at most, spread over all")
    parser.add_argument("--only", default="", help="those whose place holds this text")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is no folder")
    found = [(place, code) for place, code in snippets(options.folder) if options.only in place]
    if options.limit and len(found) > options.limit:
        found = [found[number * len(found) // options.limit] for number in range(options.limit)]
    if not found:
        parser.error(f"no snippets of Rust in {options.folder}")
    total, right, kinds = Counter(), Counter(), Counter()
    for number, (place, code) in enumerate(found, 1):
        print(f"\r{number} of {len(found)}: {place[-60:]:60}", end="", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
            is_file = place.endswith(".rs:1")
            expected = rustc(code, Path(folder), is_file)
            again = rustc(code, Path(folder), is_file) if expected[0] == "ran" else expected
            kinds[expected[0]] += 1
            if expected[0] == "endless" or again != expected:
                kinds["not compared: endless, or other text each time"] += 1
                continue
            for way, cells in ways(code):
                if way != "pasted" and expected[0] == "refused":
                    continue
                notebook = Notebook(folder)
                try:
                    got = notebook.run(cells)
                finally:
                    notebook.close()
                total[way] += 1
                if agree(expected, got):
                    right[way] += 1
                else:
                    record = {"place": place, "way": way, "rustc": expected, "cells_said": got, "cells": cells}
                    print(json.dumps(record, ensure_ascii=False), flush=True)
    print(f"\r{len(found)} snippets; rustc: {dict(kinds)}{' ' * 60}", file=sys.stderr)
    for way in total:
        print(f"{way:22} {right[way]:5} of {total[way]:5} as rustc has it", file=sys.stderr)


if __name__ == "__main__":
    main()
