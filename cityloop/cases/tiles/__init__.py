"""Cases on the map: counts by cell when zoomed out, cases with their lamps when zoomed in."""
