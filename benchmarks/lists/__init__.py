"""The two lists that everybody opens first, over a large programme."""
