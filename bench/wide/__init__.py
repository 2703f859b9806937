"""`make bench ARGS="--map"`: a million components and a million cases of a wide city, and what its map costs."""
