from django.urls import path

from yuanba.matters.pages import public, resident

app_name = "matters"

urlpatterns = [
    path("report/", resident.report, name="report"),
    path("d/<str:door_code>/", resident.report_at_door, name="report_at_door"),
    path("m/<str:track_key>/", resident.mine, name="mine"),
    path("m/<str:track_key>/photos/<int:photo_id>/", resident.my_photo, name="my_photo"),
    path("m/<str:track_key>/proof/<int:entry_id>/", resident.my_proof, name="my_proof"),
    path("m/<str:track_key>/<slug:move>/", resident.my_move, name="my_move"),
    path("find/", resident.find, name="find"),
    path("board/<int:place_id>/", public.board, name="board"),
    path("journal/", public.journal, name="journal"),
]
