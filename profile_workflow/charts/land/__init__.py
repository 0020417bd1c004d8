"""Where cities lie: land and sea, without any border of a country."""
