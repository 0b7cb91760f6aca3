#!/usr/bin/env bash
# up.sh STACK: preview, which is where guard rails refuse, then update.
set -euo pipefail
exec pulumi up --yes --diff --non-interactive --color=never --stack "$1"
