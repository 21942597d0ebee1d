"""A page of feedback in which no script of a submission runs.

Prose and results are HTML that a student wrote, and who opens the page is the instructor. Browsers run only scripts that bear the page's
nonce, a number that nobody could know beforehand (https://www.w3.org/TR/CSP3/#security-nonces): those of the page's head, which are nbgrader's.
"""

import re
import secrets

# MathJax, in the head, loads more of itself, and evaluates its settings.
POLICY = "script-src 'nonce-{nonce}' 'strict-dynamic' 'unsafe-eval'; object-src 'none'; frame-src 'none'; form-action 'none'; base-uri 'none'"


def guarded(page: str) -> str:
    head, end, rest = page.partition("</head>")
    nonce = secrets.token_hex(16)
    head = re.sub(r"<script\b", f'<script nonce="{nonce}"', head)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY.format(nonce=nonce)}">'
    return head.replace("<head>", f"<head>{policy}", 1) + end + rest
