"""What the product is measured beside: the same documents and moves, on stock parts only."""
