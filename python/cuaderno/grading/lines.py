"""Texts of others as a line of ours."""

LONGEST = 240


def line_of(text) -> str:
    """A text in one line that can be printed and written anywhere: no line breaks, no control characters, not endless."""
    text = str(text)[: 4 * LONGEST].encode("utf-8", "backslashreplace").decode()
    line = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
