"""`twilio-env schema`: the JSON Schema of a stack file, for editors and reviewers."""

import json

from twilio_environments.settings.schema import stack_file_schema


def schema() -> None:
    """Print the JSON Schema of a stack file (Pulumi.<stack>.yaml)."""
    print(json.dumps(stack_file_schema(), indent=2))
