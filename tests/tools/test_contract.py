"""What is kept of an OpenAPI document: facts, and none of its words; and that what is committed is what was read."""

import json
import os
from pathlib import Path

import pytest

import tests.docs.pages  # noqa: F401 - puts tools/ on the path

import contract  # isort: skip
import facts  # isort: skip

SID = "^XY[0-9a-fA-F]{32}$"
PAGING = {"type": "object", "properties": {"page": {"type": "integer", "description": "Sentence."}}}
THING = {
    "type": "object",
    "description": "Sentence.",
    "title": "Sentence.",
    "properties": {
        "sid": {"type": "string", "minLength": 34, "maxLength": 34, "pattern": SID, "nullable": True},
        "price": {"type": "number", "description": "Sentence."},
        "mode": {"$ref": "#/components/schemas/thing_enum_mode"},
        "title": {"type": "string", "description": "Sentence.", "example": "Sentence."},
        "note": {"type": "string"},
    },
}
FORM = {
    "type": "object",
    "title": "Sentence.",
    "required": ["Name"],
    "properties": {
        "Name": {"type": "string", "description": "Sentence. It can be up to 64 characters long."},
        "Size": {
            "type": "integer",
            "description": "Sentence. A number between `1` and `1,000`. Defaults to `5`.",
        },
        "Loud": {"type": "boolean", "description": "Sentence. The default is `true`."},
        "Tone": {
            "type": "string",
            "description": "Sentence. Possible values are: `low`, `high` or `none`. Default: low.",
        },
        "Mode": {"$ref": "#/components/schemas/thing_enum_mode", "description": "Sentence."},
        "Words": {"type": "string", "minLength": 2, "description": "Sentence. Must be between 1 and 7 characters."},
    },
}


def answer(schema, **examples):
    named = {name: {"value": value} for name, value in examples.items()}
    return {"description": "Sentence.", "content": {"application/json": {"schema": schema, "examples": named}}}


def document(*examples):
    """A made-up document; the examples are of the answer that makes a thing."""
    reference = {"$ref": "#/components/schemas/thing"}
    listing = {"type": "object", "properties": {"things": {"type": "array", "items": reference}, "meta": PAGING}}
    create = {
        "description": "Sentence.",
        "summary": "Sentence.",
        "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": FORM}}},
        "responses": {"201": answer(reference, **{str(number): one for number, one in enumerate(examples)})},
    }
    page = {
        "name": "PageSize",
        "in": "query",
        "description": "Sentence.",
        "schema": {"type": "integer", "maximum": 100},
    }
    in_path = {"name": "Sid", "in": "path", "schema": {"type": "string"}, "required": True}
    return {
        "info": {"version": "1.2.3", "description": "Sentence.", "title": "Sentence."},
        "paths": {
            "/v1/Things": {
                "description": "Sentence.",
                "post": create,
                "get": {"parameters": [page], "responses": {"200": answer(listing)}},
            },
            "/v1/Things/{Sid}": {
                "delete": {"parameters": [in_path], "responses": {"204": {"description": "Sentence."}}}
            },
            "/v1/Others": {"get": {"responses": {"200": answer({"$ref": "#/components/schemas/other"})}}},
        },
        "components": {
            "schemas": {
                "thing": THING,
                "thing_enum_mode": {"type": "string", "enum": ["on", "off"], "description": "Sentence."},
                "other": {"type": "object", "properties": {"sid": {"type": "string"}}},
            }
        },
    }


def test_the_facts_of_a_document():
    found = contract.extracted(document(), "/v1/Things")

    assert found == {
        "operations": {
            "/v1/Things": {
                "get": {
                    "answers": {
                        "200": {
                            "type": "object",
                            "properties": {
                                "things": {"type": "array", "items": {"$ref": "thing"}},
                                "meta": {"$ref": "meta"},
                            },
                        }
                    },
                    "query": {"PageSize": {"type": "integer", "maximum": 100}},
                },
                "post": {
                    "answers": {"201": {"$ref": "thing"}},
                    "form": {
                        "Name": {"type": "string", "required": True, "prose": {"maxLength": 64}},
                        "Size": {"type": "integer", "prose": {"minimum": 1, "maximum": 1000, "default": 5}},
                        "Loud": {"type": "boolean", "prose": {"default": True}},
                        "Tone": {"type": "string", "prose": {"enum": ["low", "high", "none"]}},
                        "Mode": {"$ref": "thing_enum_mode"},
                        "Words": {"type": "string", "minLength": 2, "prose": {"maxLength": 7}},
                    },
                },
            },
            "/v1/Things/{Sid}": {"delete": {"answers": {"204": None}}},
        },
        "schemas": {
            "meta": {"type": "object", "properties": {"page": {"type": "integer"}}},
            "thing": {
                "type": "object",
                "properties": {
                    "sid": {"type": "string", "pattern": SID, "nullable": True},
                    "price": {"type": "number"},
                    "mode": {"$ref": "thing_enum_mode"},
                    "title": {"type": "string"},
                    "note": {"type": "string"},
                },
            },
            "thing_enum_mode": {"type": "string", "enum": ["on", "off"]},
        },
    }


def test_examples_that_a_schema_does_not_allow_are_facts_too():
    good = {"sid": None, "price": 3, "mode": "on", "title": "Sentence."}
    things = [contract.extracted(document(*examples))["schemas"] for examples in ([good], [good | {"sid": "XYshort"}])]
    assert ["shown" in json.dumps(one) for one in things] == [False, False]

    shown = contract.extracted(document(good, {"sid": "", "price": "1.0", "mode": "", "note": None}))["schemas"]
    told = {name: one.get("shown") for name, one in shown["thing"]["properties"].items()}
    assert told == {"sid": [""], "price": ["string"], "mode": None, "title": None, "note": ["null"]}
    assert shown["thing_enum_mode"]["shown"] == [""]


def test_a_field_that_only_an_example_has_is_for_a_person_to_decide():
    with pytest.raises(SystemExit, match="'unheard_of'"):
        contract.extracted(document({"unheard_of": 1}))


def test_a_file_is_stable_and_short_of_words():
    written = contract.text(contract.extracted(document({"title": "Sentence."}), "/v1/Things"))

    assert "Sentence" not in written
    assert max(map(len, written.splitlines())) <= 120
    assert json.loads(written) == contract.extracted(document(), "/v1/Things")
    backwards = dict(reversed(document()["paths"].items()))
    assert contract.text(contract.extracted(document() | {"paths": backwards}, "/v1/Things")) == written


def test_what_is_committed_is_in_that_form_and_is_what_the_documents_say_where_they_are():
    assert {file.stem for file in facts.FOLDER.glob("*.json")} == set(contract.DOCUMENTS)
    for name in contract.DOCUMENTS:
        stated = facts.of(name)
        assert (facts.FOLDER / f"{name}.json").read_text() == contract.text(stated) + "\n"
        assert stated["document"]["release"]
    if documents := os.environ.get("TWILIO_OPENAPI_DIR"):
        assert contract.main(["--check", documents]) == 0


def test_the_check_names_what_is_stale_and_writes_nothing(tmp_path: Path, monkeypatch, capsys):
    source = tmp_path / "documents"
    source.mkdir()
    (source / "twilio_toy_v1.json").write_text(json.dumps(document()))
    monkeypatch.setattr(contract, "DOCUMENTS", {"toy_v1": "/v1/Things"})
    monkeypatch.setattr(facts, "FOLDER", tmp_path)
    file = tmp_path / "toy_v1.json"

    assert contract.main([str(source), "--release", "9.9"]) == 0
    assert facts.of("toy_v1")["document"] == {"release": "9.9", "version": "1.2.3"}
    assert contract.main([str(source), "--check"]) == 0
    written = file.read_text()
    file.write_text(stale := written.replace("64", "65"))
    capsys.readouterr()
    assert contract.main([str(source), "--check"]) == 1
    assert (capsys.readouterr().out.strip(), file.read_text()) == (str(file), stale)


def test_no_sample_of_a_verify_service_contradicts_its_schema():
    assert "shown" not in json.dumps(facts.of("verify_v2"))
