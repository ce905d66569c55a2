"""Settings of the whole system under test."""

import os

# Hostile tests send more a minute than people do; the limits themselves are tested with the gateway.
os.environ.setdefault("ARUS_RATE_AUTH", "1000000/minute")
os.environ.setdefault("ARUS_RATE_ACCOUNT", "1000000/minute")
