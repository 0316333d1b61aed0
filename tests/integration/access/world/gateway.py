"""Two accounts with a session each, for a password takes its time, and a system with credentials."""

from tests.integration.access.world.realm import Hand

PASSWORD = "a long enough password"
ACCOUNTS = ("report", "admin")


async def admit(hand: Hand) -> None:
    for name in ACCOUNTS:
        username = f"{name}-{hand.realm.tenant_id}"
        body = {"username": username, "password": PASSWORD, "employee_id": hand.realm.ids["employee"][name]}
        await hand.add("account", name, "gateway", "accounts", body=body)
        login = {"username": username, "password": PASSWORD}
        hand.realm.ids["session"][name] = (await hand.send("gateway", "POST", "sessions", login))["session_id"]
    system = {"name": "ERP", "scopes": ["scores:read"]}
    await hand.add("api_client", "company", "gateway", "api-clients", body=system)
