"""Tables at addresses, through polars' own readers: a server on this machine stands for an object store."""

import http.server
import re
import threading
from pathlib import Path

import pytest


class Store(http.server.BaseHTTPRequestHandler):
    """Serves files of a folder, whole or in ranges, as object stores do."""

    protocol_version = "HTTP/1.1"
    folder: Path

    def do_HEAD(self):
        self.answer(with_body=False)

    def do_GET(self):
        self.answer(with_body=True)

    def answer(self, with_body):
        file = self.folder / self.path.lstrip("/")
        body = file.read_bytes() if file.is_file() else b""
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        self.send_response(404 if not file.is_file() else 206 if wanted else 200)
        if wanted and file.is_file():
            first, last = int(wanted[1]), min(int(wanted[2]), len(body) - 1)
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(body)}")
            body = body[first : last + 1]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def store(root):
    """The sample's posts and comments behind an address."""
    handler = type("SampleStore", (Store,), {"folder": root / "data" / "reddit"})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_tables_at_an_address_are_those_of_the_files(kernel, store, root):
    kernel.ok(f'let (near, far) = ("{root}/data/reddit/multimodal_train.tsv", "{store}/multimodal_train.tsv");')
    assert kernel.ok("read_posts(near)?.equals_missing(&read_posts(far)?)").result == "true"
    near, far = f"{root}/data/reddit/all_comments.tsv", f"{store}/all_comments.tsv"
    summaries = [kernel.ok(f'read_comments("{place}")?.summary()?').result for place in (near, far)]
    assert summaries[0] == summaries[1] and "2,500 rows" in summaries[0]


def test_an_address_without_a_file_is_one_error(kernel, store):
    assert "404 Not Found" in kernel.run(f'read_posts("{store}/nothing.tsv")?').error["evalue"]
