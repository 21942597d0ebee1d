"""The command `cuaderno`: each subcommand is declared here and done in a module of its own, which is imported when it is needed."""

import math
import os
import signal
import sys
from pathlib import Path

from cuaderno import quick  # noqa: F401, before what it makes quicker

import click
from click.shell_completion import get_completion_class

from cuaderno import home
from cuaderno.choose import Notebooks, chosen, folder_of
from cuaderno.problem import Problem

PASSED_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False}


def parameter(ctx, param, values):
    for value in values:
        if "=" not in value:
            raise Problem("-p needs NAME=VALUE, for example `-p full=true`")
    return values


notebooks = click.argument("notebooks", nargs=-1, type=Notebooks(), metavar="[NOTEBOOK]…")
parameters = click.option(
    "-p", "parameters", multiple=True, metavar="NAME=VALUE", callback=parameter,
    help="Another value for a parameter, which the notebook's cell tagged `parameters` declares; may be repeated.",
)


def print_version(ctx, _, wanted):
    if wanted and not ctx.resilient_parsing:
        click.echo(f"cuaderno {home.version()}")
        ctx.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=print_version, help="Which cuaderno this is.")
def cuaderno():
    """Notebooks in Rust for deep-learning coursework.

    CUADERNO_DATA names a folder of real data; without it notebooks use the sample that comes with cuaderno.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while no cell runs: the end, without a traceback
    data = os.environ.get("CUADERNO_DATA")
    if data and not Path(data).is_dir():
        raise Problem(f"CUADERNO_DATA is `{data}`, which is no folder")
    if data:
        os.environ["CUADERNO_DATA"] = os.path.abspath(data)  # notebooks run in their own folders


@cuaderno.command(context_settings=PASSED_ON, options_metavar="[OPTION]…")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="")
def lab(options):
    """Open JupyterLab in this folder, on this machine only; options go to `jupyter lab`."""
    from cuaderno.lab import run

    run(options)


@cuaderno.command()
@notebooks
@parameters
@click.option("--pdf", is_flag=True, help="Write .pdf too, by the Chromium (or Chrome) of this machine.")
@click.option("--no-code", "code", flag_value="none", help="Leave the code out of page and PDF; the notebook keeps it.")
@click.option("--fold-code", "code", flag_value="folded", help="Fold each cell's code, to be opened by a click.")
@click.option("--toc", "contents", is_flag=True, help="Begin page and PDF with a table of contents.")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), default="reports", help="The folder to write to (reports).")
def report(notebooks, parameters, pdf, code, contents, to):
    """Run notebooks and write .ipynb and .html, to read and to hand in.

    A NOTEBOOK is a path, a number such as 01, or `all`; 01 if none is named.
    """
    from cuaderno.page import Look
    from cuaderno.report import report

    asked, look = chosen(notebooks), Look(code or "shown", contents)
    each(asked, lambda notebook: report(notebook, to.resolve() / folder_of(notebook, asked), parameters, pdf, look))


def number(_context, _option, value):
    """Refuses what compares as equal to everything."""
    if math.isnan(value):
        raise click.BadParameter("nan is no number.")
    return value


@cuaderno.command()
@notebooks
@parameters
@click.option(
    "--tolerance", type=click.FloatRange(0, sys.float_info.max), callback=number, default=0.0, metavar="T",
    help="Let numbers pass that differ by at most T, or by T of their size where that is above 1 (0: to the last digit).",
)
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="A folder for NAME.differences.html, where all differences stand side by side.")
def verify(notebooks, parameters, tolerance, to):
    """Run notebooks again and compare each cell with the outputs they hold.

    Notebooks without outputs, and those with -p, are compared with a second run.
    """
    from cuaderno.verify import verify

    each(chosen(notebooks), lambda notebook: verify(notebook, parameters, tolerance, to and to.resolve()))


def each(notebooks, run):
    """Does something with each notebook, whichever fail, until Ctrl-C."""
    from cuaderno.execution import STOPPED

    problems = []
    for notebook in notebooks:
        try:
            run(notebook)
        except Problem as problem:
            problems.append(problem.message)
            click.echo(f"error: {problem.message}", err=True)
            if STOPPED in problem.message:
                break
    if problems:
        sys.exit(1)


@cuaderno.command()
@click.argument("course", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER")
@click.option("--assignment", metavar="NAME", help="Which of those in source/ (not needed where there is but one).")
@click.option("--jobs", type=click.IntRange(1), help="Submissions at once on this machine (as many as it has cores).")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="Time for a submission to run, and as long again for its feedback (900).")
@click.option("--gigabytes", type=click.FloatRange(0, min_open=True), help="Memory for each of its processes (4).")
@click.option("--unprotected", is_flag=True, help="Grade even where Linux keeps neither network nor files from submissions.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="A Dask cluster to grade on instead of this machine.")
def grade(course, **options):
    """Grade a class: source/ and submitted/ of FOLDER in; gradebook, autograded/ and graded/ out."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from cuaderno.grading.grade_class import Options, grade

    try:
        grade(Options(course, **{name: value for name, value in options.items() if value is not None}))
    except KeyboardInterrupt:
        click.echo("stopped; the same command goes on where it was", err=True)
        sys.exit(130)


def checksum(ctx, param, digits):
    return (param.name, digits.lower()) if digits else None


@cuaderno.command()
@click.argument("names", nargs=-1, metavar="NAME…")
@click.option("--list", "lists", is_flag=True, help="The known sets, and which are here.")
@click.option("--remove", "removes", is_flag=True, help="Take these out of the cache.")
@click.option("--unpack", is_flag=True, help="Unpack archives into a folder beside them.")
@click.option("--mirror", metavar="ADDRESS", help="Look there first: ADDRESS/SET/FILE (also by CUADERNO_MIRROR).")
@click.option("--sha256", metavar="HEX", callback=checksum, help="What an address, or a file of the hub, must be.")
@click.option("--md5", metavar="HEX", callback=checksum, help="The same, where only this is stated.")
def fetch(names, lists, removes, unpack, mirror, sha256, md5):
    """Bring data and weights into a cache that all notebooks share.

    A NAME is a known set (--list), a file of the Hugging Face hub (hf:OWNER/REPOSITORY@REVISION:FILE), a set of Kaggle's
    (kaggle:OWNER/SET), or an address. What was interrupted goes on where it stopped.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from cuaderno.fetch import Choice, bring, listing, remove

    if lists:
        click.echo(listing())
    elif not names:
        raise click.UsageError("name what to fetch; --list shows what is known")
    if (sha256 or md5) and len(names) > 1:
        raise click.UsageError("a checksum is that of one file; fetch the others by themselves")
    choice = Choice(unpack, mirror, sha256 or md5)
    try:
        each(names, lambda name: remove(name) if removes else bring(name, choice))
    except KeyboardInterrupt:
        click.echo("\nstopped; what has come is kept, and the next try goes on from there", err=True)
        sys.exit(130)


@cuaderno.command()
@click.argument("name", metavar="NAME")
@click.option("--seed", type=click.IntRange(0), default=2026, help="The seed of the report (2026).")
def new(name, seed):
    """Begin a notebook NAME.ipynb: parameters, stamp, and a digest at its end."""
    from cuaderno.new import write

    click.echo(f"{write(Path(name), seed)}: `cuaderno lab` opens it, `cuaderno report` runs it")


@cuaderno.command()
def doctor():
    """Say what is here, what is missing, and what to do; to be sent with a question."""
    from cuaderno.doctor import examine

    sys.exit(examine())


user = click.option("--user", is_flag=True, help="For every Jupyter of yours on this machine.")
prefix = click.option("--prefix", type=click.Path(file_okay=False, path_type=Path), help="For the Jupyter below DIR, or every user's (/usr/local).")


@cuaderno.command()
@user
@prefix
def install(user, prefix):
    """Show the kernel to another Jupyter than the one beside this command."""
    from cuaderno.register import register

    click.echo(f"{register(user, prefix)}: Jupyter finds the kernel there")


@cuaderno.command()
@user
@prefix
def uninstall(user, prefix):
    """Take back what `install` did."""
    from cuaderno.register import unregister

    click.echo(f"{unregister(user, prefix)}: removed")


@cuaderno.command()
@prefix
@click.option("--remove", "removes", is_flag=True, help="Take it back.")
def evcxr(prefix, removes):
    """Show stock evcxr_jupyter, with this library in it, as a second kernel.

    It is yours to install: `cargo install --locked evcxr_jupyter`. What it cannot do is said in the student guide.
    """
    from cuaderno import evcxr

    if removes:
        click.echo(f"{evcxr.remove(prefix)}: removed")
    else:
        click.echo(f"{evcxr.install(prefix)}: choose \"{evcxr.DISPLAY_NAME}\"")


@cuaderno.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell):
    """Print what makes a shell complete this command.

    For bash: cuaderno completion bash > ~/.local/share/bash-completion/completions/cuaderno
    """
    click.echo(get_completion_class(shell)(cuaderno, {}, "cuaderno", "_CUADERNO_COMPLETE").source())


@cuaderno.command(hidden=True, add_help_option=False, context_settings=PASSED_ON)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def check(words):
    """Read the arguments of a command without running it: `cargo xtask` asks before a build of minutes."""
    name, *arguments = words
    cuaderno.commands[name].make_context(f"cuaderno {name}", arguments)


def main():
    try:
        sys.exit(cuaderno.main(prog_name="cuaderno", standalone_mode=False))
    except click.UsageError as problem:
        hint = f"; `{problem.ctx.command_path} --help` shows what there is" if problem.ctx else ""
        click.echo(f"error: {problem.format_message().rstrip('.')}{hint}", err=True)
        sys.exit(2)
    except click.ClickException as problem:
        click.echo(f"error: {problem.format_message()}", err=True)
        sys.exit(1)
    except click.Abort:
        sys.exit(130)
