#!/bin/sh
# refuses.sh FILE COMPILER [FLAG...] FILE must compile unchanged. With REFUSED defined it must not, and the
# compiler must say what the file's "says:" lines promise, each a regular expression. Without the first half a
# typing error would pass for a refusal; without the text, so would any other error.
set -u
export LC_ALL=C
file=$1
shift

if ! "$@" -fsyntax-only "$file"; then
    echo "$file: the permitted twin does not compile"
    exit 1
fi

if said=$("$@" -fsyntax-only -DREFUSED "$file" 2>&1); then
    echo "$file: the refused twin compiles"
    exit 1
fi

promises=$(sed -n 's|^// says: ||p' "$file")
if [ -z "$promises" ]; then
    echo "$file: no line says what the compiler says"
    exit 1
fi
echo "$promises" | while IFS= read -r promise; do
    if ! echo "$said" | grep -E -q -e "$promise"; then
        echo "$file: refused, but not by saying: $promise"
        echo "$said"
        exit 1
    fi
done
