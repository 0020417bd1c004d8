"""The demonstration: a network of invented people who move real profiles through the engine."""
