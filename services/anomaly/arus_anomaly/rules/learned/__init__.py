"""The learned detector: what was to be expected, what would have been normal, and how rare a value is.

It speaks beside the contract's rule and never changes its status. Everything here is a pure function of the
memory of one key, one fact and versioned side inputs: no clock, no chance, the same bits however a history is
cut into batches. `detector` folds one fact, `many` the facts of many keys at once with the same results,
`stream` judges sensors that report every few minutes.
"""
