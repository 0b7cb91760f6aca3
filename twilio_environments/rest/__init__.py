"""Everything that talks to Twilio; nothing outside this package imports `twilio`."""
