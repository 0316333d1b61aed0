"""The database of the standalone stack made ready: server, roles with passwords of their own, schemas."""

import asyncio

from sqlalchemy.engine import make_url

from deploy.migrate import migrate, runtime_role
from deploy.standalone.postgres import database_url
from deploy.standalone.secrets import role_passwords
from deploy.standalone.settings import Settings


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
