"""CDT: a cognitive digital twin for every machine-learning model that an organisation runs."""
