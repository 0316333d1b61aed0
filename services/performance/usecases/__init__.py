"""One verb per file: catalogue → goals → cycles → scoring → follow_up, as the procedure goes."""
