"""Scripts of a submission do not run in its page of feedback, those of nbgrader do; as Chromium has it."""

import pytest

from browser import CHROMIUM, new_page
from cuaderno.grading.guarded import guarded

PAGE = """<!DOCTYPE html><html><head><title>before</title><script>window.ran = ["head"]; eval("window.ran.push('eval')");
const more = document.createElement("script"); more.textContent = "window.ran.push('more')"; document.head.append(more);</script></head><body>
<script>window.ran.push("body")</script><script nonce="0">window.ran.push("guessed")</script>
<img src="none" onerror="window.ran.push('error')"><a href="javascript:window.ran.push('link')">link</a><iframe src="data:text/html,frame"></iframe>
</head><script>window.ran.push("a second head")</script></body></html>"""


@pytest.mark.skipif(CHROMIUM is None, reason="`sudo apt install chromium`")
def test_only_scripts_of_the_head_run(tmp_path):
    with new_page() as page:
        found = {}
        for name, text in {"plain": PAGE, "guarded": guarded(PAGE)}.items():
            (tmp_path / f"{name}.html").write_text(text)
            page.goto((tmp_path / f"{name}.html").as_uri())
            page.get_by_text("link").click()
            found[name] = (sorted(page.evaluate("window.ran")), page.frames[-1].url.startswith("data:"))
    assert found["guarded"] == (["eval", "head", "more"], False)
    assert found["plain"] == (sorted(["head", "eval", "more", "body", "guessed", "error", "link", "a second head"]), True)


def test_no_two_pages_share_a_number():
    assert guarded(PAGE) != guarded(PAGE)
