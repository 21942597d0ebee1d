"""Two outputs of a cell beside one another: whether they say the same, how they differ, and what that tells.

Left out are only what was said not to be reproducible: the outputs of cells tagged `volatile`, and in outputs whose metadata has `stable`
(times, the stamp's machine and version of cuaderno) everything but that text.
"""

import base64
import difflib
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# A difference is shown in so many lines of so many characters.
LINES, WIDTH = 12, 100
NUMBER = re.compile(r"(?<![\w.])[-−]?(?:\d+(?:_\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?|NaN|inf)(?![\w.]*[A-Za-z_])")
# What a digest says: sums of bits, which no tolerance can compare.
DIGEST = re.compile(r"(?m)^all +[0-9a-f]{16}$")
ROWS = 'the same lines in another order: a group-by or a join has none; sort the table before it is shown, `.ascending("column")?`'
ENTRIES = "the same entries in another order: a HashMap or HashSet has none, and shows another in each run; use a BTreeMap or BTreeSet, or sort"


@dataclass
class Shown:
    """What one output showed: a text by format. Two outputs are the same if what they have in common is."""

    what: str
    content: dict

    def of(self, mime):
        article = "an" if self.what[0] in "eo" else "a"
        return f"{article} {self.what}" + (f" ({mime})" if mime else "")


def shown(cell) -> list:
    """What a cell showed, as two equal runs have it in common."""
    if "volatile" in cell.metadata.get("tags", []):
        return []
    pieces, stderr = [], ""
    for output in cell.outputs:
        kind = output.output_type
        if kind == "stream" and output.name == "stderr":
            # It comes through a channel of its own: its place between the other outputs is a matter of chance.
            stderr += output.text
        elif kind == "stream":
            if pieces and pieces[-1].what == "text":
                pieces[-1] = Shown("text", {"": pieces[-1].content[""] + output.text})
            else:
                pieces.append(Shown("text", {"": output.text}))
        elif kind == "error":
            pieces.append(Shown("error", {"": COLOURS.sub("", f"{output.ename}: {output.evalue}")}))
        elif "stable" in output.metadata:
            if output.metadata["stable"]:
                pieces.append(Shown(name(kind), {"text without times": output.metadata["stable"]}))
        else:
            pieces.append(Shown(name(kind), {mime: text(output.data[mime]) for mime in sorted(output.data)}))
    return pieces + ([Shown("stderr", {"": stderr})] if stderr else [])


def name(kind):
    return {"execute_result": "result", "display_data": "output", "update_display_data": "output"}.get(kind, kind)


def text(content):
    return content if isinstance(content, str) else json.dumps(content, sort_keys=True)


@dataclass
class Difference:
    """A difference of two runs of a cell: what it is, in a line; the two texts (None where one has nothing), their format; what it tells."""

    title: str
    old: str | None
    new: str | None
    mime: str = ""
    tells: str = ""
    brief: bool = False

    def lines(self) -> list:
        """As a terminal shows it; the title alone says enough where it is `brief`."""
        if self.brief:
            return [self.title]
        if self.old is None or self.new is None:
            content = self.old if self.new is None else self.new
            return [self.title, *(content.splitlines()[:5] or [""])]
        return [self.title, *compare(self.mime, self.old, self.new), *([self.tells] if self.tells else [])]


class Comparison:
    """Compares cells: exactly, or numbers with a tolerance; `largest` is the largest difference of numbers that was let pass, `sums` how many
    digests were not compared."""

    def __init__(self, first="the stored notebook", tolerance=0.0):
        self.first, self.tolerance, self.largest, self.sums = first, tolerance, 0.0, 0

    def difference(self, before: list, now: list):
        """The first difference of what two runs of a cell showed; None if there is none."""
        for old, new in zip(before, now):
            # A picture may be kept in one format of two.
            common = [mime for mime in old.content if mime in new.content]
            if old.what != new.what or not common:
                firsts = [next(iter(shown.content.items())) for shown in (old, new)]
                kinds = [shown.of(mime) for shown, (mime, _) in zip((old, new), firsts)]
                texts = ["a picture" if mime.startswith("image/") else content for mime, content in firsts]
                return Difference(f"{self.first} has {kinds[0]} here, this run {kinds[1]}", *texts, brief=True)
            if found := self.of_formats(old, new, common):
                return found
        for more, who in [(before[len(now) :], self.first), (now[len(before) :], "this run")]:
            if more:
                mime, content = next(iter(more[0].content.items()))
                texts = (content, None) if who == self.first else (None, content)
                return Difference(f"only {who} has {more[0].of(mime)}:", *texts, mime)
        return None

    def of_formats(self, old, new, common):
        # Of a picture that is drawn in numbers, the numbers are compared.
        drawn = self.tolerance > 0 and "image/svg+xml" in common
        for mime in common:
            if (drawn and mime == "image/png") or self.same(mime, old.content[mime], new.content[mime]):
                continue
            texts = old.content[mime], new.content[mime]
            return Difference(f"{old.of(mime)} differs:", *texts, mime, what_it_tells(mime, *texts))
        return None

    def same(self, mime, old, new) -> bool:
        if old == new:
            return True
        if self.tolerance <= 0 or (mime.startswith("image/") and not mime.endswith("xml")):
            return False
        if DIGEST.search(old) and DIGEST.search(new):
            self.sums += 1
            return True
        # Columns are as wide as their numbers.
        rest = [re.sub(r"[\s─═━-]+", " ", NUMBER.sub("0", content)) for content in (old, new)]
        numbers = [[number(found) for found in NUMBER.findall(content)] for content in (old, new)]
        if rest[0] != rest[1] or len(numbers[0]) != len(numbers[1]):
            return False
        far = max(map(distance, *numbers), default=0.0)
        if far > self.tolerance:
            return False
        self.largest = max(self.largest, far)
        return True


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("_", ""))


def distance(old: float, new: float) -> float:
    """How far two numbers are apart, in parts of the larger one where that is above 1."""
    if old == new or (old != old and new != new):
        return 0.0
    far = abs(old - new) / max(1.0, abs(old), abs(new))
    return far if far == far else float("inf")


def what_it_tells(mime, old, new) -> str:
    """Of what is there twice, in another order: what to do about it."""
    if mime.startswith("image/"):
        return ""
    if mime == "text/html":
        # Rows, not cells: two values that have changed places are no other order.
        rows = [re.findall(r"<tr.*?</tr>", content, re.DOTALL) for content in (old, new)]
        return ROWS if rows[0] and Counter(rows[0]) == Counter(rows[1]) else ""
    if Counter(old.splitlines()) == Counter(new.splitlines()):
        return ENTRIES if re.search(r"[{\[]$", old, re.MULTILINE) else ROWS
    entries = [Counter(piece.strip(" {}[]()\n") for piece in content.split(",")) for content in (old, new)]
    return ENTRIES if re.search(r"[{\[]", old) and entries[0] == entries[1] else ""


def compare(mime, old, new) -> list:
    if mime.startswith("image/") and not mime.endswith("xml"):
        sizes = [len(base64.b64decode(content)) for content in (old, new)]
        digests = [hashlib.sha256(content.encode()).hexdigest()[:12] for content in (old, new)]
        return [f"- a picture of {sizes[0]} bytes, {digests[0]}", f"+ a picture of {sizes[1]} bytes, {digests[1]}"]
    lines = difflib.unified_diff(readable(mime, old), readable(mime, new), n=1, lineterm="")
    lines = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    left = len(lines) - LINES
    return lines[:LINES] + ([f"… {left} lines more"] if left > 0 else [])


def readable(mime, content) -> list:
    """Lines no longer than a terminal's; HTML and SVG come in few long ones, so there each element gets its own."""
    if mime in ("text/html", "image/svg+xml"):
        content = re.sub(r">\s*<", ">\n<", content)
    return [piece for line in content.splitlines() for piece in re.findall(rf".{{1,{WIDTH}}}", line) or [""]]
