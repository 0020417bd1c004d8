"""Figures to SVG: the same picture on the page and on paper, with a title and a description."""
