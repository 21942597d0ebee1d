"""Makes wheels of projects whose files are in place: `package_wheels.py PROJECT… DIST`, and says what in them is large.

What is a wheel already is taken as it is.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

from pack_preload import pack_installation
from platform_tag import platform

SHOWN = 12


def build(project: Path, dist: Path) -> Path:
    if project.suffix == ".whl":
        return Path(shutil.copy(project, dist))
    before = set(dist.glob("*.whl"))
    environment = {**os.environ, "CUADERNO_PLATFORM": platform(project / "prefix")}
    if (home := project / "prefix" / "lib" / "cuaderno").is_dir():
        pack_installation(home)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", dist]
    subprocess.run(command, cwd=project, env=environment, check=True, stdout=subprocess.DEVNULL)
    [wheel] = set(dist.glob("*.whl")) - before
    return wheel


def kind(name: str) -> str:
    """What a file in a wheel belongs to."""
    path = Path(name)
    if path.suffix == ".lzma":
        return "the library and the types of its crates, packed"
    inside = path.parts[path.parts.index("lib") + 2 :] if "lib" in path.parts else path.parts
    if path.suffix == ".rmeta":
        return "the standard library's types"
    if path.suffix == ".rlib":
        return "the standard library's code"
    return next((part for part in inside if part in ("data", "notebooks", "docs", "assignments", "licences")), path.name)


def main():
    *projects, dist = map(Path, sys.argv[1:])
    dist.mkdir(exist_ok=True)
    for old in dist.glob("cuaderno*.whl"):
        old.unlink()
    sizes, total = Counter(), 0
    for project in projects:
        wheel = build(project, dist)
        total += wheel.stat().st_size
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.0f} MB", file=sys.stderr)
        for member in zipfile.ZipFile(wheel).infolist():
            sizes[kind(member.filename)] += member.compress_size
    for name, size in sizes.most_common(SHOWN):
        print(f"{size / 1e6:8.1f} MB  {name}", file=sys.stderr)
    print(f"{total / 1e6:8.1f} MB  together", file=sys.stderr)


if __name__ == "__main__":
    main()
