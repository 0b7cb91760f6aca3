#!/usr/bin/env bash
# preview.sh STACK: preview the stack, and keep the pull request's comment on it up to date.
set -euo pipefail
steps=$(dirname "$0")
stack=$1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
code=0
pulumi preview --diff --non-interactive --color=never --stack "$stack" >"$out/said" 2>&1 || code=$?
cat "$out/said"
python "$steps/preview_comment.py" "$stack" "$code" "$out/said" >"$out/comment.md"
python "$steps/comment.py" "$out/comment.md"
exit "$code"
