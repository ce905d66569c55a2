"""The public REST API as commands use it: one account, patient with a busy system."""

import hashlib
import ssl
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx
import orjson

from arus_stack.errors import Refused

PREFIX: Final = "/api/v1"
TIMEOUT_S: Final = 60.0
PATIENCE_S: Final = 120.0
BUSY: Final = frozenset((429, 502, 503))
JsonObject = Mapping[str, Any]


class Api:
    """A signed-in account. Busy answers are tried again after a while; an expired session signs in anew."""

    def __init__(self, gateway_url: str, email: str, password: str, authority: str | None = None) -> None:
        self._client = httpx.Client(
            base_url=gateway_url.rstrip("/") + PREFIX,
            timeout=TIMEOUT_S,
            trust_env=False,
            verify=ssl.create_default_context(cafile=authority),
        )
        self._login = {"email": email, "password": password}

    def __enter__(self) -> Self:
        self._sign_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, **query: str) -> Any:
        """Return the answer to a GET."""
        return self._asked(self._sent("GET", path, params=query), 200)

    def ensure(self, path: str, body: JsonObject, code_field: str) -> str:
        """Return the id of the record with this code, which is made unless it exists."""
        made = self._sent("POST", path, body=body)
        if made.status_code != 409:
            return self._asked(made, 201)["id"]
        code = str(body[code_field])
        found = self.get(path, q=code, limit="500")["items"]
        return next(item["id"] for item in found if str(item[code_field] or "").lower() == code.lower())

    def post(self, path: str, body: JsonObject) -> Any:
        """Return the answer to a POST that is done once however often it is sent."""
        return self._asked(self._sent("POST", path, body=body), 200, 201, 202)

    def patch(self, path: str, body: JsonObject) -> Any:
        """Return the answer to a PATCH that is done once however often it is sent."""
        return self._asked(self._sent("PATCH", path, body=body), 200)

    def upload(self, path: str, file: Path, form: Mapping[str, str]) -> Any:
        """Return the answer to a form that brings a file."""
        with file.open("rb") as content:
            answer = self._client.post(path, files=[("files", (file.name, content))], data=form)
        return self._asked(answer, 202)

    def _sign_in(self) -> None:
        answer = self._send_patiently("POST", "/auth/login", content=orjson.dumps(self._login))
        if answer.status_code != 200:
            raise Refused(
                f"{self._login['email']} cannot sign in: {_words(answer)}", "Check e-mail and password."
            )
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _sent(
        self,
        method: str,
        path: str,
        *,
        body: JsonObject | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        content = b"" if body is None else orjson.dumps(body)
        answer = self._send_patiently(method, path, content=content, params=params)
        if answer.status_code == 401:
            self._sign_in()
            answer = self._send_patiently(method, path, content=content, params=params)
        return answer

    def _send_patiently(
        self, method: str, path: str, *, content: bytes, params: Mapping[str, str] | None = None
    ) -> httpx.Response:
        headers = {"Content-Type": "application/json"} if content else {}
        if content and not path.startswith("/auth"):
            # The same content again is the same command, however often the line breaks.
            headers["Idempotency-Key"] = hashlib.sha256(path.encode() + content).hexdigest()
        deadline = time.monotonic() + PATIENCE_S
        while True:
            answer = self._client.request(method, path, content=content, params=params, headers=headers)
            if answer.status_code not in BUSY or time.monotonic() > deadline:
                return answer
            time.sleep(min(float(answer.headers.get("Retry-After", "1")), 10.0))

    def _asked(self, answer: httpx.Response, *expected: int) -> Any:
        if answer.status_code not in expected:
            raise Refused(f"{answer.request.method} {answer.request.url.path}: {_words(answer)}")
        return answer.json()


def _words(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        return "; ".join([str(problem["detail"]), *(error["message"] for error in problem.get("errors", ()))])
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.text[:200]}"


def in_batches(items: Sequence[JsonObject], size: int) -> list[list[JsonObject]]:
    """Return the items in runs of about this size that never part items of one date."""
    batches: list[list[JsonObject]] = []
    for item in items:
        if batches and (len(batches[-1]) < size or batches[-1][-1]["date"] == item["date"]):
            batches[-1].append(item)
        else:
            batches.append([item])
    return batches
