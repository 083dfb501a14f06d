"""What KServe's inference logger sends: requests to a model and their answers, joined to predictions."""
