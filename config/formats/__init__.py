"""How dates and numbers are written where the usual way of a language does not fit."""
