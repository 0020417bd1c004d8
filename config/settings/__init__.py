"""One module of settings for each way of running."""
