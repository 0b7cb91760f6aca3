#!/usr/bin/env bash
# run.sh STEP STACK: one of preview, up, drift, rotate, sweep (which is of all stacks), with the job's credentials.
set -euo pipefail
PATH=$(python3 tools/install.py path pulumi):$PATH
exec .venv/bin/python pipelines/steps/sign_in.py "pipelines/steps/$1.sh" "$2"
