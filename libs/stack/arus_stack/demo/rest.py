"""The public REST API as commands use it: one account, patient with a busy system."""

import hashlib
import os
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self

import httpx
import orjson

from arus_stack.errors import Refused, ServerFailed

PREFIX: Final = "/api/v1"
TIMEOUT_S: Final = 60.0
PATIENCE_S: Final = 120.0
PAUSE_S: Final = 1.0
"""Between tries, unless the server says how long."""
BUSY: Final = frozenset((429, 502, 503, 504))
UPLOADS: Final = "/imports/uploads"
IMPORT_ID: Final = "Arus-Import-Id"
PIECE_BYTES: Final = 8_388_608
JsonObject = Mapping[str, Any]
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_JSON: Final = MappingProxyType({"Content-Type": "application/json"})


class Api:
    """A signed-in account, which signs in anew when its session ends.

    Busy answers and cut lines are tried again after a while.
    """

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
        return _expected(self._sent("GET", path, params=query), 200).json()

    def ensure(self, path: str, body: JsonObject, code_field: str) -> str:
        """Return the id of the record with this code, which is made unless it exists."""
        made = self._sent("POST", path, body=body)
        if made.status_code != 409:
            return _expected(made, 201).json()["id"]
        code = str(body[code_field])
        found = self.get(path, q=code, limit="500")["items"]
        return next(item["id"] for item in found if str(item[code_field] or "").lower() == code.lower())

    def post(self, path: str, body: JsonObject) -> Any:
        """Return the answer to a POST that is done once however often it is sent."""
        return _expected(self._sent("POST", path, body=body), 200, 201, 202).json()

    def patch(self, path: str, body: JsonObject) -> Any:
        """Return the answer to a PATCH that is done once however often it is sent."""
        return _expected(self._sent("PATCH", path, body=body), 200).json()

    def upload(self, file: Path, progress: Callable[[float], None]) -> str:
        """Return the id of the import that a file becomes. progress: told how much has come (0 to 1).

        It goes in pieces (tus), each of which may be sent again: it becomes one import, whatever happens.
        """
        size = file.stat().st_size
        if not size:
            raise Refused(f"{file.name} is empty")
        name = b64encode(os.fsencode(file.name)).decode()
        new = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
        known = _expected(self._signed_in("POST", UPLOADS, headers=new), 201)
        place = f"{UPLOADS}/{known.headers['Location'].rpartition('/')[2]}"
        with file.open("rb") as content:
            while IMPORT_ID not in known.headers:
                offset = int(known.headers["Upload-Offset"])
                progress(offset / size)
                content.seek(offset)
                piece = content.read(min(PIECE_BYTES, size - offset))
                if offset < size and not piece:
                    raise Refused(f"{file.name} became shorter while it was sent")
                at = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
                answer = self._signed_in("PATCH", place, content=piece, headers=at)
                if answer.status_code == 409:  # an earlier try came, but its answer did not
                    answer = self._signed_in("HEAD", place)
                known = _expected(answer, 200, 204)
        progress(1.0)
        return known.headers[IMPORT_ID]

    def _sign_in(self) -> None:
        answer = self._patiently("POST", "/auth/login", content=orjson.dumps(self._login), headers=_JSON)
        if answer.status_code != 200:
            raise Refused(
                f"{self._login['email']} cannot sign in: {_words(answer)}", "Check e-mail and password."
            )
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _sent(
        self, method: str, path: str, *, body: JsonObject | None = None, params: Mapping[str, str] = _NONE
    ) -> httpx.Response:
        if body is None:
            return self._signed_in(method, path, params=params)
        content = orjson.dumps(body)
        # The same content again is the same command, however often the line breaks.
        key = hashlib.sha256(path.encode() + content).hexdigest()
        return self._signed_in(method, path, content=content, headers={**_JSON, "Idempotency-Key": key})

    def _signed_in(
        self,
        method: str,
        path: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] = _NONE,
        params: Mapping[str, str] = _NONE,
    ) -> httpx.Response:
        answer = self._patiently(method, path, content=content, headers=headers, params=params)
        if answer.status_code == 401:
            self._sign_in()
            answer = self._patiently(method, path, content=content, headers=headers, params=params)
        return answer

    def _patiently(
        self,
        method: str,
        path: str,
        *,
        content: bytes,
        headers: Mapping[str, str],
        params: Mapping[str, str] = _NONE,
    ) -> httpx.Response:
        """Return the answer to what may be sent any number of times; raises ServerFailed without one."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            pause_s = PAUSE_S
            try:
                answer = self._client.request(method, path, content=content, params=params, headers=headers)
            except httpx.TransportError as error:
                if time.monotonic() + pause_s > deadline:
                    raise ServerFailed(f"{method} {path}: no answer, {error}") from error
            else:
                pause_s = _pause_s(answer)
                if pause_s is None or time.monotonic() + pause_s > deadline:
                    return answer
            time.sleep(pause_s)


def _pause_s(answer: httpx.Response) -> float | None:
    """Return after how long to ask a busy server again; None when it was not busy."""
    said = answer.headers.get("Retry-After", "")
    is_busy = answer.status_code in BUSY or (answer.status_code == 409 and said)
    if not is_busy:
        return None
    return float(said) if said.isdecimal() else PAUSE_S


def _expected(answer: httpx.Response, *expected: int) -> httpx.Response:
    if answer.status_code not in expected:
        raise Refused(f"{answer.request.method} {answer.request.url.path}: {_words(answer)}")
    return answer


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
