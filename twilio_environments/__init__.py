"""Twilio environments as code: the library behind the Pulumi program."""
