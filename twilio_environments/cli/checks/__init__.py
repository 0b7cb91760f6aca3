"""What `twilio-env doctor` looks at. Every check only looks: nothing at Twilio, in a store or in Pulumi is changed."""
