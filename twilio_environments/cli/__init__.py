"""`twilio-env`: what a person does beside `pulumi up`."""
