#!/usr/bin/env bash
# drift.sh STACK: review the stack, and keep its issue: open and up to date while there is drift, else closed.
# Fails if something could not be checked; drift alone is only reported in the issue.
set -euo pipefail
steps=$(dirname "$0")
report=$(mktemp -d)/drift.md
trap 'rm -rf "$(dirname "$report")"' EXIT
code=0
twilio-env drift --stack "$1" --format markdown --redact --output "$report" || code=$?
[ -s "$report" ] || exit "$code" # the review could not start: the reason is above
case $code in
0) python "$steps/issue.py" close "$report" ;;
2) python "$steps/issue.py" open "$report" ;;
*) python "$steps/issue.py" edit "$report" && exit "$code" ;;
esac
