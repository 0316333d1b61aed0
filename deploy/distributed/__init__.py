"""Every service as processes of its own, which know of the world only what their environment says."""
