#!/bin/sh
# calls_nothing.sh OBJECT SOURCE COMPILER [FLAG...]
# A unit that uses both machines calls nothing from outside, so it does not allocate, throw, print or log. Compilers
# themselves put in the four functions that copy, fill and compare memory, and a check of the stack.
set -eu
object=$1
source=$2
shift 2
"$@" -O2 -DNDEBUG -c "$source" -o "$object"
called=$(nm -P -u "$object" | sed 's/ .*//' | grep -vxE 'memcpy|memmove|memset|memcmp|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_') || exit 0
echo "$source calls: $called"
exit 1
