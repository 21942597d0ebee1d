"""Which notebooks are meant."""

import os
from pathlib import Path

import click

from cuaderno.home import home
from cuaderno.problem import Problem

# Run when none is named.
DEFAULT = "01-reddit-disinformation"


class Notebooks(click.ParamType):
    """A file, `all`, or the beginning of the name of one of the course's notebooks."""

    name = "notebook"

    def convert(self, value, param, ctx):
        return value if isinstance(value, list) else choose(value, there())

    def shell_complete(self, ctx, param, incomplete):
        names = [notebook.stem for notebook in there()] + ["all"]
        files = [click.shell_completion.CompletionItem(incomplete, type="file")]
        return [click.shell_completion.CompletionItem(name) for name in names if name.startswith(incomplete)] or files


def there():
    """The course's notebooks, in teaching order: those in `notebooks` below the current folder, or those that came with cuaderno."""
    own = sorted(Path("notebooks").resolve().glob("*.ipynb"))
    return own or sorted((home() / "notebooks").glob("*.ipynb"))


def choose(argument, there):
    """What an argument means."""
    if argument == "all":
        return there
    path = Path(argument)
    if path.is_file():
        if path.suffix != ".ipynb":
            raise Problem(f"`{argument}` is no notebook: those end in .ipynb")
        return [path.resolve()]
    found = next((notebook for notebook in there if argument and notebook.stem.startswith(argument)), None)
    if found is None:
        raise Problem(f"no notebook `{argument}`; there are {', '.join(notebook.stem for notebook in there)}")
    return [found]


def chosen(lists):
    """All that were named, each once; the first report of the course where none is."""
    return list(dict.fromkeys(notebook for named in lists or [choose(DEFAULT, there())] for notebook in named))


def folder_of(notebook, others):
    """Where below the reports' folder a notebook goes: of others with its name, into the part of its folder that they do not have in common."""
    namesakes = [other.parent for other in others if other.name == notebook.name]
    return notebook.parent.relative_to(os.path.commonpath(namesakes))
