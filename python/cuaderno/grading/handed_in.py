"""What a student handed in: its files, and which notebook of the assignment each notebook is, whatever it is called by now."""

import hashlib
import json
import os
import re
import unicodedata
from pathlib import Path, PurePosixPath

# Of a student's folder. Far more than a report needs; less than would fill a grader's memory.
MOST_FILES, MOST_BYTES, DEEPEST = 2000, 1 << 30, 30
# Of a notebook that is read here, without a limit to memory; nbgrader, within its limits, says what is wrong with a larger one.
READ_HERE = 8 << 20
LEFT_BY_SYSTEMS = {".ipynb_checkpoints", "__pycache__", "__MACOSX", ".git"}
BOM = b"\xef\xbb\xbf"
# What browsers and JupyterLab add to a name that is taken.
COPY = re.compile(r"[ _-]*(\(\d+\)|copy\d*|kopie|copia)$", re.IGNORECASE)


class Refused(Exception):
    """Why a submission is not graded, in a line."""


def files_in(folder: Path) -> list:
    """The plain files in a folder, by their names below it, sorted; a link may lead to what only the instructor can read."""
    names, left, size = [], [(folder, 0)], 0
    while left:
        place, depth = left.pop()
        if depth > DEEPEST:
            raise Refused(f"its folders lie more than {DEEPEST} deep in one another")
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    left += [] if entry.name in LEFT_BY_SYSTEMS else [(Path(entry.path), depth + 1)]
                elif entry.is_file(follow_symlinks=False) and not entry.name.startswith("._"):
                    names.append(str(Path(entry.path).relative_to(folder)))
                    size += entry.stat(follow_symlinks=False).st_size
                    if len(names) > MOST_FILES:
                        raise Refused(f"it has more than {MOST_FILES} files")
                    if size > MOST_BYTES:
                        raise Refused(f"it is larger than {MOST_BYTES >> 20} MB")
    return sorted(names)


def checksum_of(path: Path) -> str:
    sums = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            sums.update(piece)
    return sums.hexdigest()


def arranged(files: dict, cells: dict) -> tuple:
    """The files as nbgrader looks for them (every notebook of the assignment by its name, at the top), and remarks.

    A notebook is taken by its name; else by its name without what a second download adds; else by the assignment's cells in it.
    """
    notebooks = {name: content.removeprefix(BOM) for name, content in files.items() if name.endswith(".ipynb")}
    if not notebooks:
        raise Refused("no notebook was handed in" if files else "the folder is empty")
    names, remarks, taken = cells["notebooks"], [], {}
    for alike in [exactly, nearly, lambda wanted, name: shared(wanted, notebooks[name], cells) > 0]:
        for wanted in names:
            left = [name for name in notebooks if name not in taken.values() and alike(wanted, name)]
            if wanted not in taken and left:
                taken[wanted] = max(left, key=lambda name: (-name.count("/"), shared(wanted, notebooks[name], cells), name))
    if not taken and len(names) == len(notebooks) == 1:
        taken = {names[0]: next(iter(notebooks))}
    if not taken:
        raise Refused(f"none of its notebooks ({', '.join(sorted(notebooks))}) is {' or '.join(f'{name}.ipynb' for name in names)}")
    for wanted in names:
        if wanted not in taken:
            remarks.append(f"{wanted}.ipynb was not handed in")
        elif taken[wanted] != f"{wanted}.ipynb":
            remarks.append(f"`{taken[wanted]}` was taken for {wanted}.ipynb")
    others = sorted(set(notebooks) - set(taken.values()))
    if others:
        remarks.append(f"not graded, beside the assignment's: {', '.join(others[:5])}{' …' if len(others) > 5 else ''}")
    kept = {name: content for name, content in files.items() if name not in notebooks}
    return kept | {f"{wanted}.ipynb": notebooks[name] for wanted, name in taken.items()}, remarks


def without_broken(files: dict) -> tuple:
    """The files without notebooks that nbgrader could not read, and what is wrong with those; Refused where no other is left."""
    notebooks = {name: content for name, content in files.items() if name.endswith(".ipynb")}
    broken = {name: why for name, content in notebooks.items() if (why := why_no_notebook(content))}
    if len(broken) == len(notebooks):
        raise Refused("; ".join(f"{name} is no notebook: {why}" for name, why in broken.items()))
    return {name: content for name, content in files.items() if name not in broken}, [f"{name} is no notebook: {why}" for name, why in broken.items()]


def why_no_notebook(content: bytes) -> str:
    """Why a file cannot be read as a notebook; empty where it can, as far as is seen here."""
    if len(content) > READ_HERE:
        return ""
    try:
        found = json.loads(content.decode())
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeDecodeError as problem:
        return f"no text in UTF-8 (byte {problem.start})"
    except UnicodeEncodeError as problem:
        return f"it has half a character ({ascii(problem.object[problem.start])})"
    except ValueError as problem:
        return f"no JSON ({problem})" if content.strip() else "it is empty"
    except RecursionError:
        return "JSON that is nested too deep"
    cells = found.get("cells", found.get("worksheets")) if isinstance(found, dict) else None
    if not isinstance(cells, list):
        return "JSON without cells"
    if not isinstance(found.get("metadata"), dict):
        return "it has no metadata"
    whole = [isinstance(cell, dict) and (isinstance(cell.get("source"), (str, list)) or "cells" not in found) for cell in cells]
    return "" if all(whole) else f"cell {whole.index(False) + 1} is none"


def exactly(wanted: str, name: str) -> bool:
    return PurePosixPath(name).stem == wanted


def nearly(wanted: str, name: str) -> bool:
    return plain(PurePosixPath(name).stem) == plain(wanted)


def plain(name: str) -> str:
    """Without accents, capitals, blanks, and what says that it is a copy."""
    name = COPY.sub("", name.strip())
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def shared(wanted: str, content: bytes, cells: dict) -> int:
    """How many of the assignment's cells a notebook has, without reading it as a notebook, which it may not be."""
    known = {cell["cell"] for kind in ("tests", "written") for cell in cells[kind].values() if cell["notebook"] == wanted}
    known |= {name for notebook, name, _ in cells["answers"] if notebook == wanted}
    return len(known & {name.decode("utf-8", "replace") for name in re.findall(rb'"grade_id"\s*:\s*"([^"\\]{1,200})"', content)})
