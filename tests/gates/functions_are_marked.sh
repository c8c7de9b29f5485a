#!/bin/sh
# functions_are_marked.sh TREE CLANG [FLAG...]
# Every function is noexcept, every public function with a result is [[nodiscard]] unless the type of the result is, and a
# view that points into an argument is marked so. marks.txt lists the exceptions from the first two and every mark of the
# third. clang's dump of the declarations is the source.
set -u
tree=$1
clang=$2
shift 2
dump=$(mktemp)
trap 'rm -f "$dump"' EXIT

(cd "$tree/include" && find socks/core socks/wire socks/machine socks/text socks/policy socks/transfer_cft socks/system -name '*.hpp') |
    sort | sed 's/.*/#include <&>/' |
    "$clang" "$@" -I"$tree/include" -DNDEBUG -fsyntax-only -fno-color-diagnostics -Xclang -ast-dump -xc++ - >"$dump" || exit 1

marks=$(LC_ALL=C awk '
    BEGIN { template = -2 }
    # A node is inside another if its kind stands further to the right.
    !match($0, /[A-Z][A-Za-z]+(Decl|Attr) /) { next }
    {
        depth = RSTART
        kind = substr($0, RSTART, RLENGTH - 1)
        while (open > 0 && depths[open] >= depth) leave()
        is_function = kind ~ /^(Function|CXXMethod|CXXConstructor|CXXConversion)Decl$/
    }

    # Of a template only the pattern counts, which comes before what was made of it.
    made_of_template && depth > made_of_template { next }
    { made_of_template = 0 }
    depth <= template { template = -2 }
    kind == "FunctionTemplateDecl" { template = depth; has_pattern = 0 }
    kind == "ClassTemplateSpecializationDecl" || (is_function && depth == template + 2 && has_pattern++) {
        made_of_template = depth
        next
    }

    kind == "NamespaceDecl" || kind == "CXXRecordDecl" {
        name = $0
        sub(/ (definition|inherited|nested).*/, "", name)
        sub(/.* /, "", name)
        enter(name)
        is_hidden[open] = name == "detail" || $0 ~ / class [a-z_]+ definition/
    }
    kind == "AccessSpecDecl" { is_hidden[open] = $0 !~ / public$/ }
    is_function {
        name = $0
        sub(/ \047.*/, "", name)
        sub(/.*(line|col):[0-9]+(:[0-9]+)? (used |referenced )*(constexpr )?/, "", name)
        type = $0
        sub(/^[^\047]*\047/, "", type)
        sub(/\047.*/, "", type)
        enter(name)
        is_skipped[open] = $0 ~ / (implicit|default|delete|deleted)( |$)/ || name == "operator()"
        types[open] = type
        results[open] = kind == "CXXConstructorDecl" ? "void" : type
        sub(/ ?\(.*/, "", results[open])
        if (type ~ /\[\[clang::lifetimebound\]\]/) print "lifetimebound, the object: " path()
    }
    kind == "ParmVarDecl" && open in types { ++parameters[open] }
    kind == "LifetimeBoundAttr" && open in types { print "lifetimebound, argument " parameters[open] ": " path() }
    kind == "WarnUnusedResultAttr" && open in types { is_marked[open] = 1 }
    kind == "WarnUnusedResultAttr" && !(open in types) && names[1] == "socks" {
        is_marked_type[names[open]] = 1
        print "nodiscard, type: " names[open]
    }
    END {
        while (open > 0) leave()
        for (f in unmarked)
            if (!(unmarked[f] in is_marked_type)) print "not nodiscard: " f
    }

    function enter(name) {
        ++open
        depths[open] = depth
        names[open] = name
        is_hidden[open] = is_marked[open] = parameters[open] = 0
        delete types[open]
    }
    function path(   i, text) {
        for (i = 1; i <= open; ++i)
            if (names[i] != names[i - 1]) text = text (text == "" ? "" : "::") names[i]
        return text " \047" types[open] "\047"
    }
    function leave(   i, is_private, type) {
        if (open in types && !is_skipped[open] && names[1] == "socks") {
            if (types[open] !~ /noexcept/) print "not noexcept: " path()
            for (i = 1; i < open; ++i) is_private = is_private || is_hidden[i]
            type = results[open]
            sub(/<.*/, "", type)
            sub(/^.*::/, "", type)
            if (!is_private && !is_marked[open] && type != "void") unmarked[path()] = type
        }
        delete types[open--]
    }
' "$dump" | sort -u)

printf '%s\n' "$marks" | diff -u "$tree/tests/gates/marks.txt" - && exit 0
echo 'A function is marked otherwise than tests/gates/marks.txt says.'
exit 1
