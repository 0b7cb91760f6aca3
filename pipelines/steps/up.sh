#!/usr/bin/env bash
# up.sh STACK: preview, which is where guard rails refuse, and then do it.
set -euo pipefail
exec pulumi up --yes --diff --non-interactive --color=never --stack "$1"
