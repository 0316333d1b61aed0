"""The subscriber: two webhook endpoints, one thin and one full, whose last word must agree with the API."""

from collections.abc import Iterator

from deploy.demo.client import Json
from deploy.demo.stage import Stage

EVENT_TYPES = ["score.changed.v1", "score.published.v1", "score.revised.v1"]
FINAL = ("score.revised.v1", "score.published.v1")
"""What a final result is told by; a revision comes after a publication."""


async def subscribe(stage: Stage) -> None:
    """Register both endpoints; each has a secret of its own, shown once."""
    for payload in ("thin", "full"):
        body = {"url": f"{stage.receiver_url}/{payload}", "event_types": EVENT_TYPES, "payload": payload}
        webhook = await stage.admin.post("/v1/webhooks", body)
        stage.receiver.secrets[payload] = webhook["secret"]


async def tell(stage: Stage) -> None:
    stage.chapter("8 · The webhook subscriber compares notes")
    cards = await stage.scorecards()

    async def differing() -> list[str]:
        return list(_differing(stage, cards))

    left = await stage.until("deliveries arrive", differing, lambda found: not found)
    receiver = stage.receiver
    for name, count in sorted(receiver.verified.items()):
        stage.tell(f"{name}: {count} verified")
    stage.ledger.facts["webhooks verified"] = dict(sorted(receiver.verified.items()))
    stage.ledger.facts["webhooks repeated"] = receiver.repeated
    stage.ledger.check("deliveries whose signature did not verify", receiver.refused, 0)
    stage.ledger.check("scorecards on which an endpoint and the API differ", len(left), 0)
    published = {name: sum(_is(key, name, "score.published.v1") for key in receiver.last) for name in receiver.secrets}
    stage.ledger.check("people whose published score reached each endpoint", published, {"thin": 322, "full": 322})
    revised = {name: sum(_is(key, name, "score.revised.v1") for key in receiver.last) for name in receiver.secrets}
    stage.ledger.check("people whose revised score reached each endpoint", revised, {"thin": 1, "full": 1})


def _is(key: tuple[str, str, str], endpoint: str, kind: str) -> bool:
    return key[:2] == (endpoint, kind)


def _differing(stage: Stage, cards: list[Json]) -> Iterator[str]:
    for card in cards:
        for endpoint in stage.receiver.secrets:
            told = (stage.receiver.last.get((endpoint, kind, card["id"])) for kind in FINAL)
            event = next((event for event in told if event is not None), None)
            if event is None or not _agrees(event, card, full=endpoint == "full"):
                yield f"{endpoint} {card['id']}"


def _agrees(event: Json, card: Json, *, full: bool) -> bool:
    """Hold the last event of a person against the API's answer."""
    data = event["data"]
    same = int(event["sequence"]) == card["sequence"] and data["employee_id"] == card["employee_id"]
    return same and (not full or (data["current"]["total"], data["current"]["grade"]) == (card["total"], card["grade"]))
