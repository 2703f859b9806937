"""The measurements of `make bench`: a hundred thousand cases, real HTTP, and the same SQL by pgbench beside it."""
