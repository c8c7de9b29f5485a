#!/bin/sh
# the_gates_can_fail.sh TREE SCRATCH EXPLORATION COMPILER [FLAG...]
# Applies one mutation after another to a copy of the tree, and checks that a gate catches each.
set -u
tree=$1
scratch=$2
exploration=$3
shift 3
gates=$tree/tests/gates
refuses=$tree/tests/compile_fail/refuses.sh
trouble=0

sound=$scratch/sound
copy=$scratch/copy

rm -rf "$scratch"
mkdir -p "$sound/tests"
cp -R "$tree/include" "$tree/bench" "$tree/docs" "$tree/README.md" "$tree/CMakePresets.json" "$tree/.ci" "$tree/.github" \
    "$tree/.clusterfuzzlite" "$sound"
mkdir "$sound/fuzz"
cp -R "$tree/fuzz/oss-fuzz" "$sound/fuzz"
mkdir "$sound/tests/gates"
cp -R "$tree/tests/optimised" "$sound/tests"
cp "$gates"/*.sh "$gates"/*.txt "$sound/tests/gates"
cp -R "$tree/tests/platforms" "$tree/tests/fresh_machine" "$sound/tests"
for header in $(find "$sound/include" -name '*.hpp'); do
    : >"$sound/tests/$(basename "$header" .hpp).cpp"
    : >"$sound/tests/transfer_cft_$(basename "$header" .hpp).cpp"
done

afresh() {
    rm -rf "$copy"
    cp -R "$sound" "$copy"
}

# passes GATE...: the gate accepts the unchanged copy.
passes() {
    if ! "$@" >"$scratch/said" 2>&1; then
        echo "fails without a mutation: $*"
        cat "$scratch/said"
        trouble=1
    fi
}
# caught MUTATION GATE...: the gate fails on the changed copy, which is then restored.
caught() {
    mutation=$1
    shift
    if "$@" >/dev/null 2>&1; then
        echo "not caught: $mutation"
        trouble=1
    fi
    afresh
}
# plant LINE HEADER: appends to a header, or makes one.
plant() { printf '%s\n' "$1" >>"$copy/include/socks/$2"; }

afresh
gate=$gates/includes_point_down.sh
passes "$gate" "$copy" "$@"
plant '#include <cstdint>' core/reply.hpp
caught 'a C++ header in core' "$gate" "$copy" "$@"
plant '#include <string.h>' machine/action.hpp
caught 'a third C header in machine' "$gate" "$copy" "$@"
plant '  #  include <socks/wire/reader.hpp>' core/reply.hpp
caught 'core includes wire' "$gate" "$copy" "$@"
plant '#include <socks/machine/client.hpp>' wire/reader.hpp
caught 'wire includes machine' "$gate" "$copy" "$@"
plant '#include <socks/wire/reader.hpp>' text/literal.hpp
caught 'text includes wire' "$gate" "$copy" "$@"
plant '#include "reader.hpp"' wire/writer.hpp
caught 'a quoted include' "$gate" "$copy" "$@"
plant '#include <stdint.h>' config.hpp
caught 'another C header in config.hpp' "$gate" "$copy" "$@"
plant '#include <stdio.h>' config.hpp
caught 'a header for assertions in a build without them' "$gate" "$copy" "$@"
sed -i 's/^#elif __STDC_HOSTED__ && /#elif /' "$copy/include/socks/config.hpp"
caught 'a header for assertions without an operating system' "$gate" "$copy" "$@"
sed -i 's/^#ifndef SOCKS_ASSERT$/#undef SOCKS_ASSERT\n#if 1/' "$copy/include/socks/config.hpp"
caught 'a header for assertions in a build that has its own' "$gate" "$copy" "$@"
plant '#include <string.h>' socks.hpp
caught 'a C header in socks.hpp' "$gate" "$copy" "$@"
mkdir -p "$copy/include/socks/policy"
plant '#include <socks/machine/client.hpp>' policy/retry.hpp
caught 'policy includes machine' "$gate" "$copy" "$@"
plant '#include <socks/system/getaddrinfo.hpp>' policy/dial_error.hpp
caught 'policy includes system' "$gate" "$copy" "$@"
plant '#include <string>' system/getaddrinfo.hpp
caught 'a header of the C++ library in getaddrinfo.hpp' "$gate" "$copy" "$@"
plant '#include <socks/transfer_cft/disposition.hpp>' policy/retry.hpp
caught 'policy includes an application' "$gate" "$copy" "$@"
plant '#include <socks/transfer_cft/resolve.hpp>' socks.hpp
caught 'socks.hpp includes an application' "$gate" "$copy" "$@"
plant '#include <socks/machine/client.hpp>' transfer_cft/resolve.hpp
caught 'an application includes machine' "$gate" "$copy" "$@"
plant '#include <netdb.h>' system/error_code.hpp
caught 'a header of POSIX in error_code.hpp' "$gate" "$copy" "$@"
plant '#include <socks/system/errno.hpp>' system/sockaddr.hpp
caught 'system includes system' "$gate" "$copy" "$@"
plant '#include <socks/text/code.hpp>' system/error_code.hpp
caught 'system includes text' "$gate" "$copy" "$@"
plant '#include <socks/system/sockaddr.hpp>' socks.hpp
caught 'socks.hpp includes system' "$gate" "$copy" "$@"
plant '' system/fresh.hpp
caught 'a header of system without a line in the gate' "$gate" "$copy" "$@"
mkdir "$copy/include/socks/util"
caught 'a layer that is none' "$gate" "$copy" "$@"

gate=$gates/headers_are_listed_and_tested.sh
passes "$gate" "$copy"
plant '' core/fresh.hpp
: >"$copy/tests/fresh.cpp"
caught 'a header that is not in socks.hpp' "$gate" "$copy"
rm "$copy/tests/username_password.cpp"
caught 'a header without a test file' "$gate" "$copy"

rm "$copy/tests/transfer_cft_lexer.cpp"
caught 'a header of an application without a test file' "$gate" "$copy"

gate=$gates/generic_headers_name_no_application.sh
passes "$gate" "$copy"
for words in 'Transfer CFT' Copilot 'a text of cftutil' RETRYW 'CFTTCP: the schedule'; do
    plant "// $words" policy/retry.hpp
    caught "a generic header that mentions: $words" "$gate" "$copy"
done
gate=$gates/gates_are_explained.sh
page=$copy/docs/contributing.md
passes "$gate" "$copy"
sed -i '/^| `spelled` |/d' "$page"
caught 'a gate without a row' "$gate" "$copy"
sed -i '/^| `spelled` |/p' "$page"
caught 'a gate with two rows' "$gate" "$copy"
sed -i 's/^\(| `spelled` |\).*/\1 |/' "$page"
caught 'a row that explains nothing' "$gate" "$copy"
rm "$copy/tests/gates/spelled.sh"
caught 'a row without its gate' "$gate" "$copy"
sed -i 's/^## Gates$/## Checks/' "$page"
caught 'a page without the table' "$gate" "$copy"

gate=$gates/pages_are_indexed.sh
page=$copy/docs/README.md
passes "$gate" "$copy"
echo '# New' >"$copy/docs/new.md"
caught 'a page that the index does not have' "$gate" "$copy"
echo '# New' >"$copy/docs/examples/new.md"
caught 'a page of the examples that the index does not have' "$gate" "$copy"
rm "$copy/docs/security.md"
caught 'a page of the index that is not there' "$gate" "$copy"
sed -i 's/](/] (/' "$page"
caught 'an index without links' "$gate" "$copy"

gate=$gates/headers_are_short_and_finished.sh
passes "$gate" "$copy"
plant '// TODO' core/reply.hpp
caught 'a promise of work' "$gate" "$copy"
plant "$(seq 400)" core/reply.hpp
caught 'a long header' "$gate" "$copy"
plant "$(seq 200)" machine/server.hpp
caught 'a class of more than 600 lines' "$gate" "$copy"

gate=$gates/old_names.sh
passes "$gate" "$copy"
plant '// The port, in network oc''tet order.' core/reply.hpp
caught 'an old word' "$gate" "$copy"
plant '// RFC 1928 section 6: "in network oc''tet order"' core/reply.hpp
passes "$gate" "$copy"
afresh
printf '%s\n' 'The server calls gra''nt(true).' >>"$copy/docs/security.md"
caught 'an old name of a function' "$gate" "$copy"
printf '%s\n' 'The method is method::log''in.' >>"$copy/README.md"
caught 'an old name of an enumerator' "$gate" "$copy"

gate=$gates/formatted_lines.sh
mkdir "$sound/fuzz"
afresh
passes "$gate" "$copy"
plant "// $(printf '%0108d' 0)" core/reply.hpp
caught 'a comment of 111 columns' "$gate" "$copy"
plant "// $(printf '%0106d' 0)ä" core/reply.hpp
passes "$gate" "$copy"
plant "const char* const text = \"$(printf '%084d' 0)\";" core/reply.hpp
caught 'a literal of 111 columns' "$gate" "$copy"
plant '    requires(detail::readable<C>&& detail::owning<C>)' core/reply.hpp
caught 'a conjunction taken for a reference' "$gate" "$copy"
plant '    if (out.empty()) do {' core/reply.hpp
caught 'a loop on the line of its condition' "$gate" "$copy"
plant '    const size_t nothing =
        0;  // nobody knows why' core/reply.hpp
caught 'a declaration broken for its comment' "$gate" "$copy"
plant '    requires(detail::readable<C>)  //' core/reply.hpp
caught 'an empty comment' "$gate" "$copy"

gate=$gates/conformance_is_tested.sh
page=$copy/docs/conformance.md
all=$scratch/all_tests
printf '%s\n' '#!/bin/sh' 'echo "$3" | tr , "\n" | grep -v -e "^$missing\$" | sed "s/.*/<testcase name=\"&\"/"' >"$all"
chmod +x "$all"
export missing=none
passes "$gate" "$copy" "$all"
sed -i '/^| F2 |/d; s/^151 cases/150 cases/' "$page"
caught 'a gap in the ids' "$gate" "$copy" "$all"
sed -i '/^| P5 |/d' "$page"
caught 'fewer cases than the page says' "$gate" "$copy" "$all"
sed -i '/^| U23 |/d; s/^151 cases/150 cases/' "$page"
plant '// As Dante does it (U23, U1).' core/reply.hpp
caught 'an id without a row that a comment cites' "$gate" "$copy" "$all"
sed -i 's/^| F2 |/| F1 |/' "$page"
caught 'an id twice' "$gate" "$copy" "$all"
sed -i 's/^| S4-2 |/| S42 |/' "$page"
caught 'an id of another form' "$gate" "$copy" "$all"
printf '%s\n' '| P7 | New. | `bind_has_two_replies` |' >>"$page"
sed -i 's/^151 cases/152 cases/' "$page"
caught 'a row that leaves a gap' "$gate" "$copy" "$all"
sed -i 's/^\(| F1 | .* | \).* |$/\1none: |/' "$page"
caught 'a quirk without a test or a reason' "$gate" "$copy" "$all"
missing=bind_has_two_replies
caught 'a test that did not run' "$gate" "$copy" "$all"
missing=none
caught 'tests that fail' "$gate" "$copy" false

gate=$gates/security_is_tested.sh
page=$copy/docs/security.md
passes "$gate" "$copy" "$all"
printf '%s\n' '| Nothing happens. | |' >>"$page"
caught 'a promise that nothing checks' "$gate" "$copy" "$all"
printf '%s\n' '| Nothing happens. | none: |' >>"$page"
caught 'a promise without a reason' "$gate" "$copy" "$all"
printf '%s\n' '| Nothing happens. | `cmake --workflow --preset nothing` |' >>"$page"
caught 'a command that is not there' "$gate" "$copy" "$all"
missing=no_search_looks_past_its_input
caught 'a test of a promise that did not run' "$gate" "$copy" "$all"
missing=what_was_wiped_is_not_left_on_the_stack
passes "$gate" "$copy" "$all"
sed -i "/^RUN($missing)/d" "$copy/tests/optimised/secrets.cpp"
caught 'a test of optimised code that is not there' "$gate" "$copy" "$all"
missing=none
caught 'tests of promises that fail' "$gate" "$copy" false

if command -v codespell >/dev/null; then
    gate=$gates/spelled.sh
    passes "$gate" "$copy" codespell
    printf '%s\n' 'Nothing is rec''ieved.' >>"$copy/README.md"
    caught 'a misspelled word' "$gate" "$copy" codespell
    plant '// Nothing is rec''ieved.' core/reply.hpp
    caught 'a misspelled comment' "$gate" "$copy" codespell
else
    echo 'no codespell: its gate is left out'
fi

gate=$gates/snippets_compile.sh
passes "$gate" "$copy" "$scratch/snippets.cpp" "$@"
sed -i 's/s\.needed()/s.needs()/' "$copy/docs/guides/loops.md"
caught 'a snippet that does not compile' "$gate" "$copy" "$scratch/snippets.cpp" "$@"
sed -i 's/^```cpp$/``` cpp/' "$copy/docs/guides/udp.md"
caught 'snippets that are not looked at' "$gate" "$copy" "$scratch/snippets.cpp" "$@"
rm "$copy/docs/guides/loops.md"
caught 'a page that is gone' "$gate" "$copy" "$scratch/snippets.cpp" "$@"

gate=$gates/readme_is_current.sh
passes "$gate" "$copy"
sed -i 's/, `armhf`//' "$copy/README.md"
caught 'a platform that README does not name' "$gate" "$copy"
sed -i '/^armhf /d' "$copy/tests/platforms/run.sh"
caught 'a platform of README that is not tested' "$gate" "$copy"
sed -i '/^noble /d' "$copy/tests/fresh_machine/run.sh"
caught 'a system of README that is not tested' "$gate" "$copy"
echo >>"$copy/README.md"
caught 'a README of 151 lines' "$gate" "$copy"
sed -i 's/^    char text/\n&/; /^## Use it$/d' "$copy/README.md"
caught 'a program of 26 lines' "$gate" "$copy"

gate=$gates/workflows_run_the_parts.sh
if python3 -c 'import yaml' 2>/dev/null; then
    passes "$gate" "$copy"
    workflows=$copy/.github/workflows
    sed -i 's/--preset test$/--preset clang/' "$workflows/ci.yml"
    caught 'a workflow with a command of its own' "$gate" "$copy"
    sed -i 's/ interop,//' "$workflows/ci.yml"
    caught 'a part that no workflow runs' "$gate" "$copy"
    sed -i 's/^permissions:/permission:/' "$workflows/ci.yml"
    caught 'a workflow that may do everything' "$gate" "$copy"
    sed -i 's/^jobs:/jobs/' "$workflows/clusterfuzzlite.yml"
    caught 'a workflow that is not YAML' "$gate" "$copy"
    sed -i 's/, undefined//' "$workflows/clusterfuzzlite.yml"
    caught 'a sanitizer that is left out' "$gate" "$copy"
    rm "$copy/.clusterfuzzlite"
    caught 'no directory for ClusterFuzzLite' "$gate" "$copy"
fi

gate=$gates/benches_compile.sh
if command -v python3 >/dev/null; then
    passes "$gate" "$copy" "$scratch/bench" "$@"
    sed -i 's/tell_peer(s\.bound())/tell_the_peer(s.bound())/' "$copy/docs/guides/loops.md"
    caught 'a loop of the guides that the benchmark does not know' "$gate" "$copy" "$scratch/bench" "$@"
fi

if [ -x "$exploration/explore_client" ] && [ -x "$exploration/explore_server" ]; then
    client() { "$exploration/explore_client" --check "$copy/docs"; }
    server() { "$exploration/explore_server" --check "$copy/docs"; }
    passes client
    sed -i 's/^<path class="line" d="M290 67 /&L0 0 /' "$copy/docs/client.svg"
    caught "an arrow of the client's diagram that was changed" client
    rm "$copy/docs/client.svg"
    caught 'no diagram of the client' client
    sed -i 's/^\(| client | SOCKS4 | \)/\11/' "$copy/docs/exploration.md"
    caught 'another number of states' client
    sed -i '/^| client | SOCKS4 | /d' "$copy/docs/exploration.md"
    caught 'a walk without a row' client
    sed -i 's/^<path class="line" d="M290 67 /&L0 0 /' "$copy/docs/server.svg"
    caught "an arrow of the server's diagram that was changed" server
else
    echo 'the exploration is not built: its checks are left out'
fi

neighbour() { "$@" -fsyntax-only -xc++ -include "$tree/tests/other_headers/macros.hpp" "$copy/include/socks/core/reply.hpp"; }
passes neighbour "$@"
plant 'inline int close() { return 0; }' core/reply.hpp
caught 'a function that a macro catches' neighbour "$@"

# The test every_build/servers instantiates each function for each set of parts, although it generates no code.
servers() {
    compiler=$1
    shift
    ! "$compiler" "-I$copy/include" "$@" -fsyntax-only "$tree/tests/every_build/servers.cpp" 2>&1 |
        grep -q 'a fault in one build'
}
sed -i 's/constexpr void refuse5(.*{$/&\nstatic_assert(Parts != static_cast<feature>(0x4db), "a fault in one build");/' \
    "$copy/include/socks/machine/server.hpp"
caught 'a fault in one of 1536 builds' servers "$@"

gate=$gates/calls_are_qualified.sh
passes "$gate" "$copy"
sed -i 's/socks::outcome_of(s)/outcome_of(s)/' "$copy/README.md"
caught 'a call in README that is found by its argument only' "$gate" "$copy"
plant '///     if (auto d = decode_datagram(in)) relay(*d);' wire/reader.hpp
caught 'such a call in a comment' "$gate" "$copy"

gate=$gates/functions_are_marked.sh
for clang in clang++-14 clang++ ''; do
    "$clang" --version 2>/dev/null | grep -q 'version 14\.' && break
done
if [ -n "$clang" ]; then
    passes "$gate" "$copy" "$clang" -std=c++20
    sed -i 's/constexpr bool empty() const noexcept/constexpr bool empty() const/' "$copy/include/socks/core/bytes.hpp"
    caught 'a function that may throw' "$gate" "$copy" "$clang" -std=c++20
    sed -i 's/\[\[nodiscard\]\] constexpr bool empty() const/constexpr bool empty() const/' "$copy/include/socks/core/bytes.hpp"
    caught 'a result that may be ignored' "$gate" "$copy" "$clang" -std=c++20
    sed -i 's/\[\[nodiscard\]\] SOCKS_ALWAYS_INLINE constexpr action step/SOCKS_ALWAYS_INLINE constexpr action step/' \
        "$copy/include/socks/machine/client.hpp"
    caught 'a step that may be ignored' "$gate" "$copy" "$clang" -std=c++20
    sed -i 's/class \[\[nodiscard\]\] encoded/class encoded/' "$copy/include/socks/core/decoded.hpp"
    caught 'a type of results that may be ignored' "$gate" "$copy" "$clang" -std=c++20
    sed -i '0,/ SOCKS_LIFETIMEBOUND/s///' "$copy/include/socks/core/fixed_bytes.hpp"
    caught 'a view that may outlive its bytes' "$gate" "$copy" "$clang" -std=c++20
else
    echo 'there is no clang++ 14: the check of the marks is left out'
fi

unit=$scratch/unit.cpp
gate=$gates/no_data_section.sh
echo 'int main() { return 0; }' >"$unit"
passes "$gate" "$scratch/unit.o" "$unit" "$@"
echo 'const char* volatile text = "text"; int main() { return text[0]; }' >"$unit"
caught 'a variable' "$gate" "$scratch/unit.o" "$unit" "$@"
echo 'int counter; int main() { return counter++; }' >"$unit"
caught 'a variable that begins with zero' "$gate" "$scratch/unit.o" "$unit" "$@"

gate=$gates/calls_nothing.sh
echo 'int twice(int n) { return 2 * n; }' >"$unit"
passes "$gate" "$scratch/unit.o" "$unit" "$@"
echo 'int* made() { return new int; }' >"$unit"
caught 'an allocation' "$gate" "$scratch/unit.o" "$unit" "$@"
echo 'int puts(const char*); int said() { return puts("text"); }' >"$unit"
caught 'a log' "$gate" "$scratch/unit.o" "$unit" "$@"

printf '%s\n' '// says: deleted' 'void f() = delete;' '#if defined(REFUSED)' 'void g() { f(); }' '#endif' >"$unit"
passes "$refuses" "$unit" "$@"
printf '%s\n' '// says: deleted' 'void f();' '#if defined(REFUSED)' 'void g() { f(); }' '#endif' >"$unit"
caught 'a forbidden use that compiles' "$refuses" "$unit" "$@"
printf '%s\n' '// says: deleted' '#if defined(REFUSED)' 'void g() { h(); }' '#endif' >"$unit"
caught 'a refusal for another reason' "$refuses" "$unit" "$@"
printf '%s\n' '#if defined(REFUSED)' 'void g() { h(); }' '#endif' >"$unit"
caught 'a refusal that says nothing' "$refuses" "$unit" "$@"
printf '%s\n' '// says: not declared|undeclared' 'void g() { h(); }' >"$unit"
caught 'a permitted twin that does not compile' "$refuses" "$unit" "$@"

rm -rf "$scratch"
exit $trouble
