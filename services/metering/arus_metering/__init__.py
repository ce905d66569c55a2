"""Metering of Arus."""
