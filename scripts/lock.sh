#!/usr/bin/env bash
# Resolves requirements/*.in into *.txt: pinned, hash-checked, one version of each for every Python from 3.11 on.
# No index address goes into a file: which index is asked is the business of the machine that locks.
# `scripts/lock.sh --upgrade` takes newer versions; without it only what the .in files ask for changes.
set -euo pipefail
cd "$(dirname "$0")/.."

for name in build run test; do
    .venv/bin/python -m uv pip compile "requirements/$name.in" --output-file "requirements/$name.txt" \
        --generate-hashes --universal --python-version 3.11 --fork-strategy fewest \
        --no-header --no-annotate --quiet "$@"
    printf '%s: %s packages\n' "$name" "$(grep -c '==' "requirements/$name.txt")"
done
if grep -nE '://|file:|^-' requirements/*.txt; then
    echo "An address or an option got into a lock file." >&2
    exit 1
fi
