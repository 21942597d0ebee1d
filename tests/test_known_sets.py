"""Sets known by name, in the structure of their publishers' files, read from the cache that `cuaderno fetch` fills."""

import gzip
import io
import os
import struct
import tarfile
from pathlib import Path

import pytest

from clone import ROOT, code_cells, head_of
from conversation import conversation


def idx(sides, values):
    return gzip.compress(bytes([0, 0, 8, len(sides)]) + struct.pack(f">{len(sides)}I", *sides) + bytes(values))


def archive(path, files):
    with tarfile.open(path, "w:gz") as out:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            out.addfile(entry, io.BytesIO(content))


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    for name in ("mnist", "cifar10", "cifar100"):
        (cache / name).mkdir()
    for part, count in (("train", 30), ("t10k", 10)):
        (cache / "mnist" / f"{part}-images-idx3-ubyte.gz").write_bytes(idx([count, 28, 28], [n % 256 for n in range(count * 784)]))
        (cache / "mnist" / f"{part}-labels-idx1-ubyte.gz").write_bytes(idx([count], [n % 10 for n in range(count)]))
    record = lambda labels, value: bytes(labels) + bytes([value]) * 3072
    archive(
        cache / "cifar10" / "cifar-10-binary.tar.gz",
        {f"cifar-10-batches-bin/data_batch_{n}.bin": b"".join(record([label], n) for label in range(10)) for n in range(1, 6)}
        | {"cifar-10-batches-bin/test_batch.bin": b"".join(record([label], 9) for label in range(10))}
        | {"cifar-10-batches-bin/batches.meta.txt": b"airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n"},
    )
    names = "".join(f"class{n}\n" for n in range(100)).encode()
    archive(
        cache / "cifar100" / "cifar-100-binary.tar.gz",
        {"cifar-100-binary/train.bin": b"".join(record([n // 5, n], n) for n in range(100)), "cifar-100-binary/test.bin": record([0, 0], 1)}
        | {"cifar-100-binary/fine_label_names.txt": names, "cifar-100-binary/coarse_label_names.txt": names},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUADERNO_CACHE", str(cache))
        with conversation() as kernel:
            yield kernel


def test_mnist(kernel):
    kernel.ok("let train = mnist(Split::Train)?;\nlet test = mnist(Split::Test)?;")
    assert kernel.ok("(train.len(), test.len(), train.size(), train.class_names().len())").result == "(30, 10, [28, 28], 10)"
    assert kernel.ok("train.picture(1)?.as_rgb().get_pixel(2, 0).0").result == f"[{(784 + 2) % 256}, {(784 + 2) % 256}, {(784 + 2) % 256}]"
    kernel.ok("cnn! { Digits: [1, 28, 28] => [flatten, dense(10), softmax] }\nlet mut model = Digits::new(1);\nmodel.fit(&train, &Fit::new().epochs(1).quiet())?;")


def test_cifar(kernel):
    kernel.ok("let train = cifar10(Split::Train)?;")
    assert kernel.ok("(train.len(), cifar10(Split::Test)?.len(), train.class_names()[9].clone())").result == '(50, 10, "truck")'
    some = kernel.ok('cifar100(Split::Train)?.only_classes(&["class7", "class3"])?.class_counts()').result
    assert some == '[("class7", 1), ("class3", 1)]'


def test_the_reports_read_the_official_archives(kernel, tmp_path):
    sample = ROOT / "data" / "cifar100-25"
    strange = bytes([0, 99]) + bytes(3072)
    cache = Path(os.environ["CUADERNO_CACHE"])
    whole = {name: (sample / name).read_bytes() for name in ("train.bin", "test.bin", "fine_label_names.txt")}
    archive(
        tmp_path / "cifar100.tar.gz",
        {f"cifar-100-binary/{name}": content + (strange if name.endswith("bin") else b"") for name, content in whole.items()}
        | {"cifar-100-binary/coarse_label_names.txt": b"group\n" * 20},
    )
    (tmp_path / "cifar100.tar.gz").replace(cache / "cifar100" / "cifar-100-binary.tar.gz")
    said = [kernel.ok(cell.source) for cell in code_cells(head_of("03-cifar100", "to validate"))]
    assert "cifar100/cifar-100-binary.tar.gz as fetched" in said[-2].result
    assert said[-1].stdout == "200 to train, 50 to validate, 50 to test\n", "the strange picture's class is none of the report's"
    said = [kernel.ok(cell.source) for cell in code_cells(head_of("05-cifar10", "to train,"))]
    assert "cifar10/cifar-10-binary.tar.gz as fetched" in said[-2].result
    assert said[-1].stdout == "50 to train, 10 to test\n"


def test_what_is_not_there_says_how_to_bring_it(kernel):
    error = kernel.run("let clothes = fashion_mnist(Split::Train)?;").error
    assert "fashion-mnist is not on this machine yet" in error["evalue"] and "`cuaderno fetch fashion-mnist`" in error["evalue"]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (idx([5, 28, 28], [0] * 100), "cut off: 100 of 3920 numbers are there"),
        (idx([2], [0, 1]), "no IDX file of bytes with 3 sides"),
        (gzip.compress(b"\0\0\x08\x03\0\0"), "cut off in its head"),
        (idx([2**32 - 1] * 3, []), "do not fit into memory"),
        (b"", "no IDX file of bytes"),
    ],
)
def test_a_damaged_idx_file_is_one_line(kernel, tmp_path, content, part):
    (tmp_path / "images").write_bytes(content)
    (tmp_path / "labels").write_bytes(idx([5], [0] * 5))
    error = kernel.run(f'ImageSet::from_idx("{tmp_path}/images", "{tmp_path}/labels", &["a"])?').error
    assert part in error["evalue"] and "\n" not in error["evalue"], error["evalue"]
