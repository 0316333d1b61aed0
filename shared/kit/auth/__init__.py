"""Who is calling (`tokens`) and what that caller may do (`policy`)."""
