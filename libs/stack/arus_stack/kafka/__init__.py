"""Kafka without a container engine: the official jars on a Java that came as a wheel."""
