"""How dates are written where the usual way of a language does not fit this site."""
