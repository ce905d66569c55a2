"""The gateway: `python -m arus_gateway`."""

from arus_runtime.service import run

from arus_gateway.service import SERVICE

if __name__ == "__main__":
    run(SERVICE)
