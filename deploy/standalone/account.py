"""The account a server runs under: the caller's own, or a lesser one than root, whom PostgreSQL refuses."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_AS_SOMEBODY = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")
"""Still root to the file system, but not root to the program's own eyes (Linux user namespaces)."""


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this account and give what it printed."""
        switch: dict[str, Any] = {}
        if os.geteuid() != self.uid:
            switch = {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(
            [*self.prefix, *command],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",  # the caller's folder may be closed to this account
            **switch,
        )

    def reaches(self, paths: Sequence[Path]) -> bool:
        return all(self.run("test", "-x", path).returncode == 0 for path in paths)

    def own(self, tree: Path) -> None:
        """Hand over everything below `tree`; only root ever has something to hand over."""
        if os.geteuid() != 0:
            return
        for path in [tree, *tree.rglob("*")]:
            if path.lstat().st_uid != self.uid:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def choose_account(home: Path, *, programs: Path) -> Account:
    """Choose who shall run `programs` upon the files in `home`.

    Root steps down to the owner of `home`, else to nobody. Where neither reaches the files, because they
    lie in root's private home, the server keeps root's eyes on them inside a user namespace.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    owner, nobody = home.stat(), pwd.getpwnam("nobody")
    for uid, gid in ((owner.st_uid, owner.st_gid), (nobody.pw_uid, nobody.pw_gid)):
        account = Account(uid, gid)
        if uid != 0 and account.reaches([home.parent, programs / "postgres"]):
            return account
    return Account(0, 0, prefix=_AS_SOMEBODY)
