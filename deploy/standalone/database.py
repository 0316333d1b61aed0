"""The database of the standalone stack made ready: server, roles with passwords of their own, schemas."""

import asyncio
import json
import os
import secrets

from sqlalchemy.engine import make_url

from deploy.migrate import SERVICES, migrate, runtime_role
from deploy.standalone.locks import exclusive
from deploy.standalone.postgres import database_url
from deploy.standalone.settings import Settings
from shared.kit.bus.postgres import SCHEMA as BUS


def prepare(settings: Settings) -> str:
    """Start the server where it is ours, migrate, and give the administrator's URL."""
    admin_url = database_url(settings)
    asyncio.run(migrate(admin_url, passwords=role_passwords(settings)))
    return admin_url


def runtime_urls(settings: Settings) -> dict[str, str]:
    """Give the URL by which each service, and the bus under its schema's name, reaches its own rows."""
    admin_url = database_url(settings)
    passwords = role_passwords(settings)
    return {name: runtime_url(admin_url, name, password) for name, password in passwords.items()}


def runtime_url(admin_url: str, service: str, password: str) -> str:
    url = make_url(admin_url).set(username=runtime_role(service), password=password)
    return url.render_as_string(hide_password=False)


def role_passwords(settings: Settings) -> dict[str, str]:
    """Read the generated passwords of the runtime roles, making those that are missing."""
    folder = settings.secrets
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "roles.json"
    with exclusive(folder / "lock"):
        kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        passwords = {name: kept.get(name) or secrets.token_urlsafe(24) for name in (*SERVICES, BUS)}
        if passwords != kept:
            draft = file.with_suffix(".new")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
                json.dump(passwords, stream, indent=2)
            draft.replace(file)
    return passwords
