"""The recipe for Conan 2. It takes the sources that it stands in, and the version of config.hpp."""

import os
import re

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load

required_conan_version = ">=2.0"


class SocksRecipe(ConanFile):
    name = "socks"
    description = "SOCKS4, SOCKS4a and SOCKS5 without I/O"
    package_type = "header-library"
    settings = "os", "compiler", "build_type", "arch"

    def _sources(self):
        return os.path.join(self.recipe_folder, "..", "..", "..")

    def set_version(self):
        config = load(self, os.path.join(self._sources(), "include", "socks", "config.hpp"))
        self.version = ".".join(re.findall(r"SOCKS_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", config))

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "include/*"):
            copy(self, pattern, self._sources(), self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["SOCKS_TESTS"] = "OFF"
        toolchain.cache_variables["SOCKS_EXAMPLES"] = "OFF"
        toolchain.cache_variables["CMAKE_INSTALL_LIBDIR"] = "lib"
        toolchain.generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        CMake(self).install()

    def package_id(self):
        self.info.clear()

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        # The library's own CMake package has the targets, and C++20 for those who link them.
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "socks")]
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.set_property("pkg_config_name", "socks")
