"""`make bench`: how fast the parts and the whole are, each beside a bare reference measured in the same run."""
