"""`python -m benchmarks [name…]`: run the named benchmarks, or all, and say what they gave."""

import asyncio
import os
import sys
from collections.abc import Sequence

from rich.console import Console
from uvicorn.loops.auto import auto_loop_factory

from benchmarks.ground import Absent, Ground
from benchmarks.harness import Figure
from benchmarks.registry import BENCHMARKS
from benchmarks.report import print_table, write_json
from deploy.standalone.process import keep_what_is_loaded
from deploy.standalone.settings import ROOT
from shared.kit.log import configure_logging

VAR = ROOT / "var" / "bench"


def main(names: Sequence[str]) -> int:
    """Run benchmarks; gives the exit code: 2 for a name that does not exist, never one for a missed goal."""
    console = Console(highlight=False, soft_wrap=True, width=160)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        console.print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
        return 2
    figures, absent = measure(names or list(BENCHMARKS), console)
    print_table(figures, console)
    for name, reason in absent.items():
        console.print(f"[bold red]NOT MEASURED HERE:[/] {name}: {reason}")
    write_json(figures, VAR / "latest.json", keep=bool(names))
    console.print(f"Written to {VAR / 'latest.json'}")
    return 0


def measure(names: Sequence[str], console: Console) -> tuple[list[Figure], dict[str, str]]:
    """Run benchmarks one after the other; gives their figures, and why some gave none."""
    ground = Ground(VAR, full=os.environ.get("BENCH") == "full")
    figures: list[Figure] = []
    absent: dict[str, str] = {}
    try:
        for name in names:
            console.print(f"… {name}")
            try:
                with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
                    figures += runner.run(BENCHMARKS[name](ground))
            except Absent as missing:
                absent[name] = str(missing)
    finally:
        ground.close()
    return figures, absent


if __name__ == "__main__":
    configure_logging(level="ERROR")
    keep_what_is_loaded()
    sys.exit(main(sys.argv[1:]))
