"""What the wheel asks for is what is tested: the pinned packages are in its ranges."""

import re
import sys

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from clone import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def pins(*lists):
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in lists)
    return {canonicalize_name(name): version for name, version in re.findall(r"^ +- ([\w.-]+)==([^\s;]+)", text, re.MULTILINE)}


def missing(requirements, *lists):
    pinned = pins(*lists)
    wanted = [requirement for requirement in map(Requirement, requirements) if requirement.name != "cuaderno-rustc"]
    return [str(wish) for wish in wanted if not wish.specifier.contains(pinned.get(canonicalize_name(wish.name), "0"))]


def test_pinned_packages_are_those_that_the_wheel_asks_for():
    project = tomllib.loads((ROOT / "python" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert missing(project["dependencies"], "environment.yml") == []
    assert missing(extras["grading"], "environment.yml", "environment-grading.yml") == []
    assert missing(extras["pdf"], "environment-tests.yml") == []
    assert missing(["jupyterlab>=99"], "environment.yml") == ["jupyterlab>=99"]


def test_the_compilers_wheel_is_of_the_pinned_version():
    [channel] = re.findall(r'(?m)^channel *= *"(.*)"', (ROOT / "rust-toolchain.toml").read_text())
    assert f'version = "{channel}"' in (ROOT / "python" / "rustc" / "pyproject.toml").read_text()
    assert f"cuaderno-rustc=={channel}" in (ROOT / "python" / "pyproject.toml").read_text()
