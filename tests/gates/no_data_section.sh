#!/bin/sh
# no_data_section.sh OBJECT SOURCE COMPILER [FLAG...]
# A unit that uses both machines has neither .data nor .bss. Without PIC, as on bare metal: position independence
# moves tables of strings from .rodata to .data.rel.ro.
set -eu
object=$1
source=$2
shift 2
"$@" -Os -fno-pic -fno-pie -c "$source" -o "$object"
size "$object"
size "$object" | awk 'NR == 2 { exit $2 + $3 != 0 }'
