# The port takes the sources that it stands in. A port in a registry downloads them instead.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)

# The library is its headers, which are the same for a debug build.
set(VCPKG_BUILD_TYPE release)
vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}" OPTIONS -DSOCKS_TESTS=OFF -DSOCKS_EXAMPLES=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/socks)
vcpkg_fixup_pkgconfig()

# No licence is chosen yet, so there is no text of one.
set(VCPKG_POLICY_SKIP_COPYRIGHT_CHECK enabled)
