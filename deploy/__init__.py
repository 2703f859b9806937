"""Prepares a machine and runs CityLoop on it: everything behind `make`.

Standard library only, because it runs before anything is installed.
"""
