"""The address of tiles."""

from django.urls import path

from cityloop.grid.tiles.serving import tile

app_name = "tiles"

urlpatterns = [path("<slug:layer>/<int:z>/<int:x>/<int:y>.mvt", tile, name="tile")]
