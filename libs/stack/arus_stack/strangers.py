"""People for tests of the whole system: each registers, and owns an organisation nobody else belongs to."""

import re
import time
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

import httpx

PASSWORD = "Rahasia-panjang-7"  # noqa: S105 - of people who live as long as a test

LETTER_S = 60


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

    def verify(self, home: Path) -> None:
        """Prove the e-mail address with the letter that a stack without a mail server kept."""
        deadline = time.monotonic() + LETTER_S
        while time.monotonic() < deadline:
            for letter in (home / "mail").glob("*.eml"):
                mail = message_from_bytes(letter.read_bytes(), policy=default)
                if mail["To"] == self.email:
                    [token] = re.findall(r"verify-email\?token=(\S+)", mail.get_content())
                    self.http.post("/auth/verify-email", json={"token": token}).raise_for_status()
                    return
            time.sleep(0.1)
        raise AssertionError(f"no letter to {self.email} within {LETTER_S} s")

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
