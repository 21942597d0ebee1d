"""`fetch` against a server on this machine that does what servers do wrong. No test reaches out."""

import base64
import hashlib
import http.server
import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).resolve().parent.parent / "python"
sys.path.insert(0, str(PROGRAMS))

from cuaderno.command import cuaderno  # noqa: E402
from cuaderno.known_sets import KNOWN_SETS, KnownFile, KnownSet  # noqa: E402


def fetch(*arguments):
    """`cuaderno fetch …` in this process: its exit code."""
    try:
        cuaderno.main(["fetch", *arguments], standalone_mode=False)
    except SystemExit as end:
        return end.code
    return 0


BODY = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(BODY).hexdigest()
MD5 = hashlib.md5(BODY).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.asked.append((self.path, asked))
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        rest, status = BODY[begin:], 206 if asked else 200
        ranged = {"Content_Range": f"bytes {begin}-{len(BODY) - 1}/{len(BODY)}"} if asked else {}
        first = sum(path == self.path for path, _ in self.server.asked) == 1
        kind = self.path.split("/")[1]
        self.close_connection = True
        if kind == "missing":
            self.answer(404, b"no")
        elif kind == "login":
            self.answer(200, b"<html>sign in</html>", Content_Type="text/html; charset=utf-8")
        elif kind == "wrong":
            self.answer(200, BODY[::-1])
        elif kind == "cut" and first or kind == "always-cut":
            self.answer(status, rest[: len(rest) // 2], len(rest), **ranged)
        elif kind == "deaf":
            # Does not know ranges, and breaks off at first.
            self.answer(200, BODY[:1000] if first else BODY, len(BODY))
        elif kind == "other-range" and asked:
            self.answer(206, BODY[5:], Content_Range=f"bytes 5-{len(BODY) - 1}/{len(BODY)}")
        elif kind == "other-range":
            self.answer(200, BODY[:1000] if first else BODY, len(BODY))
        elif kind == "huge":
            self.answer(200, b"x", 10**15)
        elif kind == "busy" and first:
            self.answer(503, b"later")
        elif kind == "slow":
            self.send_response(status)
            self.send_header("Content-Length", str(len(rest)))
            for name, value in ranged.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            for at in range(0, len(rest), 16_000):
                self.wfile.write(rest[at : at + 16_000])
                self.wfile.flush()
                time.sleep(self.server.pause)
        elif kind == "google":
            md5 = base64.b64encode(self.server.md5).decode()
            self.answer(status, rest, X_Goog_Hash=f"crc32c=AAAAAA==, md5={md5}", **ranged)
        elif "/resolve/" in self.path:
            self.answer(302, b"", Location="/ok/stored", X_Linked_Etag=f'"{self.server.etag}"')
        elif kind == "zipped" or self.path.endswith("owner/photos"):
            if self.path.endswith("owner/photos") and not self.headers.get("Authorization"):
                return self.answer(401, b"who?")
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as archive:
                archive.writestr("cats/one.txt", "a cat")
                archive.writestr("../outside.txt", "no")
            self.answer(200, buffer.getvalue())
        else:
            self.answer(status, rest, **ranged)


@pytest.fixture
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.etag, server.pause = [], SHA256, 0.05
    server.md5 = hashlib.md5(BODY).digest()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith(("KAGGLE_", "HF_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CUADERNO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CUADERNO_FETCH_PAUSE", "0")
    return tmp_path / "cache"


def address(server, path):
    return f"http://127.0.0.1:{server.server_address[1]}/{path}"


def left(cache):
    """What an earlier try has left, and what is there under its own name."""
    files = [path for path in cache.rglob("*") if path.is_file() and path.name != ".lock"]
    return {path.name for path in files}


@pytest.mark.parametrize("kind", ["ok", "cut", "deaf", "other-range", "busy"])
def test_a_file_comes_whole(server, cache, kind):
    assert fetch(address(server, f"{kind}/file.bin"), "--sha256", SHA256) == 0
    assert (cache / "files" / "file.bin").read_bytes() == BODY
    assert left(cache) == {"file.bin"}
    if kind == "cut":
        # The second request asked for the other half only.
        assert [asked for _, asked in server.asked] == [None, f"bytes={len(BODY) // 2}-"]
    before = len(server.asked)
    assert fetch(address(server, f"{kind}/file.bin"), "--sha256", SHA256) == 0
    assert len(server.asked) == before, "what is there is not fetched again"


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("missing", "has no such file (404)"),
        ("login", "sends a web page instead of the file"),
        ("wrong", f"its publisher states {SHA256}; nothing of it was kept"),
        ("huge", "make room, or set CUADERNO_CACHE"),
    ],
)
def test_what_is_not_the_file_is_told_and_not_kept(server, cache, capsys, kind, part):
    assert fetch(address(server, f"{kind}/file.bin"), "--sha256", SHA256) == 1
    said = capsys.readouterr().err
    assert part in said and said.count("error:") == 1, said
    assert left(cache) == set()


def test_a_line_that_always_breaks_keeps_what_came(server, cache, capsys):
    assert fetch(address(server, "always-cut/file.bin"), "--sha256", SHA256) == 1
    said = capsys.readouterr().err
    assert "the next try goes on from there" in said
    assert left(cache) == {".file.bin.part"}
    # Each try brought half of what was missing.
    assert len(BODY) * 0.9 < (cache / "files" / ".file.bin.part").stat().st_size < len(BODY)


def test_no_network_is_one_line(cache, capsys):
    assert fetch("http://127.0.0.1:9/file.bin", "--sha256", SHA256) == 1
    said = capsys.readouterr().err
    assert "127.0.0.1:9 cannot be reached (Connection refused); check the network" in said, said
    assert left(cache) == set()


def test_a_known_set_is_found_at_its_second_address(server, cache, capsys, monkeypatch):
    files = tuple(KnownFile(f"{n}.bin", MD5, len(BODY), (address(server, "missing/x"), address(server, f"ok/{n}.bin"))) for n in "ab")
    monkeypatch.setitem(KNOWN_SETS, "letters", KnownSet("letters", "none", "nobody", "letters()?", files))
    assert fetch("letters") == 0
    assert left(cache) == {"a.bin", "b.bin"}
    assert "please cite: nobody" in capsys.readouterr().out
    fetch("--list")
    assert "here  letters" in capsys.readouterr().out
    # A mirror comes first.
    assert fetch("letters", "--remove") == 0 and left(cache) == set()
    server.asked.clear()
    assert fetch("letters", "--mirror", address(server, "ok")) == 0
    assert [path for path, _ in server.asked] == ["/ok/letters/a.bin", "/ok/letters/b.bin"]
    # A file that was damaged since is fetched again.
    (cache / "letters" / "a.bin").write_bytes(b"damaged")
    assert fetch("letters") == 0
    assert (cache / "letters" / "a.bin").read_bytes() == BODY


def test_a_file_of_the_hub_is_checked_by_what_the_hub_states(server, cache, monkeypatch, capsys):
    monkeypatch.setenv("HF_ENDPOINT", address(server, ""))
    assert fetch("hf:owner/model@v1:weights/model.safetensors") == 0
    assert (cache / "hf" / "owner--model" / "v1" / "model.safetensors").read_bytes() == BODY
    assert server.asked[0][0] == "/owner/model/resolve/v1/weights/model.safetensors"
    server.etag = "0" * 64
    assert fetch("hf:owner/other:model.safetensors") == 1
    assert "its publisher states 0000" in capsys.readouterr().err


def test_a_set_of_kaggles_needs_a_token(server, cache, capsys, monkeypatch, tmp_path):
    mirror = ["--mirror", address(server, "")]
    assert fetch("kaggle:owner/photos", *mirror) == 1
    assert "no token; kaggle.com, Settings" in capsys.readouterr().err
    monkeypatch.setenv("KAGGLE_USERNAME", "me")
    monkeypatch.setenv("KAGGLE_KEY", "secret")
    assert fetch("kaggle:owner/photos", "--unpack", *mirror) == 0
    assert (cache / "kaggle" / "owner--photos" / "photos" / "cats" / "one.txt").read_text() == "a cat"
    assert not list(tmp_path.rglob("outside.txt")) or all("photos" in path.parts for path in tmp_path.rglob("outside.txt"))


def program(server, path, **environment):
    command = [sys.executable, "-m", "cuaderno", "fetch", address(server, path), "--sha256", SHA256]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(PROGRAMS)} | environment)


def test_two_at_once_fetch_it_once(server, cache):
    both = [program(server, "slow/file.bin") for _ in range(2)]
    said = [one.communicate(timeout=60) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert len(server.asked) == 1
    assert any("is being fetched already" in err for _, err in said)


def test_what_was_stopped_goes_on(server, cache):
    server.pause = 0.3
    one = program(server, "slow/file.bin")
    part = cache / "files" / ".file.bin.part"
    deadline = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    one.send_signal(signal.SIGINT)
    _, err = one.communicate(timeout=30)
    assert one.returncode == 130 and "stopped; what has come is kept" in err and "Traceback" not in err, err
    server.pause = 0
    again = program(server, "slow/file.bin")
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    assert server.asked[-1][1].startswith("bytes=")
    assert Path(out.strip()).read_bytes() == BODY


def test_a_folder_that_cannot_be_written_is_told(cache, capsys):
    cache.write_text("a file stands here")
    assert fetch("http://127.0.0.1:9/file.bin") == 1
    assert "set CUADERNO_CACHE to a folder that can be written" in capsys.readouterr().err


@pytest.mark.parametrize("name, said", [("cifra10", "did you mean cifar10?"), ("qqq", "--list shows those that are known; hf:")])
def test_an_unknown_name_is_told_what_is_known(name, said, capsys):
    assert fetch(name) == 1
    assert said in capsys.readouterr().err


def test_weights_are_checked_by_what_the_server_states(server, cache, monkeypatch, capsys):
    file = KnownFile("weights", None, len(BODY), (address(server, "google/weights"),))
    for name in ("right", "wrong"):
        monkeypatch.setitem(KNOWN_SETS, name, KnownSet("weights", "free", "nobody", "right().pretrained()?", (file,)))
    assert fetch("right") == 0
    assert (cache / "right" / "weights").read_bytes() == BODY
    assert "in a cell: right().pretrained()?" in capsys.readouterr().out
    server.md5 = hashlib.md5(b"something else").digest()
    assert fetch("wrong") == 1
    assert "sent a file whose md5 is" in capsys.readouterr().err
    assert left(cache) == {"weights"} and not (cache / "wrong" / "weights").exists()


def test_the_table_is_whole():
    for name, known in KNOWN_SETS.items():
        assert known.about and known.licence and known.citation and known.read_by, name
        for file in known.files:
            assert file.bytes > 1000 and (file.md5 is None or len(bytes.fromhex(file.md5)) == 16), file
            assert all(place.startswith("http") for place in file.addresses), file
