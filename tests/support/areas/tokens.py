"""What the suite expects of the tokens that people give to programs."""

import datetime as dt
from typing import Any

from areas import Area, Screen
from models.tokens import ApiAnswer, ApiToken

EVERYBODY = "officer manager head director partner contributor provider care_manager auditor administrator"
MOMENT = "2026-03-04 10:00:00+00:00"


def made(world: Any, state: str = "in_use", **kw: Any) -> ApiToken:
    """A token of somebody whom the tests sign in for nothing else."""
    told = {
        "person_id": world.person("officer2").id,
        "name": "Another token",
        "prefix": f"{world._next():010x}",
        "secret_sha256": "0" * 64,
        "scopes": ["read"],
        "expires_on": dt.date(2026, 6, 1),
        "session_version": 1,
        **kw,
    }
    return world._add(ApiToken(state=state, **told))


def rows(world: Any, own: Any, other: Any) -> dict[str, Any]:
    token = made(world)
    answer = ApiAnswer(
        token_id=token.id, key="one", fingerprint="0" * 64, status=201, headers={}, body="{}", at=token.created_at
    )
    return {"token of another": token, "stored answer": world._add(answer)}


AREA = Area(
    screens=[
        Screen(
            plural="tokens",
            model=ApiToken,
            make=made,
            reads=EVERYBODY,
            sees="auditor administrator",
            adds=EVERYBODY,
            heading="API tokens",
            browser_user="admin",
            steps={("revoke", "in_use"): "administrator"},
            past=False,
        )
    ],
    seen={"token of another": "auditor administrator", "stored answer": ""},
    rows=rows,
    pages=[("tokens", "token of another", "another")],
    good={
        "api_token": (
            {
                "version": 1, "created_at": MOMENT, "person_id": 1, "name": "One", "prefix": "one",
                "secret_sha256": "0" * 64, "scopes": "[]", "expires_on": "2026-06-01", "session_version": 1,
                "state": "in_use",
            },
            {"prefix": "two"},
        ),
        "api_answer": (
            {
                "token_id": 1, "key": "one", "fingerprint": "0", "status": 201, "headers": "{}", "body": "",
                "at": MOMENT,
            },
            {"key": "two"},
        ),
    },
    checks={"ck_api_token_secret_whole": ("api_token", {"secret_sha256": "0"})},
    only_one={
        "uq_api_token_prefix": ("api_token", {"prefix": "one"}, "api_token.prefix"),
        "uq_api_answer_token_id_key": ("api_answer", {"key": "one"}, "api_answer.token_id, api_answer.key"),
    },
    words="api_token: state",
    pointers="api_token: person_id created_by_id\napi_answer: token_id",
    places=lambda world: {"token": made(world).id},
    budgets="""
    officer       /tokens/list/                              4  24
    administrator /tokens/show/{token}                       5   0
    officer       /tokens/add                                1   0
    """,
)  # fmt: skip
