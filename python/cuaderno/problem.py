"""What goes wrong, in one line for the person at the terminal."""

import click


class Problem(click.ClickException):
    """What was asked, what was found, what to do."""
