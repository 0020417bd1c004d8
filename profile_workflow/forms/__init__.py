"""What people may send in, and how forms are drawn."""
