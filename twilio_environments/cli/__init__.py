"""`twilio-env`: the commands that complement `pulumi up`."""
