#!/bin/sh
# in_root.sh SCRATCH SUITE
# Runs a suite of tests/fresh_machine and keeps the results that it prints for the table of ways.py.
set -eu
scratch=$1
suite=$2
mkdir -p "$scratch/results"
if ! "$(dirname "$0")/../fresh_machine/run.sh" "$suite" >"$scratch/$suite.log" 2>&1; then
    cat "$scratch/$suite.log"
    exit 1
fi
sed -n 's/^RESULT //p' "$scratch/$suite.log" >"$scratch/results/$suite.json"
