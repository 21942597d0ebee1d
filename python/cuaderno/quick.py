"""Imported first, Python starts in half the time: jsonschema, which everything of Jupyter imports, builds a parser from a grammar each time
(`rfc3987_syntax`, 0.7 to 1.5 s), for a format of addresses that no schema of Jupyter has.

Only in processes of our own: the packages of others find what they look for.
"""

import sys

# An import of it is an ImportError then, which jsonschema is prepared for.
sys.modules.setdefault("rfc3987_syntax", None)
