# The functions of vcpkg that the port calls, as their documentation describes them, for a release build alone. Then the
# port itself. PORT, PORT_DIRECTORY, CURRENT_PACKAGES_DIR and CURRENT_BUILDTREES_DIR are given.

function(must_run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR "${ARGN}: ${failed}")
    endif()
endfunction()

function(vcpkg_cmake_configure)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" SOURCE_PATH OPTIONS)
    if(arg_UNPARSED_ARGUMENTS OR NOT VCPKG_BUILD_TYPE STREQUAL release)
        message(FATAL_ERROR "only a release build is known here, and not ${arg_UNPARSED_ARGUMENTS}")
    endif()
    must_run(${CMAKE_COMMAND} -S ${arg_SOURCE_PATH} -B ${CURRENT_BUILDTREES_DIR} -DCMAKE_BUILD_TYPE=Release
        -DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} -DCMAKE_INSTALL_LIBDIR:STRING=lib ${arg_OPTIONS})
endfunction()

function(vcpkg_cmake_install)
    must_run(${CMAKE_COMMAND} --build ${CURRENT_BUILDTREES_DIR} --target install)
endfunction()

# The package moves to share/PORT, and the prefix in its targets becomes two directories up.
function(vcpkg_cmake_config_fixup)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" CONFIG_PATH "")
    set(from ${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH})
    set(to ${CURRENT_PACKAGES_DIR}/share/${PORT})
    file(GLOB files ${from}/*)
    if(NOT files OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "nothing is in ${from}")
    endif()
    file(MAKE_DIRECTORY ${to})
    foreach(file ${files})
        get_filename_component(name ${file} NAME)
        file(READ ${file} text)
        string(REGEX REPLACE "(get_filename_component\\(_IMPORT_PREFIX [^\n]*\n)+"
            "get_filename_component(_IMPORT_PREFIX \"\${CMAKE_CURRENT_LIST_DIR}/../..\" ABSOLUTE)\n" text "${text}")
        file(WRITE ${to}/${name} "${text}")
    endforeach()
    file(REMOVE_RECURSE ${from})
    get_filename_component(parent ${from} DIRECTORY)
    if(parent MATCHES "/cmake$")
        file(REMOVE_RECURSE ${parent})
    endif()
endfunction()

# The prefix of a .pc file begins where the file is.
function(vcpkg_fixup_pkgconfig)
    file(GLOB files ${CURRENT_PACKAGES_DIR}/lib/pkgconfig/*.pc)
    foreach(file ${files})
        file(READ ${file} text)
        string(REGEX REPLACE "(^|\n)prefix=[^\n]*" "\\1prefix=\${pcfiledir}/../.." text "${text}")
        file(WRITE ${file} "${text}")
    endforeach()
endfunction()

include(${PORT_DIRECTORY}/portfile.cmake)
