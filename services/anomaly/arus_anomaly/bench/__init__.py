"""Measure the learned detector beside its peers on labelled data: `arus anomaly bench PATH --json`."""
