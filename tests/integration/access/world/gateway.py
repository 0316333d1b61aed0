"""Two accounts with a session and a second factor each, for a password takes its time, and a system with its keys."""

from tests.integration.access.world.realm import Hand

PASSWORD = "a long enough password"
PROVIDER = {"name": "Login", "issuer": "https://login.example.com", "client_id": "steelyard"}
ACCOUNTS = ("report", "admin")


async def admit(hand: Hand) -> None:
    for name in ACCOUNTS:
        username = f"{name}-{hand.realm.tenant_id}"
        body = {"username": username, "password": PASSWORD, "employee_id": hand.realm.ids["employee"][name]}
        await hand.add("account", name, "gateway", "accounts", body=body)
        login = {"username": username, "password": PASSWORD}
        opened = await hand.send("gateway", "POST", "sessions", login)
        hand.realm.ids["session"][name] = opened["session_id"]
        owner = {"Authorization": f"Bearer {opened['access_token']}"}
        assert (await hand.clients["gateway"].post("/v1/second-factor", headers=owner)).is_success
    await hand.send("gateway", "PUT", "tenant/identity-provider", PROVIDER)
    system = {"name": "ERP", "scopes": ["scores:read"]}
    client = await hand.add("api_client", "company", "gateway", "api-clients", body=system)
    await hand.add("client_key", "company", "gateway", f"api-clients/{client}/keys", body={"kind": "secret"})
