"""The steps of `make_geography.py`. They run on a developer's machine only; the product reads their outputs."""
