"""Names the platform of a wheel: Linux with a C library as old as what is inside allows, as `package_wheels.py` has found."""

import os

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Platform(BuildHookInterface):
    def initialize(self, version, build_data):
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{os.environ['CUADERNO_PLATFORM']}"
