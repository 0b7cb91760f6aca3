"""`python -m twilio_environments.cli` is `twilio-env`."""

from twilio_environments.cli.main import main

main()
