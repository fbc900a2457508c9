from django.urls import path

from yuanba.matters.pages import (
    bringing_in,
    drafting,
    office,
    public,
    queues,
    resident,
    rulebook,
    searching,
    told,
)

app_name = "matters"

urlpatterns = [
    path("report/", resident.report, name="report"),
    path("d/<str:door_code>/", resident.report_at_door, name="report_at_door"),
    path("m/<str:track_key>/", resident.mine, name="mine"),
    path("m/<str:track_key>/photos/<int:photo_id>/", resident.my_photo, name="my_photo"),
    path("m/<str:track_key>/proof/<int:entry_id>/", resident.my_proof, name="my_proof"),
    path("m/<str:track_key>/<slug:move>/", resident.my_move, name="my_move"),
    path("find/", resident.find, name="find"),
    path("board/", public.district_board, name="district_board"),
    path("board/<int:place_id>/", public.board, name="board"),
    path("journal/", public.journal, name="journal"),
    path("desk/", office.desk, name="desk"),
    path("desk/new/", bringing_in.bring_in, name="bring_in"),
    path("desk/new/receipt/", bringing_in.hand_over, name="hand_over"),
    path("problems/", office.problems, name="problems"),
    path("problems/export/", office.export, name="export"),
    path("search/", searching.search, name="search"),
    path("triage/", queues.triage, name="triage"),
    path("triage/<str:number>/take/", queues.take_proposal, name="take_proposal"),
    path("arbitration/", queues.arbitration, name="arbitration"),
    path("notices/", told.notices, name="notices"),
    path("notices/read/", told.read_notices, name="read_notices"),
    path("playbook/", rulebook.playbook, name="playbook"),
    path("playbook/editions/<int:edition_id>/", rulebook.edition, name="edition"),
    path("playbook/editions/<int:edition_id>/playbook.yaml", rulebook.edition_file, name="edition_file"),
    path(
        "playbook/editions/<int:edition_id>/playbook.xlsx", rulebook.edition_workbook, name="edition_workbook"
    ),
    path("playbook/draft/", drafting.draft, name="draft"),
    path("playbook/draft/anew/", drafting.draft_anew, name="draft_anew"),
    path("playbook/draft/changes/", drafting.draft_changes, name="draft_changes"),
    path("playbook/draft/preview/", drafting.draft_preview, name="draft_preview"),
    path("playbook/draft/publish/", drafting.publish, name="publish_draft"),
    path("matters/<str:number>/", office.matter, name="matter"),
    path("matters/<str:number>/photos/<int:photo_id>/", office.photo, name="photo"),
    path("matters/<str:number>/proof/<int:entry_id>/", office.proof, name="proof"),
    path("matters/<str:number>/parties/<int:party_id>/", office.party_step, name="party_step"),
    path("matters/<str:number>/telephone/", office.unmask, name="unmask"),
    path("matters/<str:number>/moves/<slug:move>/", office.make_move, name="make_move"),
]
