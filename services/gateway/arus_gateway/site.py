"""Pages the gateway serves itself: the console, the API's documents, the signing keys."""

import base64
import gzip
import hashlib
import mimetypes
import re
from email.utils import formatdate
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import fastapi_offline
import orjson
from starlette.responses import RedirectResponse, Response

from arus_gateway.tokens import Signer

DOCUMENT: Final = "openapi.json"
YEAR_S: Final = 31_536_000
ZIPPED_FROM: Final = 1_000
_ZIPPED: Final = frozenset(
    (
        "application/json",
        "application/manifest+json",
        "application/wasm",
        "image/svg+xml",
        "application/javascript",
    )
)
_UI: Final = Path(fastapi_offline.__file__).parent / "static"
_UI_FILES: Final = frozenset(("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"))
_INLINE: Final = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
# Vite puts a hash into the name of everything below assets/.
_HASHED: Final = re.compile(r"^assets/.+-[\w-]{8,}\.\w+$")

API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "manifest-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)

_DOCS: Final = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Arus API</title>
<link rel="icon" href="/docs/favicon.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_DOCS_START: Final = b"""SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#ui',
  deepLinking: true,
  persistAuthorization: true,
  requestInterceptor: request => { request.headers['X-Arus-Request'] = '1'; return request },
})
"""
_UNBUILT: Final = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Arus</title>
<style>body{font:1rem/1.6 system-ui;max-width:38rem;margin:4rem auto;padding:0 1rem}</style>
</head>
<body>
<h1>Arus</h1>
<p>Konsol belum dibangun. Jalankan <code>uv run arus console</code>, lalu muat ulang halaman ini.</p>
<p lang="en">The console is not built yet. Run <code>uv run arus console</code>, then reload this page.</p>
<p>API: <a href="/docs">/docs</a> &middot; <a href="/openapi.json">/openapi.json</a></p>
</body>
</html>
"""


class Site:
    """Answers GET and HEAD for everything that is not the API; None for paths it does not know."""

    def __init__(self, console: Path, signer: Signer) -> None:
        self._console = console.resolve()
        self._signer = signer
        self._document = files("arus_gateway").joinpath("static", DOCUMENT).read_bytes()

    def page(self, path: str, *, zips: bool = False) -> Response | None:
        """Return the page at the path, with its policy and its caching. zips: the client reads gzip."""
        made = self._page(path)
        return _zipped(made) if made and zips else made

    def _page(self, path: str) -> Response | None:
        if path == "/":
            return RedirectResponse("/app", 307)
        if path == "/app" or path.startswith("/app/"):
            return self._app(path.removeprefix("/app").lstrip("/"))
        if path == "/openapi.json":
            return Response(
                self._document, media_type="application/json", headers={"Cache-Control": "no-cache"}
            )
        if path == "/.well-known/jwks.json":
            headers = {"Cache-Control": "public, max-age=5"}  # a new key is known before it signs
            return Response(orjson.dumps(self._signer.jwks), media_type="application/json", headers=headers)
        if path == "/docs" or path.startswith("/docs/"):
            return _docs(path.removeprefix("/docs").lstrip("/"))
        return None

    def _app(self, name: str) -> Response | None:
        if name and (file := self._file(name)):
            caching = f"public, max-age={YEAR_S}, immutable" if _HASHED.match(name) else "no-cache"
            return _sent(file, caching)
        # A missing asset is missing; any other address is a page of the console's own router.
        if name.startswith("assets/") or "." in name.rpartition("/")[2]:
            return None
        index = self._console / "index.html"
        if not index.is_file():
            return Response(_UNBUILT, 503, media_type="text/html", headers=_page_headers(b"", "no-store"))
        html = index.read_bytes()
        return Response(html, media_type="text/html", headers=_page_headers(html, "no-cache"))

    def _file(self, name: str) -> Path | None:
        file = (self._console / name).resolve()
        inside = file.is_relative_to(self._console)
        return file if inside and file.is_file() and file.name != "index.html" else None


def _docs(name: str) -> Response | None:
    if name == "":
        return Response(_DOCS, media_type="text/html", headers=_page_headers(b"", "no-cache"))
    if name == "start.js":
        return Response(_DOCS_START, media_type="text/javascript", headers={"Cache-Control": "no-cache"})
    return _sent(_UI / name, "public, max-age=86400") if name in _UI_FILES else None


def _sent(file: Path, caching: str) -> Response:
    kind = (
        "application/manifest+json" if file.suffix == ".webmanifest" else mimetypes.guess_type(file.name)[0]
    )
    found = file.stat()
    # A worker script runs under its own policy, not under that of the page that started it.
    headers = {"Last-Modified": formatdate(found.st_mtime, usegmt=True), **_page_headers(b"", caching)}
    return Response(_content(file, found.st_mtime_ns), 200, headers, kind or "application/octet-stream")


@lru_cache(maxsize=512)
def _content(file: Path, _changed_ns: int) -> bytes:
    return file.read_bytes()


def _zipped(page: Response) -> Response:
    body = bytes(page.body)
    kind = page.headers.get("content-type", "").partition(";")[0]
    if len(body) < ZIPPED_FROM or not (kind.startswith("text/") or kind in _ZIPPED):
        return page
    packed = _packed(body)
    page.body = packed
    page.headers["content-length"] = str(len(packed))
    page.headers["content-encoding"] = "gzip"
    page.headers.add_vary_header("Accept-Encoding")
    return page


@lru_cache(maxsize=512)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


def _page_headers(html: bytes, caching: str) -> dict[str, str]:
    """Return caching and policy; scripts written into the page are admitted by their hash."""
    hashes = [base64.b64encode(hashlib.sha256(found).digest()).decode() for found in _INLINE.findall(html)]
    scripts = "".join(f" 'sha256-{text}'" for text in hashes)
    return {"Content-Security-Policy": _PAGE_POLICY.format(scripts=scripts), "Cache-Control": caching}
