"""The report of fuel use: what it says, and how it is printed."""
