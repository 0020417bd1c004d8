"""The pages that are opened most, by many people at once, from a server as it runs in earnest."""
