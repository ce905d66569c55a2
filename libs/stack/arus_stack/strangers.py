"""People for tests of the whole system: each registers, and owns an organisation nobody else belongs to."""

from secrets import token_hex
from typing import Any, Self

import httpx

PASSWORD = "Rahasia-panjang-7"  # noqa: S105 - of people who live as long as a test


class Stranger:
    """Someone who just registered and is signed in; a context manager that hangs up."""

    def __init__(self, gateway: str, email: str = "") -> None:
        """Register, or with an address sign in as who registered with it."""
        self.http = httpx.Client(base_url=f"{gateway}/api/v1", timeout=30)
        self.email = email or f"{token_hex(6)}@example.org"
        if email:
            self.sign_in()
        else:
            self.register()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def register(self) -> None:
        """Make the account and sign in."""
        body = {"email": self.email, "password": PASSWORD, "name": "Orang Asing"}
        made = self.http.post("/auth/register", json=body).raise_for_status().json()
        self.tenant_id: str = made["organisation"]["id"]
        self.sign_in()

    def sign_in(self) -> None:
        """Get a new token; as somebody new when this account is gone."""
        answer = self.http.post("/auth/login", json={"email": self.email, "password": PASSWORD})
        if not answer.is_success:
            self.email = f"{token_hex(6)}@example.org"
            self.register()
            return
        self.http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"

    @property
    def headers(self) -> dict[str, str]:
        """Say who is asking."""
        return {"authorization": self.http.headers["authorization"]}

    def make(self, path: str, **body: Any) -> dict[str, Any]:
        """Record something and return it."""
        answer = self.http.post(path, json=body)
        answer.raise_for_status()
        return answer.json()

    def location(self, name: str = "Gudang A") -> str:
        """Make a location and return its id."""
        return self.make("/locations", name=name, type="warehouse", timezone="Asia/Jakarta")["id"]

    def product(self) -> str:
        """Make a product and return its id."""
        return self.make("/products", code=f"SOLAR-{token_hex(3)}", name="Solar", kind="fuel", unit="L")["id"]
