"""Every address of the product. Each app keeps its own list; this page only says where they hang."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
