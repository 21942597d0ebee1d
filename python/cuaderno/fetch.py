"""Fetches data and weights into a cache that all notebooks share.

NAME is a known set (`--list`), a file of the Hugging Face hub (`hf:OWNER/REPOSITORY@REVISION:FILE`), a set of Kaggle's
(`kaggle:OWNER/SET`, with the token of ~/.kaggle/kaggle.json), or any address. What was interrupted goes on where it stopped; a
file is there only when its checksum is right. Nothing is fetched unless it is asked for here.
"""

import base64
import contextlib
import difflib
import fcntl
import hashlib
import json
import os
import re
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import click
import requests
import urllib3
from tqdm import tqdm

from cuaderno.known_sets import KNOWN_SETS
from cuaderno.problem import Problem

PIECE = 1 << 16
TRIES = 4
# Seconds to connect, and between two pieces.
PATIENCE = (15, 60)
# A proxy, certificates and tokens of the user's own are heeded by `requests`: HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE.
MIRROR = "CUADERNO_MIRROR"
HUB = "https://huggingface.co"
KAGGLE = "https://www.kaggle.com/api/v1/datasets/download"


@dataclass(frozen=True)
class Choice:
    """What was said beside the names."""

    unpack: bool = False
    mirror: str | None = None
    # As in `Wanted`.
    checksum: tuple | None = None


@dataclass(frozen=True)
class Wanted:
    """A file to fetch."""

    name: str
    addresses: tuple
    # The name of the algorithm, and the checksum in hexadecimal digits.
    checksum: tuple | None = None
    bytes: int | None = None
    headers: dict = field(default_factory=dict)
    # Headers of an answer that may state one; see `stated_in`.
    checksum_headers: tuple = ()
    user: tuple | None = None


def cache():
    """Where files are kept; cells look there, too."""
    if chosen := os.environ.get("CUADERNO_CACHE"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cuaderno" / "data"


def wanted_files(name, choice):
    """The folder below the cache, and the files that a name stands for."""
    if name in KNOWN_SETS:
        mirror = choice.mirror or os.environ.get(MIRROR)
        from_mirror = (lambda file: (f"{mirror.rstrip('/')}/{name}/{file.name}",)) if mirror else (lambda file: ())
        return name, [
            Wanted(
                file.name, from_mirror(file) + file.addresses, ("md5", file.md5) if file.md5 else None, file.bytes, checksum_headers=("X-Linked-Etag", "X-Goog-Hash")
            )
            for file in KNOWN_SETS[name].files
        ]
    if found := re.fullmatch(r"hf:([\w.-]+/[\w.-]+)(?:@([\w./-]+))?:([\w./ -]+)", name):
        repository, revision, file = found[1], found[2] or "main", found[3]
        hub = (choice.mirror or os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")
        token = os.environ.get("HF_TOKEN")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        address = f"{hub}/{repository}/resolve/{quote(revision, safe='')}/{quote(file)}"
        folder = Path("hf") / repository.replace("/", "--") / revision.replace("/", "--")
        return folder, [Wanted(Path(file).name, (address,), choice.checksum, headers=headers, checksum_headers=("X-Linked-Etag",))]
    if found := re.fullmatch(r"kaggle:([\w-]+/[\w-]+)", name):
        base = choice.mirror or KAGGLE
        file = found[1].split("/")[1] + ".zip"
        return Path("kaggle") / found[1].replace("/", "--"), [
            Wanted(file, (f"{base.rstrip('/')}/{found[1]}",), choice.checksum, user=kaggle_token())
        ]
    parts = urlsplit(name)
    if parts.scheme in ("http", "https"):
        file = Path(unquote(parts.path)).name or "index"
        if not choice.checksum:
            print(f"{file}: without --sha256 nobody can tell whether the right file comes", file=sys.stderr)
        return Path("files"), [Wanted(file, (name,), choice.checksum)]
    near = difflib.get_close_matches(name, KNOWN_SETS, 1)
    meant = f", did you mean {near[0]}?" if near else ";"
    raise Problem(f"no set is called {name!r}{meant} --list shows those that are known; hf:OWNER/REPOSITORY:FILE, kaggle:OWNER/SET and addresses are taken, too")


def kaggle_token():
    if os.environ.get("KAGGLE_USERNAME") and os.environ.get("KAGGLE_KEY"):
        return os.environ["KAGGLE_USERNAME"], os.environ["KAGGLE_KEY"]
    path = Path(os.environ.get("KAGGLE_CONFIG_DIR") or Path.home() / ".kaggle") / "kaggle.json"
    try:
        token = json.loads(path.read_text(encoding="utf-8"))
        return token["username"], token["key"]
    except (OSError, ValueError, KeyError, TypeError):
        raise Problem(f"{path}: no token; kaggle.com, Settings, Create New Token makes this file") from None


@contextlib.contextmanager
def alone(folder):
    """Two that fetch the same wait for each other."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(f"{folder.name}: is being fetched already; waiting for that", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetch(wanted, folder):
    """The path of the file, which is there when this returns."""
    path = folder / wanted.name
    if path.is_file() and is_right(path, wanted):
        return path
    part = folder / f".{wanted.name}.part"
    problems = []
    for address in wanted.addresses:
        try:
            checksum = fetch_from(address, wanted, part)
            check(part, wanted, checksum)
        except Problem as problem:
            problems.append(f"{wanted.name}: {urlsplit(address).netloc} {problem}")
            continue
        part.replace(path)
        return path
    raise Problem("\n".join(problems))


def is_right(path, wanted):
    if wanted.checksum is None:
        return True
    algorithm, expected = wanted.checksum
    if digest(path, algorithm) == expected:
        return True
    print(f"{path}: is not what its publisher states; it is fetched again", file=sys.stderr)
    return False


def fetch_from(address, wanted, part):
    """Adds to the part that is there until it is whole; returns the checksum that the server stated."""
    stated = None
    for attempt in range(TRIES):
        begun = part.stat().st_size if part.exists() else 0
        try:
            stated, is_whole = add(address, wanted, part, stated)
            if is_whole:
                return stated
            trouble = "broke off"
        except (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError) as error:
            trouble = f"cannot be reached ({reason(error)})"
        except requests.RequestException as error:
            raise Problem(f"cannot be asked ({reason(error)}); check the address") from None
        except OSError as error:
            raise Problem(f"could not be kept: {part}: {error.strerror}; make room, or set CUADERNO_CACHE to another disk") from None
        has_come = part.exists() and part.stat().st_size > begun
        if attempt + 1 < TRIES:
            time.sleep(0 if has_come else min(2**attempt, 4) * float(os.environ.get("CUADERNO_FETCH_PAUSE", "1")))
    kept = part.stat().st_size / 1e6 if part.exists() else 0
    rest = f"; {kept:.1f} MB are kept, and the next try goes on from there" if kept else ""
    raise Problem(f"{trouble}; check the network (behind a proxy, set HTTPS_PROXY), then try again{rest}")


def add(address, wanted, part, stated):
    """One request: what it adds to the part; the checksum that was stated, and whether the file is whole."""
    begun = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "cuaderno", "Accept-Encoding": "identity", **wanted.headers}
    if begun:
        headers["Range"] = f"bytes={begun}-"
    with requests.get(address, headers=headers, auth=wanted.user, stream=True, timeout=PATIENCE) as answer:
        for one in [*answer.history, answer]:
            for header in wanted.checksum_headers:
                stated = stated_in(one.headers.get(header, "")) or stated
        if answer.status_code == 416 and begun:
            # Nothing lies behind what is there.
            return stated, True
        if answer.status_code in (401, 403):
            raise Problem("asks who you are: this needs a token, or its conditions accepted on the publisher's page")
        if answer.status_code == 404:
            raise Problem("has no such file (404); check the name, or the publisher's page for where it has gone")
        if answer.status_code >= 500 or answer.status_code == 429:
            raise requests.ConnectionError(f"the server says {answer.status_code}")
        if answer.status_code not in (200, 206):
            raise Problem(f"says {answer.status_code} {answer.reason}")
        if answer.headers.get("Content-Type", "").startswith("text/html") and not wanted.name.endswith((".html", ".htm")):
            raise Problem("sends a web page instead of the file: a login, a network's sign-in, or a question of its publisher's; open the address in a browser")
        if answer.status_code == 206:
            begins = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
            if not begins or int(begins[1]) != begun:
                part.unlink(missing_ok=True)
                return stated, False
        else:
            begun = 0
        length = answer.headers.get("Content-Length")
        total = begun + int(length) if length else wanted.bytes
        check_room(part, total, begun)
        with open(part, "ab" if begun else "wb") as out, progress(wanted.name, total, begun) as line:
            # Read below the level at which requests would unpack what is packed.
            while piece := answer.raw.read(PIECE):
                out.write(piece)
                line.update(len(piece))
        return stated, total is None or part.stat().st_size >= total


def stated_in(header):
    """The Hugging Face hub states a SHA-256 in hexadecimal digits, Google's storage `crc32c=…, md5=…` in base64."""
    if found := re.search(r"md5=([\w+/]+=*)", header):
        return "md5", base64.b64decode(found[1]).hex()
    digits = header.strip('"').lower()
    return ("sha256", digits) if re.fullmatch("[0-9a-f]{64}", digits) else None


def progress(name, total, begun):
    return tqdm(
        total=total, initial=begun, desc=name, unit="B", unit_scale=True, unit_divisor=1000, mininterval=0.2 if sys.stderr.isatty() else 5,
        disable=total is not None and total < 100_000,
    )


def check_room(part, total, begun):
    free = shutil.disk_usage(part.parent).free
    if total is not None and total - begun > free:
        raise Problem(f"would send {(total - begun) / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free in {part.parent}; make room, or set CUADERNO_CACHE")


def check(part, wanted, stated):
    """Takes away what is not the file that its publisher states."""
    expected = wanted.checksum or stated
    if expected is None:
        print(f"{wanted.name}: sha256 {digest(part, 'sha256')}", file=sys.stderr)
        return
    algorithm, right = expected
    found = digest(part, algorithm)
    if found != right:
        part.unlink()
        raise Problem(f"sent a file whose {algorithm} is {found}, its publisher states {right}; nothing of it was kept, try again or use --mirror")


def digest(path, algorithm):
    found = hashlib.new(algorithm, usedforsecurity=False)
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def reason(error):
    """The innermost of the errors within errors."""
    while error.args and isinstance(error.args[0], Exception):
        error = error.args[0]
    inner = getattr(error, "reason", None)
    text = str(inner or error) or type(error).__name__
    text = re.sub(r"\[Errno -?\d+\] ", "", text.rpartition(": ")[2])
    return text.strip("'()\" ")[:200]


def unpack(archive):
    """An archive's content in a folder beside it; entries that would lead out of it are refused."""
    folder = archive.with_name(re.sub(r"\.(zip|tar|tgz|tar\.\w+)$", "", archive.name))
    if folder.is_dir():
        return folder
    half = archive.with_name(f".{folder.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    kinds = {"filter": "data"} if archive.suffix != ".zip" else {}
    try:
        shutil.unpack_archive(archive, half, **kinds)
    except (shutil.ReadError, OSError, ValueError, EOFError) as error:
        shutil.rmtree(half, ignore_errors=True)
        raise Problem(f"{archive}: cannot be unpacked ({error})") from None
    half.replace(folder)
    return folder


def listing():
    """The known sets, and which are here."""
    lines = []
    for name, known in KNOWN_SETS.items():
        is_here = all((cache() / name / file.name).is_file() for file in known.files)
        lines.append(f"{name:21} {known.bytes / 1e6:6.0f} MB  {'here' if is_here else '    '}  {known.about}; licence: {known.licence}")
        lines.append(f"{'':21} {known.read_by}; {known.citation}")
    return "\n".join(lines)


def remove(name):
    """Takes a set, or a file, out of the cache."""
    folder = cache() / wanted_files(name, Choice())[0]
    if not folder.is_dir():
        raise Problem(f"{name} is not in {cache()}")
    shutil.rmtree(folder)
    click.echo(f"{name}: removed from {cache()}")


def bring(name, choice):
    """Fetches all files of a name, and says where they are."""
    below, files = wanted_files(name, choice)
    folder = cache() / below
    try:
        with alone(folder):
            for wanted in files:
                path = fetch(wanted, folder)
                click.echo(unpack(path) if choice.unpack else path)
    except OSError as error:
        raise Problem(f"{error.filename or cache()}: {error.strerror}; set CUADERNO_CACHE to a folder that can be written") from None
    if name in KNOWN_SETS:
        click.echo(f"in a cell: {KNOWN_SETS[name].read_by}; please cite: {KNOWN_SETS[name].citation}")
