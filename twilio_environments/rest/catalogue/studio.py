"""Studio flows: definitions, revisions, and what their widgets report at run time."""

from twilio_environments.rest.catalogue.entry import Entry

ENTRIES = (
    Entry(
        81016,
        "Widget's request failed",
        "An HTTP request that a widget made failed, when the flow ran",
        "Check the widget's URL and what it answers.",
        not_this="It says nothing about Twilio credentials or policies.",
    ),
    Entry(
        81017,
        "Widget's function failed",
        "A function that a widget called answered with an error, when the flow ran",
        "Check the function's log.",
    ),
    Entry(
        81018,
        "Template failed",
        "A Liquid template in a widget could not be rendered, when the flow ran",
        "Check the widget's {{ }} expressions.",
    ),
    Entry(
        81021,
        "Revision not valid",
        "There is no such revision of the flow",
        "Use a number, LatestPublished or LatestRevision.",
    ),
    Entry(
        81022,
        "Definition not valid",
        "Studio does not accept the flow's definition",
        "Correct it where Studio says: duplicate names, transitions to missing widgets, missing properties.",
    ),
    Entry(
        81025,
        "Nearly too many widgets",
        "A flow and its subflows had more than 2,000 widgets when it ran",
        "Split the flow; Twilio stops such flows (81026).",
    ),
    Entry(
        81026,
        "Too many widgets",
        "A flow was stopped because it and its subflows have more than 2,000 widgets",
        "Split the flow.",
    ),
)
