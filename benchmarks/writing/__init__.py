"""Writing: saving by many at once, rendering and comparing by length, the page for writing."""
