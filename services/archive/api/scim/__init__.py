"""SCIM 2.0 (RFC 7643, 7644): directories provision employees and departments at `/scim/v2`."""
