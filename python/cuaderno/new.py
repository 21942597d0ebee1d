"""A notebook to begin a report with."""

from pathlib import Path

import nbformat

from cuaderno.problem import Problem

KERNEL = {"display_name": "Rust (cuaderno)", "language": "rust", "name": "cuaderno"}
PROSE, CODE = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell


def write(name: Path, seed: int) -> Path:
    """Writes it; a notebook that is there already is left alone."""
    if not name.name:
        raise Problem("a notebook needs a name: `cuaderno new my-report`")
    path = name if name.suffix == ".ipynb" else name.with_name(f"{name.name}.ipynb")
    if path.exists():
        raise Problem(f"{path} is there already; choose another name")
    if not path.parent.is_dir():
        raise Problem(f"{path.parent} is no folder; make it first")
    notebook = nbformat.v4.new_notebook(cells=cells(path.stem, seed), metadata={"kernelspec": KERNEL})
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    nbformat.write(notebook, path)
    return path


def cells(title: str, seed: int):
    return [
        PROSE(f"# {title}\n\nWhat is asked, of which data, and what was found."),
        CODE(f"let seed: u64 = {seed};", metadata={"tags": ["parameters"]}),
        CODE('stamp(seed).data("reddit")'),
        PROSE("## The data"),
        CODE('let posts = read_posts(data("reddit/multimodal_train.tsv"))?;\ncount(&posts, "class")?'),
        CODE('bar(&count(&posts, "class")?, "class", "count")?.title("Posts by class")'),
        PROSE("What the figure shows, in a sentence.\n\n## The digest\n\nWho runs this again with the same data and seed gets the same one."),
        CODE('digest().of("posts by class", &count(&posts, "class")?)'),
    ]
