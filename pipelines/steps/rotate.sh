#!/usr/bin/env bash
# rotate.sh STACK: rotate the keys that are due and nothing else, then check that the store's keys work.
set -euo pipefail
steps=$(dirname "$0")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
pulumi preview --json --stack "$1" >"$out/plan.json"
python "$steps/due.py" "$out/plan.json" >"$out/due"
targets=()
while read -r urn; do targets+=(--target "$urn"); done <"$out/due"
if [ "${#targets[@]}" -gt 0 ]; then
  pulumi up --yes --skip-preview --non-interactive --color=never --stack "$1" "${targets[@]}"
else
  echo "No key is due."
fi
python "$steps/smoke.py" "$1"
