"""Which Linux a wheel is for: one with a C library as old as what is inside allows."""

import re
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile


def platform(folder: Path) -> str:
    """The tag of https://peps.python.org/pep-0600 for all programs and libraries in a folder."""
    needed = [version for path in sorted(folder.rglob("*")) if path.is_file() for version in glibc_versions(path)]
    major, minor = max(needed)
    return f"manylinux_{major}_{minor}_x86_64"


def glibc_versions(path: Path):
    """The versions of the C library whose symbols a file wants."""
    with path.open("rb") as file:
        try:
            wanted = ELFFile(file).get_section_by_name(".gnu.version_r")
        except ELFError:  # no program
            return
        for _, versions in wanted.iter_versions() if wanted else []:
            for version in versions:
                if found := re.fullmatch(r"GLIBC_(\d+)\.(\d+)(\.\d+)?", version.name):
                    yield int(found[1]), int(found[2])
