#!/bin/sh
# calls_are_qualified.sh TREE
# What README.md, docs/ and the comments of the headers show calls each function of the library by its full name. Without,
# it is found by its arguments alone: who copies the call and passes something of his own is told that there is no such
# function.
set -eu
source=$1

functions=$(grep -rhE '^(\[\[nodiscard\]\] )?(SOCKS_[A-Z_]+ )?(constexpr|inline) [^=]*[a-z0-9_]\(' "$source/include" | grep -v operator |
    sed -E 's/^[^(]*(constexpr|inline) [^(]*[ *&]([a-z0-9_]+)\(.*/\2/' | grep -xE '[a-z0-9_]+' | sort -u | paste -sd'|')
case "|$functions|" in
    *'|decode_gssapi|'*'|outcome_of|'*'|to_sockaddr|'*) ;;
    *) echo "the functions of include/ are not found: $functions"; exit 1 ;;
esac

# The code of the pages stands in fences, that of the comments is indented. A name behind a type is a variable's.
shown=$(find "$source/README.md" "$source/docs" -name '*.md' -exec awk '
        /^```(cpp|sh)$/ {inside = 1; next} /^```$/ {inside = 0} inside {print FILENAME ":" FNR ": " $0}' {} +
    grep -rnE '^ *///     ' "$source/include")
if printf '%s\n' "$shown" | sed 's| // .*||' | grep -vE '::[a-z_]+ [a-z]+\(' | grep -E "(^|[^A-Za-z0-9_:.>])($functions)\("; then
    echo 'calls of the library that are not qualified'
    exit 1
fi
