#!/bin/sh
# a_missed_branch_is_seen.sh SCRATCH COMPILER MEASURE...
# The measurement passes a header that was run completely, and no other.
set -u
scratch=$1
compiler=$2
shift 2
trouble=0

rm -rf "$scratch"
mkdir -p "$scratch/include"

# says EXPECTED HEADER MAIN MEASURE...: what is measured of a program made of both has a line that holds EXPECTED.
says() {
    expected=$1
    printf '%s\n' "$2" >"$scratch/include/header.hpp"
    printf '#include "header.hpp"\nint main() { %s }\n' "$3" >"$scratch/main.cpp"
    shift 3
    "$compiler" -std=c++20 -fprofile-instr-generate -fcoverage-mapping -I"$scratch/include" "$scratch/main.cpp" \
        -o "$scratch/main" || exit 1
    verdict=sound
    said=$("$@" "$scratch/include" "$scratch/run" "$scratch/main" 2>&1) || verdict=faulty
    case $verdict:$said in
        sound:*"$expected"*) [ "$expected" = ': 0 missed' ] && return ;;
        faulty:*"$expected"*) [ "$expected" != ': 0 missed' ] && return ;;
    esac
    echo "expected: $expected, said: $said"
    trouble=1
}

if_positive='inline int f(int x) { if (x > 0) return 1; return 2; }'
says ': 0 missed' "$if_positive" 'return f(0) + f(1) - 3;' "$@"
says 'header.hpp:1:34: never run' "$if_positive" 'return f(0) - 2;' "$@"
says 'header.hpp:1:27: never false' "$if_positive" 'return f(1) - 1;' "$@"
says 'header.hpp:1:21: never run' "$if_positive" 'return 0;' "$@"
says 'failed' "$if_positive" 'return f(0) + f(1);' "$@"
says 'header.hpp:1:47: never true' 'inline bool f(int x, int y) { return x > 0 && (y > 0); }' \
    'return f(0, 0) + f(1, 0);' "$@"
# Some instantiations of a template take one branch, the others the other.
says ': 0 missed' 'template <class T> int f(T x) { if (x > 0) return 1; return 2; }' \
    'return f(0) + f(1L) - 3;' "$@"
says ': 0 missed' 'template <int N> int f() { if (N > 0) return 1; return 2; }' 'return f<0>() + f<1>() - 3;' "$@"
says 'never run' 'template <int N> int f() { if (N > 0) return 1; return 2; }' 'return f<1>() - 1;' "$@"
# A case that was not taken, and what happens where none is.
shape='enum class e { a, b }; inline int f(e x) { switch (x) { case e::a: return 0; case e::b: break; }'
says ': 0 missed' "$shape return 1; }" 'return f(e::a) + f(e::b) - 1;' "$@"
says 'never true: case e::a' "$shape return 1; }" 'return f(e::b) - 1;' "$@"
says 'never run: return 2' 'enum class e { a, b }; inline int f(e x) {
    switch (x) { case e::a: return 0; case e::b: return 1; }
    return 2; }' 'return f(e::a) + f(e::b) - 1;' "$@"
# A row of cases that only leaves, and rows that do not, or that nothing takes.
shape='enum class e { a, b, c }; inline int f(e x) { switch (x) {'
says ': 0 missed' "$shape case e::a: return 0; case e::b: case e::c: break; } return 1; }" \
    'return f(e::a) + f(e::c) - 1;' "$@"
says ': 0 missed' "$shape case e::a: return 0;
    case e::b:
    case e::c: break; } return 1; }" 'return f(e::a) + f(e::b) - 1;' "$@"
says 'never true: case e::b' "$shape case e::a: return 0; case e::b: case e::c: return 1; } return 2; }" \
    'return f(e::a) + f(e::c) - 1;' "$@"
says 'never true: case e::b' "$shape case e::a: return 0; case e::b: case e::c: break; } return 1; }" \
    'return f(e::a);' "$@"
says 'never true: case e::a' "$shape case e::a: break; case e::b: case e::c: return 0; } return 1; }" \
    'return f(e::b) + f(e::c);' "$@"
# A comparison that is generated.
says ': 0 missed' 'struct s { int a; bool operator==(const s&) const = default; };' 'return s{1} == s{2};' "$@"
# A function that nobody calls.
says 'never run' 'struct s { int f() const { return 1; } };' 'return 0;' "$@"
# Nothing to measure is no success.
says '0 regions' 'struct s {};' 'return 0;' "$@"

rm -rf "$scratch"
exit $trouble
