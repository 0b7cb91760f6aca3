#!/usr/bin/env bash
# sweep.sh: destroy the project's expired stacks, and nothing that is not provably theirs.
set -euo pipefail
exec twilio-env sweep --yes
