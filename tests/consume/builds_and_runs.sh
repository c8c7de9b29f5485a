#!/bin/sh
# builds_and_runs.sh PROGRAM COMPILER [ARGUMENT...]
set -eu
program=$1
shift
rm -f "$program"
"$@" -o "$program"
"$program"
