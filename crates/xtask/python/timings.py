"""Writes the table that the estimate of the time left rests on, from pages of `cargo build -p cuaderno --timings` in empty target folders:
`timings.py QUIET.html BUSY.html > crates/xtask/timings/cold_build.txt`.
"""

import json
import re
import sys
from pathlib import Path

HEAD = """\
# A cold build of the preload, by `cargo build -p cuaderno --timings` on two cores, read by python/timings.py.
# crate, seconds that its units took together, seconds after the start when its library was done, and the same on a busy machine"""


def crates(page: str) -> dict:
    """Seconds of work and time of the library's end for each crate."""
    units = json.loads(re.search(r"const UNIT_DATA = (\[.*?\]);\n", Path(page).read_text(encoding="utf-8"), re.S)[1])
    found = {}
    for unit in units:
        seconds, ends = found.setdefault(unit["name"], (0.0, []))
        is_library = "build-script" not in unit["target"]
        found[unit["name"]] = seconds + unit["duration"], ends + [unit["start"] + unit["duration"]] * is_library
    return {name: (seconds, min(ends)) for name, (seconds, ends) in found.items() if ends}


def main():
    quiet, busy = map(crates, sys.argv[1:])
    print(HEAD)
    for name, (seconds, end) in sorted(quiet.items(), key=lambda crate: crate[1][1]):
        print(f"{name} {seconds:.1f} {end:.1f} {busy[name][1]:.1f}")


if __name__ == "__main__":
    main()
