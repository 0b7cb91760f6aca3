"""What Twilio reports when it calls a webhook: in the Console's error log, never in an API answer."""

from twilio_environments.explain.entry import Entry

ENTRIES = (
    Entry(
        11100,
        "URL not valid",
        "A webhook URL is malformed",
        "Use an absolute https URL in the stack file.",
        when=("webhook",),
    ),
    Entry(
        11200,
        "Webhook failed",
        "Twilio could not get a usable answer from a webhook; the whole exchange has 15 seconds",
        "Call the URL yourself from outside your network; make it answer at once with a 2xx status and do the "
        "work afterwards.",
        not_this="It says nothing about Twilio being down, nor about credentials: the request went to your server.",
        when=("webhook",),
    ),
    # Two attempts of 5 s to connect and 15 s in all: https://www.twilio.com/docs/api/errors/11205.
    Entry(
        11205,
        "Webhook not reached",
        "Twilio could not connect to a webhook within 10 seconds, or had no answer within 15",
        "Open the port to the internet and check the host's DNS; private addresses, localhost and "
        "allow-lists of addresses cannot work, since Twilio's addresses change.",
        not_this="A server that answered with an error is 11200 or 11217.",
        when=("webhook",),
    ),
    Entry(
        11206,
        "Answer not HTTP",
        "A webhook's answer broke HTTP, such as plain HTTP on an https port or a bad cookie",
        "Inspect the answer with curl -v; check which port serves TLS.",
        when=("webhook",),
    ),
    Entry(
        11210,
        "Host name not found",
        "The host of a webhook has no address in DNS",
        "Correct the URL, or publish the name in public DNS.",
        when=("webhook",),
    ),
    Entry(
        11215,
        "Too many redirects",
        "A webhook was redirected too often",
        "Use the final URL.",
        when=("webhook",),
    ),
    Entry(
        11217,
        "Webhook answered with an error",
        "A webhook answered with a 4xx or 5xx status",
        "Read your server's log from that time; a 403 is often a firewall or a signature check that uses an "
        "old Auth Token.",
        not_this="Twilio does not slow down for a 429: a webhook has to handle the full rate.",
        when=("webhook",),
    ),
    Entry(
        11220,
        "TLS handshake failed",
        "The TLS handshake with a webhook's host failed",
        "Serve TLS 1.2 or newer with common ciphers and the full certificate chain.",
        when=("webhook",),
    ),
    Entry(
        11235,
        "Certificate for another name",
        "The certificate of a webhook's host is for another name",
        "Use the name that is in the certificate, or get one for this name.",
        when=("webhook",),
    ),
    Entry(
        11236, "Certificate expired", "The certificate of a webhook's host has expired", "Renew it.", when=("webhook",)
    ),
    Entry(
        11237,
        "Certificate not trusted",
        "There is no path from the certificate of a webhook's host to a public CA",
        "Serve the intermediate certificates too; a CA of your own is not trusted by Twilio.",
        when=("webhook",),
    ),
    Entry(
        11750,
        "Answer too large",
        "A webhook answered with more than 64 kB of TwiML",
        "Return less; use Redirect to continue.",
        when=("webhook",),
    ),
    Entry(
        12100,
        "TwiML not parsed",
        "A webhook answered with TwiML that is not well-formed",
        "Correct its answer: one Response element, & written as &amp;, nothing before it.",
        when=("webhook",),
    ),
    Entry(
        12200,
        "TwiML not known",
        "A webhook's TwiML has an element or an attribute that Twilio does not know and ignores",
        "Correct the named element; names are case-sensitive.",
        when=("webhook",),
    ),
    Entry(
        12300,
        "Content type not valid",
        "A webhook answered with a content type that Twilio does not accept",
        "Answer TwiML as text/xml.",
        when=("webhook",),
    ),
)
