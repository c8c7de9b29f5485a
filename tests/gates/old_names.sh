#!/bin/sh
# old_names.sh TREE
# Version 0.2 renamed much, and no old name comes back. docs/changelog.md may list them. A line that names an RFC and
# quotes it may say "octet".
set -u
cd "$1" || exit 1
trouble=0

places=
for place in include README.md docs tests fuzz bench; do
    [ ! -e "$place" ] || places="$places $place"
done

# old PATTERN [EXEMPT]: no line has a match of PATTERN, except those with a match of EXEMPT.
old() {
    found=$(LC_ALL=C grep -rnE --exclude=old_names.sh --exclude=changelog.md --exclude-dir=build --exclude-dir=corpus \
        -e "$1" $places | grep -vE "${2:-^\$}")
    if [ -n "$found" ]; then
        echo "$found"
        echo "an old name: $1"
        trouble=1
    fi
}

old '[Oo]ctet|OCTET' 'RFC.*"|".*RFC'
# Members and functions.
old '[.>](used|need|made|finish|sent_ahead|unread|unsent|keep|is)\(\)'
old '\b(inbox|outbox|rx|tx|in|out)\.(space|sent|drop)\('
old '\b(fuse|die|starve|lack|emit|anew|survey|wish|stranger|grant)\(' 'signal\.emit\('  # of Asio
old '\b(literal_in|access_view|ldh|translated|isolated|printable)\('
old '\b(encode|decode)_(login|choice|status)\('
old '\bis_private\(method|\bcheck\((request|route|want)\)|const char\* name\([^)]'
old '\bunless\(|\bmessage_size::(whole|more)\('
old '[{(,] *\.(via|login) = '
# Types, enumerators and options.
old '\bhost::kind::|\bextent\b|\bowned<|\bsocks::login\b|\bany_ipv[46]\b'
old '\b(method|next)::login\b|\bwhole_refusal\b'
# Macros.
old '\bSOCKS_(INLINE|SHARED|APART|INLINED|ROLLED|UNROLLED)\b'
# Words of the tests.
old '\b[Ll]aws?_|[Vv]illain|\b[Ww]ish(es)?\b'
exit $trouble
