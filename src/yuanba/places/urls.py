from django.urls import path

from yuanba.places import pages

app_name = "places"

urlpatterns = [
    path("<int:place_id>/doors/", pages.doors, name="doors"),
    path("<int:place_id>/doors/new/", pages.new_door_code, name="new_door_code"),
]
