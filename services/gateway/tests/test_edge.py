"""The edge: what reaches the services behind, what comes back, and what is served here."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
import uvicorn
from arus_gateway import proxy, site
from arus_gateway.compression import takes_gzip
from arus_runtime.auth import FixedKeys, Verifier
from arus_runtime.context import Service
from arus_runtime.web import create_app, router
from arus_stack import ports
from starlette.datastructures import Headers

from .world import HOME, Gateway, Opening

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
async def test_what_operators_read_is_not_told_to_the_world(gateway: Gateway, path: str):
    inside = gateway.connect(HOME, address="10.42.0.7")
    assert (await inside.get(path)).status_code == 200
    assert (await inside.get(path, headers={"X-Forwarded-For": "10.42.0.8"})).status_code == 404
    world = gateway.connect(HOME, address="8.8.8.8")
    assert (await world.get(path)).status_code == 404
    assert (await world.get("/healthz")).status_code == 200


class Upstream:
    """A service behind the gateway that tells what it received."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        size = 0
        while True:
            message = await receive()
            size += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        path = scope["path"].rpartition("/")[2]
        if path == "slow":
            await asyncio.sleep(60)
        if path == "dies":
            raise RuntimeError("gone")
        if path.startswith("long"):
            await send_long(send, path)
            return
        told = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
            "size": size,
        }
        headers = [(b"content-type", b"application/json"), (b"etag", b'"7"'), (b"keep-alive", b"timeout=5")]
        body = orjson.dumps(told)
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": 418, "headers": headers})
        await send({"type": "http.response.body", "body": body})


LONG = orjson.dumps({"items": [{"id": number, "status": "ANOMALI"} for number in range(9_000)]})


async def send_long(send: Any, path: str) -> None:
    """Send much more than one chunk, of the kind that the path ends with."""
    kind = {
        "json": b"application/json; charset=utf-8",
        "csv": b"text/csv",
        "problem": b"application/problem+json",
    }
    headers = [(b"content-type", kind[path.rpartition(".")[2]]), (b"etag", b'"7"')]
    if "-" not in path:
        headers.append((b"content-length", str(len(LONG)).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for start in range(0, len(LONG), 70_000):
        await send({"type": "http.response.body", "body": LONG[start : start + 70_000], "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def listening(app: Any) -> AsyncGenerator[str]:
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.ensure_future(server.serve([listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    server.force_exit = True
    await serving


@pytest.fixture
async def behind(opening: Opening) -> AsyncIterator[Gateway]:
    async with listening(Upstream()) as url:
        peers = {name: {"http": url} for name in ("inventory", "metering", "anomaly")} | {
            "ingest": {"http": f"http://127.0.0.1:{ports.free_port()}"}
        }
        async with opening(peers=peers, upstream_timeout_s=0.3, max_body_bytes=200_000) as gateway:
            yield gateway


async def test_a_request_passes_through_with_the_callers_token_and_nothing_else_of_theirs(behind: Gateway):
    siti = await behind.register()
    answer = await siti.http.post(
        "/locations/a%2Fb?x=1&y=%20",
        content=b"{}",
        headers={
            "Cookie": "arus_session=x",
            "X-Forwarded-For": "6.6.6.6",
            "X-Forwarded-Host": "evil.example",
            "Connection": "close, X-Secret-Hop",
            "X-Secret-Hop": "1",
            "If-Match": '"6"',
            "Idempotency-Key": "k1",
            "TE": "trailers",
        },
    )
    assert answer.status_code == 418
    told = answer.json()
    assert (told["method"], told["path"], told["query"]) == ("POST", "/api/v1/locations/a%2Fb", "x=1&y=%20")
    received = told["headers"]
    assert received["authorization"] == f"Bearer {siti.tokens['access_token']}"
    assert received["x-forwarded-for"] == "127.0.0.1"
    assert received["x-forwarded-host"] == "gateway"
    assert received["x-forwarded-proto"] == "http"
    assert received["if-match"] == '"6"'
    assert received["idempotency-key"] == "k1"
    assert received["traceparent"].startswith("00-")
    assert not {"cookie", "x-secret-hop", "te", "x-api-key"} & set(received)
    assert answer.headers["etag"] == '"7"'
    assert "keep-alive" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == site.API_POLICY


named = router("customers")


@named.get("/customers/{nomen}/timeline")
async def get_named(nomen: str) -> str:
    return nomen


async def test_a_number_with_a_slash_reaches_a_services_route(opening: Opening):
    service = create_app(Service("metering", routers=[named]))
    async with (
        listening(service) as url,
        opening(peers={"metering": {"http": url}}) as gateway,
    ):
        siti = await gateway.register()
        answer = await siti.http.get("/customers/34%2F0001/timeline")
        assert (answer.status_code, answer.json()) == (200, "34/0001")


@pytest.mark.parametrize(
    ("seed", "route"),
    [
        ("/api/kpi_data", "/api/v1/kpi/data"),
        ("/api/customers/search", "/api/v1/customers/search"),
        ("/api/anomaly/summary", "/api/v1/anomalies/meter/summary"),
    ],
)
async def test_the_seeds_paths_lead_to_their_routes(behind: Gateway, seed: str, route: str):
    siti = await behind.register()
    told = (await siti.http.get(f"{HOME}{seed}?q=12345&rayon=34")).json()
    assert (told["path"], told["query"]) == (route, "q=12345&rayon=34")
    assert (await behind.anonymous.get(f"{HOME}{seed}")).status_code == 401


async def test_a_file_may_be_as_large_on_either_path(behind: Gateway):
    siti = await behind.register()
    for path in (f"{HOME}/imports", f"{HOME}/api/v1/imports"):
        answer = await siti.http.post(path, content=bytes(300_000))
        assert answer.status_code == 503, "its service is away, and was asked"
    assert (await behind.anonymous.post(f"{HOME}/imports")).status_code == 401


async def test_a_key_travels_on_as_a_token(behind: Gateway):
    siti = await behind.register()
    key = (await siti.http.post("/keys", json={"name": "k", "role": "admin"})).json()
    machine = behind.connect(**{"X-API-Key": key["secret"]})
    received = (await machine.get("/locations")).json()["headers"]
    assert received["authorization"].startswith("Bearer ey")
    assert "x-api-key" not in received


async def test_a_limited_key_travels_with_its_limits(behind: Gateway):
    siti = await behind.register()
    body = {"name": "k", "role": "admin", "resources": {"locations": "r"}}
    key = (await siti.http.post("/keys", json=body)).json()
    machine = behind.connect(**{"X-API-Key": key["secret"]})
    token = (await machine.get("/locations")).json()["headers"]["authorization"].removeprefix("Bearer ")
    read = await Verifier(FixedKeys(behind.door.signer.public)).verify(token)
    assert (read.may("locations", "r"), read.may("products", "r")) == (True, False)
    for path in ("/products", "/locations/../products", "/locations/%2e%2e/products"):
        assert (await machine.get(path)).status_code in (403, 404), path


@pytest.mark.parametrize("up", ["%2e%2e", "%2E%2E", ".%2e", "%2e%2e%2f%2e%2e"])
async def test_no_address_leads_out_of_what_a_service_shows_the_world(behind: Gateway, up: str):
    siti = await behind.register()
    answer = await siti.http.get(f"/locations/{up}/{up}/{up}/metrics")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_address_travels_on_as_it_came(behind: Gateway):
    siti = await behind.register()
    told = (await siti.http.get("/locations/a%252e%2f%20;b=1?q=a%2Bb%26c&r=%C3%A9#d")).json()
    assert told["path"] == "/api/v1/locations/a%252e%2f%20;b=1"
    assert told["query"] == "q=a%2Bb%26c&r=%C3%A9"


async def test_a_service_that_hangs_takes_the_connections_to_no_other(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(proxy, "CONNECTIONS", 2)
    monkeypatch.setattr(proxy, "CONNECT_TIMEOUT_S", 0.2)
    async with listening(Upstream()) as hung, listening(Upstream()) as well:
        peers = {"inventory": {"http": hung}, "metering": {"http": well}}
        async with opening(peers=peers, upstream_timeout_s=5.0) as gateway:
            siti = await gateway.register()
            asking = [asyncio.create_task(siti.http.get("/locations/slow")) for _ in range(3)]
            [refused], waiting = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
            answer = refused.result()
            assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "2")
            assert (await siti.http.get("/customers/1")).status_code == 418
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


async def test_bodies_stream_through(behind: Gateway):
    siti = await behind.register()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 10_000

    assert (await siti.http.post("/locations", content=pieces())).json()["size"] == 100_000


async def test_a_body_beyond_the_limit_is_refused_announced_or_not(behind: Gateway):
    siti = await behind.register()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 10_000

    announced = await siti.http.post("/locations", content=b"x" * 300_000)
    streamed = await siti.http.post("/locations", content=pieces())
    assert [announced.status_code, streamed.status_code] == [413, 413]


async def test_a_service_that_is_away_is_a_503_with_retry_after(behind: Gateway):
    siti = await behind.register()
    for path in ("/fuel/transactions", "/imports"):
        answer = await siti.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_service_that_is_too_slow_is_a_504(behind: Gateway):
    siti = await behind.register()
    answer = await siti.http.get("/locations/slow")
    assert (answer.status_code, answer.json()["code"]) == (504, "upstream_timeout")


async def test_a_failure_behind_stays_a_failure(behind: Gateway):
    siti = await behind.register()
    assert (await siti.http.get("/locations/dies")).status_code == 500


async def test_nobody_unknown_reaches_a_service(behind: Gateway):
    for headers in ({}, {"Authorization": "Bearer rubbish"}, {"X-API-Key": "ak_rubbish"}):
        answer = await behind.connect(**headers).get("/locations")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_unknown_path_is_a_404_problem(gateway: Gateway):
    siti = await gateway.register()
    inside = await siti.http.get("/nowhere")
    outside = await gateway.connect(HOME).get("/nowhere")
    for answer in (inside, outside):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_only_listed_origins_may_read_answers(opening: Opening):
    async with opening(cors_origins="https://app.example, https://other.example") as gateway:
        asks = {"Access-Control-Request-Method": "POST"}
        allowed = await gateway.connect(Origin="https://app.example").options("/auth/login", headers=asks)
        assert allowed.status_code == 204
        assert allowed.headers["access-control-allow-origin"] == "https://app.example"
        assert "access-control-allow-credentials" not in allowed.headers
        refused = await gateway.connect(Origin="https://evil.example").options("/auth/login", headers=asks)
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers
        read = await gateway.connect(Origin="https://app.example").get("/auth/me")
        assert read.headers["access-control-allow-origin"] == "https://app.example"
        assert "Origin" in read.headers["vary"]


async def test_the_document_the_docs_and_the_keys_are_served_here(gateway: Gateway):
    home = gateway.connect(HOME)
    assert (await home.get("/openapi.json")).json()["openapi"].startswith("3.1")
    page = await home.get("/docs")
    assert "http:" not in page.text
    assert "https:" not in page.text
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js", "favicon.png"):
        assert (await home.get(f"/docs/{name}")).status_code == 200
    assert (await home.get("/docs/../site.py")).status_code == 404
    key = (await home.get("/.well-known/jwks.json")).json()["keys"][0]
    assert (key["kty"], key["crv"], key["alg"]) == ("OKP", "Ed25519", "EdDSA")
    assert "d" not in key
    assert (await home.get("/healthz")).json() == {"status": "ok"}
    assert (await home.get("/", follow_redirects=False)).headers["location"] == "/app"


async def test_an_unbuilt_console_says_how_to_build_it(opening: Opening, tmp_path: Path):
    async with opening(web_dist=str(tmp_path / "nothing")) as gateway:
        answer = await gateway.connect(HOME).get("/app")
        assert answer.status_code == 503
        assert "uv run arus console" in answer.text


async def test_the_console_is_served_with_its_caching_and_its_policy(opening: Opening, tmp_path: Path):
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<script>start()</script><script src='/x.js'></script>")
    (tmp_path / "dist" / "sw.js").write_text("sw")
    (tmp_path / "dist" / "assets" / "index-B4x_9fQz.js").write_text("app" * 1000)
    (tmp_path / "secret.txt").write_text("secret")
    async with opening(web_dist=str(tmp_path / "dist")) as gateway:
        home = gateway.connect(HOME)
        for path in ("/app", "/app/", "/app/anomalies", "/app/index.html"):
            page = await home.get(path)
            if path.endswith(".html"):
                assert page.status_code == 404
                continue
            assert page.headers["cache-control"] == "no-cache"
            policy = page.headers["content-security-policy"]
            assert policy.count("'sha256-") == 1
            assert "frame-ancestors 'none'" in policy
        assert (await home.get("/app/sw.js")).headers["cache-control"] == "no-cache"
        asset = await home.get("/app/assets/index-B4x_9fQz.js")
        assert asset.headers["content-encoding"] == "gzip"
        assert asset.text == "app" * 1000
        for said in ("identity", "gzip;q=0"):
            plain = await home.get("/app/assets/index-B4x_9fQz.js", headers={"Accept-Encoding": said})
            assert "content-encoding" not in plain.headers
            assert plain.text == "app" * 1000
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert asset.headers["content-type"].startswith("text/javascript")
        assert (await home.get("/app/assets/gone-12345678.js")).status_code == 404
        assert (await home.get("/app/..%2Fsecret.txt")).status_code == 404
        assert (await home.get("/app/%2e%2e/secret.txt")).status_code == 404


@pytest.mark.parametrize("path", ["long.json", "long-unmeasured.json", "long.problem"])
async def test_long_json_leaves_compressed_for_who_takes_it(behind: Gateway, path: str):
    siti = await behind.register()
    packed = await siti.http.get(f"/locations/{path}", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == LONG  # the client has unpacked it
    assert packed.num_bytes_downloaded < len(LONG) / 10
    assert (packed.headers["etag"], packed.headers["vary"]) == ('"7"', "Accept-Encoding")
    for said in ("identity", "gzip;q=0"):
        plain = await siti.http.get(f"/locations/{path}", headers={"Accept-Encoding": said})
        assert "content-encoding" not in plain.headers
        assert (plain.content, plain.headers["vary"]) == (LONG, "Accept-Encoding")


@pytest.mark.parametrize(
    ("said", "takes"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("deflate, x-gzip ; q=1", True),
        ("gzip;q=0", False),
        ("br, gzip; q=0.000, *", False),
        ("gzipped", False),
        ("", False),
    ],
)
def test_a_client_that_gives_gzip_no_weight_does_not_take_it(said: str, takes: bool):
    assert takes_gzip(Headers({"Accept-Encoding": said})) is takes


async def test_head_tells_no_length_that_compression_would_change(behind: Gateway):
    siti = await behind.register()
    told = await siti.http.head("/locations/long.json")
    assert (told.status_code, told.content, told.headers["vary"]) == (200, b"", "Accept-Encoding")
    assert (told.headers["etag"], "content-length" in told.headers) == ('"7"', False)
    own = await siti.http.head("/auth/me")
    assert (own.status_code, own.content) == (200, b"")
    assert (await siti.http.head("/auth/login")).headers["allow"] == "POST"


async def test_what_is_short_or_a_file_or_may_hold_a_secret_leaves_as_it_is(behind: Gateway):
    siti = await behind.register()
    for method, path in (
        ("GET", "/locations/x"),
        ("GET", "/locations/long.csv"),
        ("POST", "/locations/long.json"),
    ):
        answer = await siti.http.request(method, path, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in answer.headers, path
        assert len(answer.content) == answer.num_bytes_downloaded
