from django.urls import path

from yuanba.people.pages import channels, communities, outside, posts, profile

app_name = "people"

urlpatterns = [
    path("me/", profile.profile, name="profile"),
    path("me/sign-out-everywhere/", profile.sign_out_everywhere, name="sign_out_everywhere"),
    path("me/notices/", channels.channels, name="channels"),
    path("me/outside/<slug:service>/", outside.connect, name="connect_outside"),
    path("me/outside/<slug:service>/disconnect/", outside.disconnect, name="disconnect_outside"),
    path("organizations/<int:organization_id>/group/", channels.group, name="group"),
    path("organizations/<int:organization_id>/group/try/", channels.try_group, name="try_group"),
    path("organizations/<int:organization_id>/group/remove/", channels.remove_group, name="remove_group"),
    path("communities/<int:organization_id>/", communities.people_and_posts, name="people_and_posts"),
    path(
        "communities/<int:organization_id>/agreements/new/", communities.new_agreement, name="new_agreement"
    ),
    path("communities/<int:organization_id>/check-ins/", communities.check_ins, name="check_ins"),
    path("vacancies/", posts.vacant_posts, name="vacancies"),
    path("posts/<int:post_id>/hand-over/", posts.hand_over, name="hand_over"),
]
