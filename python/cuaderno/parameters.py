"""Parameters of a notebook: what the cell tagged `parameters` declares, and a cell below it that sets other values, as papermill does."""

import math
import re

import nbformat

from cuaderno.problem import Problem

# let epochs: usize = 10; or const EPOCHS: usize = 10;
DECLARATION = re.compile(
    r"^\s*(?P<head>(?:let(?:\s+mut)?|const)\s+(?P<name>\w+)\s*(?::\s*(?P<type>[^=]+?))?)\s*=\s*(?P<value>.+?)\s*;\s*(?://\s*(?P<help>.*))?"
)


def declared(source: str) -> dict:
    """The declarations of a cell, by name."""
    return {found["name"]: found for found in map(DECLARATION.match, source.splitlines()) if found}


def assigned(found, value: str) -> str:
    """A declaration with another value; what was declared with a type keeps it, and a text needs no quotes."""
    if found["value"].startswith('"') and not value.startswith('"'):
        value = quoted(value)
    return f"{found['head'].rstrip()} = {value};"


def quoted(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
    return '"' + "".join(escapes.get(letter, letter) for letter in text) + '"'


def literal(value, found=None) -> str:
    """A value of Python's as Rust writes it; `found` is the declaration that it is for, whose type decides where there are several ways."""
    like = (found["type"] or found["value"]) if found else ""
    if value is None:
        return "None"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value}.0" if found and is_float(found) else str(value)
    if isinstance(value, float):
        kind = "f32" if "f32" in like else "f64"
        named = {math.inf: f"{kind}::INFINITY", -math.inf: f"{kind}::NEG_INFINITY"}
        return f"{kind}::NAN" if math.isnan(value) else named.get(value) or repr(value)
    if isinstance(value, str):
        return quoted(value) + (".to_owned()" if found and is_owned(found) else "")
    if isinstance(value, list):
        inner = ", ".join(literal(item) for item in value)
        return f"vec![{inner}]" if like.startswith(("Vec", "vec!")) else f"&[{inner}]" if like.startswith("&") else f"[{inner}]"
    raise TypeError(f"a {type(value).__name__} has no one form in Rust; parameters are numbers, texts, true and false, and lists of them")


FLOAT = re.compile(r"-?[\d_]+\.[\d_]*(?:[eE][-+]?\d+)?(?:f32|f64)?")


def is_float(found) -> bool:
    return found["type"] in ("f32", "f64") if found["type"] else FLOAT.fullmatch(found["value"]) is not None


def is_owned(found) -> bool:
    return found["type"] == "String" or found["value"].endswith((".to_owned()", ".to_string()", ".into()"))


def set_parameters(notebook, assignments, name):
    """Sets parameters, each `name=value`, in a cell of their own behind the one tagged `parameters`."""
    if not assignments:
        return
    tagged = (index for index, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))
    index = next(tagged, None)
    if index is None:
        raise Problem(f"{name} has no cell tagged `parameters`, so -p has nothing to set")
    known = declared(notebook.cells[index].source)
    injected = []
    for assignment in assignments:
        parameter, equals, value = assignment.partition("=")
        if not equals or not value.strip():
            raise Problem(f"-p {assignment}: expected NAME=VALUE, for example -p epochs=3")
        if parameter not in known:
            raise Problem(f"{name} has no parameter `{parameter}`; it has {', '.join(known) or 'none'}")
        injected.append(assigned(known[parameter], value))
    cell = nbformat.v4.new_code_cell("\n".join(injected), metadata={"tags": ["injected-parameters"]})
    if "id" not in notebook.cells[index]:
        cell.pop("id", None)  # a notebook format before 4.5
    rest = [cell for cell in notebook.cells[index + 1 :] if "injected-parameters" not in cell.metadata.get("tags", [])]
    notebook.cells[index + 1 :] = [cell, *rest]
