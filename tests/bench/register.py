"""How long the ratings of the whole nation take, and how much memory. A command, never a timed test:

.venv/bin/python tests/bench/register.py [sqlite|postgresql] [LOCATIONS]

It makes an OpenDocument file of the size and shape of the real one, six rows for each of 54,000 locations, 30,000 of
them of adult social care, and has the real command import it twice into an empty database.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "support"), str(HERE.parents[2])]

from real_databases import fresh_database, postgresql_server  # noqa: E402
from spreadsheets import ratings_rows, write_ods  # noqa: E402


def command(environment: dict[str, str], *arguments: str) -> tuple[float, float, int]:
    """Seconds, those of them at work, and the peak of resident memory in MB, of one run of the command."""
    begun = time.perf_counter()
    program = [sys.executable, "-c", "from app import cli; cli()", *arguments]
    with subprocess.Popen(program, cwd=HERE.parents[2], env=environment, stdout=subprocess.PIPE, text=True) as child:
        told = child.stdout.read().splitlines() if child.stdout else []
        _pid, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit("\n".join(told[-5:]))
    print("   ", told[-1])
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def measure(database_url: str, locations: int, folder: Path) -> None:
    file = folder / "a national file.ods"
    begun = time.perf_counter()
    rows = write_ods(file, {"Locations": ratings_rows(locations)}) - 1
    size = file.stat().st_size / 1e6
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{rows} rows, {size:.0f} MB, made in {time.perf_counter() - begun:.0f} s within {made} MB")
    environment = {
        **os.environ,
        "CAREWARD_DATABASE_URL": database_url,
        "CAREWARD_SECRET_KEY": "only for this measurement, and nothing else",
        "PYTHONPATH": str(HERE.parents[2]),
    }
    for arguments in (["db", "upgrade"], ["register", "import", str(file)], ["register", "import", str(file)]):
        took, worked, peak = command(environment, *arguments)
        told = f"{took:6.1f} s, {worked:6.1f} s at work, {rows / took:6.0f} rows/s, {peak:4} MB at most"
        print(f"{told}: careward {' '.join(arguments[:2])}", flush=True)


if __name__ == "__main__":
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 54_000
    with tempfile.TemporaryDirectory() as name:
        if (sys.argv[1] if len(sys.argv) > 1 else "sqlite") == "sqlite":
            measure(f"sqlite:///{Path(name) / 'bench.db'}", size, Path(name))
        else:
            with postgresql_server() as server, fresh_database(server) as url:
                measure(url.render_as_string(hide_password=False), size, Path(name))
