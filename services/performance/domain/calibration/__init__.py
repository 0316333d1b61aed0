"""The layer above computed results: quotas of a forced distribution, and sessions that calibrate by hand."""
