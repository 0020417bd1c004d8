"""Laws of the code base, each with a planted hole that its check must catch."""
