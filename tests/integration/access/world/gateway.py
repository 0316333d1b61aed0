"""Two accounts with a session and a second factor each, for a password takes its time, and a system with its keys."""

from dataclasses import replace

from tests.integration.access.world.realm import Hand

PASSWORD = "a long enough password"
ACCOUNTS = ("report", "admin")


async def admit(hand: Hand) -> None:
    for name in ACCOUNTS:
        username = f"{name}-{hand.realm.tenant_id}"
        body = {"username": username, "password": PASSWORD, "employee_id": hand.realm.ids["employee"][name]}
        account = await hand.add("account", name, "gateway", "accounts", body=body)
        owner = replace(hand.realm.person(name), subject=account)
        await hand.send("gateway", "POST", "second-factor", by=owner)
        login = {"username": username, "password": PASSWORD}
        hand.realm.ids["session"][name] = (await hand.send("gateway", "POST", "sessions", login))["session_id"]
    system = {"name": "ERP", "scopes": ["scores:read"]}
    client = await hand.add("api_client", "company", "gateway", "api-clients", body=system)
    await hand.add("client_key", "company", "gateway", f"api-clients/{client}/keys", body={"kind": "secret"})
