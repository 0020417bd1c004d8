"""All addresses. Who may request each is said in ``config.access``."""

from django.urls import path

from config import health
from profile_workflow.views import accounts, history, sections
from workflows.views import (
    board,
    deadlines,
    delegating,
    outbox,
    passwords,
    pdf,
    people,
    profile,
    profiles,
    starting,
    tasks,
)

urlpatterns = [
    path("", board.home, name="home"),
    path("sign-in/", accounts.SignIn.as_view(), name="sign_in"),
    path("reset-password/", passwords.password_reset, name="password_reset"),
    path("reset-password/<uidb64>/<token>/", passwords.SetPassword.as_view(), name="password_set"),
    path("sign-out/", accounts.SignOut.as_view(), name="sign_out"),
    path("language/", accounts.language, name="language"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<int:task_id>/", tasks.task, name="task"),
    path("tasks/<int:task_id>/claim/", tasks.claim_task, name="task_claim"),
    path("tasks/<int:task_id>/release/", tasks.release_task, name="task_release"),
    path("tasks/<int:task_id>/delegate/", delegating.delegate_task, name="task_delegate"),
    path("profiles/", profiles.profiles, name="profiles"),
    path("profiles/new/", starting.start, name="profile_new"),
    path("board/", board.board, name="board"),
    path("board/views/", board.save_view, name="board_view_save"),
    path("board/views/<int:view_id>/", board.change_view, name="board_view"),
    path("board/<str:kind>/", board.board_file, name="board_file"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/retry/", outbox.retry_all, name="outbox_retry_all"),
    path("outbox/<int:job_id>/retry/", outbox.retry_job, name="outbox_retry"),
    path("p/<slug:slug>/", profile.profile, name="profile"),
    path("p/<slug:slug>/people/", people.people, name="people"),
    path("p/<slug:slug>/people/add/", people.add, name="people_add"),
    path("p/<slug:slug>/people/invite/", people.invite, name="people_invite"),
    path("p/<slug:slug>/people/<int:part_id>/end/", people.end, name="people_end"),
    path(
        "p/<slug:slug>/people/<int:part_id>/substitute/",
        people.substitute,
        name="people_substitute",
    ),
    path("p/<slug:slug>/people/<int:part_id>/ask/", people.ask, name="people_ask"),
    path("p/<slug:slug>/deadlines/", deadlines.deadlines, name="deadlines"),
    path("p/<slug:slug>/history/", history.history, name="history"),
    path("p/<slug:slug>/s/<slug:key>/", sections.section, name="section"),
    path("p/<slug:slug>/s/<slug:key>/move/<slug:move>/", profile.section_move, name="section_move"),
    path("p/<slug:slug>/move/<slug:move>/", profile.profile_move, name="profile_move"),
    path("p/<slug:slug>/pdf/", pdf.pdf, name="pdf"),
    path("p/<slug:slug>/pdf/<int:build_id>/", pdf.pdf_file, name="pdf_file"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", accounts.favicon, name="favicon"),
]
