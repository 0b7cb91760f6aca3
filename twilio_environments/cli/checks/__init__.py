"""What `twilio-env doctor` checks. Every check is read-only: nothing at Twilio, in a store or in Pulumi is changed."""
