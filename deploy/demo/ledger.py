"""What the demo expected and what it found: each line is printed, and any that is off fails the run."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console


@dataclass
class Ledger:
    console: Console
    facts: dict[str, Any] = field(default_factory=dict)
    """Numbers worth keeping in the summary."""
    checks: list[dict[str, Any]] = field(default_factory=list)

    def check(self, what: str, found: object, expected: object) -> None:
        """Hold a number against what it must be."""
        agrees = found == expected
        self.checks.append({"what": what, "expected": str(expected), "found": str(found), "agrees": agrees})
        if agrees:
            self.console.print(f"   [green]✓[/] {what}: {found}")
        else:
            self.console.print(f"   [bold red]✗ {what}: found {found}, expected {expected}[/]")

    @property
    def failures(self) -> int:
        return sum(not check["agrees"] for check in self.checks)

    def write(self, path: Path) -> None:
        """Write the summary as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        summary = {"agrees": not self.failures, "facts": self.facts, "checks": self.checks}
        path.write_text(json.dumps(summary, ensure_ascii=False, indent=2, default=str) + "\n", "utf-8")
