"""What everybody reads without an account: how Lighthouse judges it, and what it weighs."""
