"""The process of a profile, walked on the product and on the two baselines."""
