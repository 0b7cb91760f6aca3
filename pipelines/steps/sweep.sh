#!/usr/bin/env bash
# sweep.sh: destroy the project's stacks whose time is up, and nothing that is not provably theirs.
set -euo pipefail
exec twilio-env sweep --yes
