"""Tells schemathesis what ../stack/openapi.yaml says in prose or in keywords of its own.

Without this it would take any text for a filter and any `99/99/9999` for a day, and count each right refusal of one as a
fault; and it would ask for CABs that do not exist.
"""

import copy
import json
import os

import schemathesis

# Real ids by family and parameter; the program that starts schemathesis knows them.
KNOWN = json.loads(os.environ["CABLINK_KNOWN_IDS"])

# Every day of such a pattern exists.
DAY = r"^((0?[1-9]|1[0-2])/(0?[1-9]|1[0-9]|2[0-8])/20[0-9]{2}|20[0-9]{2}[-](0[1-9]|1[0-2])[-](0[1-9]|1[0-9]|2[0-8])|20[0-9]{2}/(0[1-9]|1[0-2])/(0[1-9]|1[0-9]|2[0-8]))$"


def comparison(field):
    return rf"{field} (eq|ne) '[A-Za-z0-9 .:_!-]{{0,12}}'"


def ordered(field):
    return rf"{field}( asc| desc)?"


def listed(field):
    return field


# How a clause is put together from fields, by its parameter's name.
CLAUSES = {"filter": (comparison, " (and|or) "), "orderby": (ordered, ","), "groupby": (listed, ",")}


def clause_pattern(parameter):
    part, joint = CLAUSES[parameter["name"]]
    fields = parameter["x-fields"] + parameter.get("x-fields-from-example-only", [])
    any_part = part(f"({'|'.join(fields)})")
    return f"^{any_part}({joint}{any_part}){{0,3}}$"


def resolved(raw_schema, parameter):
    reference = parameter.get("$ref")
    if reference is None:
        return parameter
    return raw_schema["components"]["parameters"][reference.rsplit("/", 1)[1]]


def told(family, parameter):
    name = parameter["name"]
    parameter = copy.deepcopy(parameter)
    if name in CLAUSES:
        parameter["schema"] = {"type": "string", "pattern": clause_pattern(parameter)}
    elif name in ("startDate", "endDate"):
        parameter["schema"] = {"type": "string", "pattern": DAY}
    elif name in KNOWN[family]:
        ids = KNOWN[family][name]
        parameter["schema"] = {"anyOf": [{"type": "string", "enum": ids}, parameter["schema"]]}
        parameter.pop("example", None)
        parameter["examples"] = {each: {"value": each} for each in ids}
    return parameter


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for path, item in raw_schema["paths"].items():
        family = path.split("/")[1]
        get = item["get"]
        get["parameters"] = [told(family, resolved(raw_schema, each)) for each in get["parameters"]]
