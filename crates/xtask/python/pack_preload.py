"""Packs the preload of a wheel, library and types; the first kernel unpacks it.

A wheel is a zip file of deflated files: LZMA takes a third less. What installs wheels has no better method in common: pip has Zstandard with
Python 3.14 only, and uv refuses LZMA in zip files. So the wheel holds archives, and the kernel, which has no more to be installed, unpacks them.
Empty files stay where the files will be, so that pip removes them.
"""

import json
import lzma
import os
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Packed and unpacked side by side.
PARTS = 4
# 6, the usual one, takes five times as long and gives 8 % less.
PRESET = 2


def pack(home: Path, folder: Path) -> list[Path]:
    """Makes archives of a folder's files, named as seen from `home`, and empties the files."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    archives = [home / f"{folder.name}-{number}.tar.lzma" for number in range(PARTS)]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(archive, archives, split(files), [home] * PARTS))
    for path in files:
        os.truncate(path, 0)
    return archives


def split(files: list[Path]) -> list[list[Path]]:
    """Neighbours together, in parts of much the same size."""
    part = sum(path.stat().st_size for path in files) / PARTS
    parts, before = [[] for _ in range(PARTS)], 0
    for path in files:
        size = path.stat().st_size
        parts[min(int((before + size / 2) / part), PARTS - 1)].append(path)
        before += size
    return parts


def archive(place: Path, files: list[Path], home: Path):
    # The format without checks of its own: the zip file has them.
    with lzma.open(place, "wb", format=lzma.FORMAT_ALONE, preset=PRESET) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        for path in files:
            tar.add(path, path.relative_to(home).as_posix(), filter=of_nobody)


def of_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without what is only of the machine that packs."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


def pack_installation(home: Path):
    """Packs the preload in a folder with a `preload.json`, which then names the archives."""
    manifest = home / "preload.json"
    known = json.loads(manifest.read_text(encoding="utf-8"))
    archives = pack(home, home / Path(known["dylib"]).parent)
    known["packed"] = [path.name for path in archives]
    manifest.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
