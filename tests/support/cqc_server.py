"""A register on this machine that answers as the recorded files of the CQC's API do, and fails where it is told to."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlparse

Fault = Callable[[BaseHTTPRequestHandler], None]


class Register(ThreadingHTTPServer):
    """Answers from a folder of recorded files. `faults` are met before an answer, one after the other, by path."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.documents: dict[str, Any] = {}
        for kind in ("location", "provider"):
            for path in (folder / f"{kind}_details").glob("*.json"):
                self.documents[f"/{kind}s/{path.stem.removeprefix(f'{kind}_')}"] = json.loads(path.read_bytes())
        self.listed = json.loads((folder / "locations.json").read_bytes())["locations"]
        self.changed: dict[str, list[Any]] = {"location": [], "provider": []}
        self.faults: dict[str, list[Fault]] = {}
        self.asked: list[str] = []
        self.queries: list[dict[str, list[str]]] = []
        self.keys: set[str | None] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/public/v1"

    def answer(self, path: str, query: dict[str, list[str]]) -> Any:
        page, size = int(query.get("page", ["1"])[0]), int(query.get("perPage", ["1000"])[0])
        if path == "/locations":
            return paged("locations", self.listed if query["localAuthority"] == ["Millbrook"] else [], page, size)
        if path.startswith("/changes/"):
            return paged("changes", self.changed[path.removeprefix("/changes/")], page, size)
        return self.documents.get(path)


def paged(key: str, entries: list[Any], page: int, size: int) -> dict[str, Any]:
    pages = -(-len(entries) // size)
    following = f"/{key}?page={page + 1}" if page < pages else None
    told = {"total": len(entries), "page": page, "nextPageUri": following, "perPage": size, "totalPages": pages}
    return told | {key: entries[(page - 1) * size : page * size]}


class Handler(BaseHTTPRequestHandler):
    server: Register

    def do_GET(self) -> None:
        address = urlparse(self.path)
        path, query = address.path.removeprefix("/public/v1"), parse_qs(address.query)
        self.server.asked.append(path)
        self.server.queries.append(query)
        self.server.keys.add(self.headers.get("Ocp-Apim-Subscription-Key"))
        if faults := self.server.faults.get(path):
            return faults.pop(0)(self)
        document = self.server.answer(path, query)
        if document is None:
            return send(self, 404, b'{"statusCode": 404, "message": "No Locations found"}')
        return send(self, 200, json.dumps(document).encode())

    def log_message(self, *told: Any) -> None:
        """Says nothing."""


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def says(status: int, body: bytes = b"{}", **headers: str) -> Fault:
    return lambda handler: send(handler, status, body, **headers)


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    send(handler, 200, b'{"locationId": "1-30', Content_Length="5000")
    handler.close_connection = True


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def sleeps(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.4)
    send(handler, 200, b"{}")


@contextmanager
def serving(folder: Path) -> Iterator[Register]:
    server = Register(folder)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
