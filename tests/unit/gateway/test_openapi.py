"""Uniting documents: what is served, names with two meanings, composed answers, problem documents."""

from typing import Any

from services.gateway.domain.openapi import operations, references, unite

Json = dict[str, Any]
PROBLEM = {"type": "object", "properties": {"code": {"type": "string"}}}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def answer(name: str) -> Json:
    return {"description": name, "content": {"application/json": {"schema": ref(name)}}}


def make_document(*paths: str, schemas: Json, view: str = "View") -> Json:
    """Describe a service with a GET for every path that answers with `view`."""
    get = {"tags": ["t"], "responses": {"200": answer(view), "404": answer("Problem")}}
    return {
        "paths": {path: {"get": {**get, "operationId": f"get {path}"}} for path in paths},
        "components": {"schemas": {"Problem": PROBLEM, **schemas}},
    }


def success(document: Json, path: str) -> Json:
    schema: Json = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return schema


def test_paths_appear_where_they_are_served_and_nowhere_else() -> None:
    employees = make_document("/v1/employees", "/v1/webhooks", schemas={"View": {}})
    webhooks = make_document("/v1/webhooks", schemas={"View": {}})
    own = make_document("/v1/tenant", schemas={"View": {}})
    united = unite({"archive": employees, "notifier": webhooks, "gateway": own})
    assert list(united["paths"]) == ["/v1/employees", "/v1/webhooks", "/v1/tenant"]


def test_a_schema_with_one_meaning_is_shared() -> None:
    one = make_document("/v1/employees", schemas={"View": {"type": "object"}})
    two = make_document("/v1/webhooks", schemas={"View": {"type": "object"}})
    assert set(unite({"archive": one, "notifier": two})["components"]["schemas"]) == {"Problem", "View"}


def test_a_name_with_two_meanings_is_told_apart_along_with_all_that_refer_to_it() -> None:
    listed = {"type": "array", "items": ref("View")}
    one = make_document("/v1/employees", view="Listed", schemas={"View": {"type": "object"}, "Listed": listed})
    two = make_document("/v1/webhooks", view="Listed", schemas={"View": {"type": "string"}, "Listed": listed})
    united = unite({"archive": one, "notifier": two})
    schemas = united["components"]["schemas"]
    assert success(united, "/v1/employees") == ref("ArchiveListed")
    assert schemas["NotifierListed"]["items"] == ref("NotifierView")
    assert set(references(united)) == schemas.keys()


def test_a_composed_answer_names_both_parts() -> None:
    whole = make_document("/v1/observations/{observation_id}", schemas={"View": {}})
    uses = {"type": "object", "properties": {"uses": {"type": "array", "items": {}}}}
    part = make_document("/v1/observations/{observation_id}/uses", schemas={"Uses": uses}, view="Uses")
    united = unite({"connector": whole, "performance": part})
    assert success(united, "/v1/observations/{observation_id}") == ref("View")
    view = united["components"]["schemas"]["View"]
    assert view["properties"]["uses"]["anyOf"] == [{"type": "array", "items": {}}, {"type": "null"}]
    assert view["required"] == ["uses"]


def test_a_portrait_says_what_may_be_missing() -> None:
    whole = make_document("/v1/employees/{employee_id}/portrait", schemas={"View": {}})
    part = make_document("/v1/employees/{employee_id}/standing", schemas={"Standing": {}}, view="Standing")
    united = unite({"archive": whole, "performance": part})
    assert success(united, "/v1/employees/{employee_id}/portrait") == ref("View")
    view = united["components"]["schemas"]["View"]
    assert view["required"] == ["standing", "missing"]
    assert view["properties"]["standing"]["anyOf"] == [ref("Standing"), {"type": "null"}]
    assert view["properties"]["missing"]["items"] == ref("MissingPart")


def test_a_schema_that_others_answer_with_is_left_to_them() -> None:
    whole = make_document("/v1/observations/{observation_id}", schemas={"View": {}})
    whole["paths"]["/v1/observations"] = whole["paths"]["/v1/observations/{observation_id}"]
    uses = {"type": "object", "properties": {"uses": {"type": "array", "items": {}}}}
    part = make_document("/v1/observations/{observation_id}/uses", schemas={"Uses": uses}, view="Uses")
    united = unite({"connector": whole, "performance": part})
    assert success(united, "/v1/observations") == ref("View")
    assert success(united, "/v1/observations/{observation_id}") == ref("WholeView")
    assert united["components"]["schemas"]["View"] == {}


def test_a_dashboard_shows_each_part_as_its_service_describes_it() -> None:
    members = {"tasks": {"type": "array", "description": "what waits"}, "standing": {}, "other": {}}
    own = make_document("/v1/dashboard", schemas={"DashboardView": {"properties": members}}, view="DashboardView")
    listed = {"properties": {"data": {"type": "array", "items": ref("Task")}}}
    tasks = make_document("/v1/tasks", schemas={"Listed": listed, "Task": {}}, view="Listed")
    schemas = unite({"gateway": own, "performance": tasks})["components"]["schemas"]
    properties = schemas["DashboardView"]["properties"]
    assert properties["tasks"] == {
        "anyOf": [{"type": "array", "items": ref("Task")}, {"type": "null"}],
        "description": "what waits",
    }
    assert (properties["standing"], properties["other"]) == ({}, {})


def test_refusals_have_the_media_type_they_are_sent_with() -> None:
    united = unite({"archive": make_document("/v1/employees", schemas={"View": {}})})
    (operation,) = operations(united["paths"])
    assert list(operation["responses"]["404"]["content"]) == ["application/problem+json"]
    assert list(operation["responses"]["200"]["content"]) == ["application/json"]
