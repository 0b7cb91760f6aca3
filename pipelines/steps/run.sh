#!/usr/bin/env bash
# run.sh STEP STACK: one of preview, up, drift, rotate, sweep (for all stacks), with the job's credentials; all output
# goes through fenced.py.
set -euo pipefail
PATH=$(python3 tools/install.py --pinned path pulumi):$PATH
steps=pipelines/steps
exec .venv/bin/python $steps/fenced.py .venv/bin/python $steps/sign_in.py "$steps/$1.sh" "$2"
