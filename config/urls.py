"""All addresses. Who may request each is said in ``config.access``."""

from django.urls import path

from config import health
from profile_workflow.views import (
    accounts,
    entries,
    erratum,
    evidence,
    history,
    pasting,
    priorities,
    profiles,
    sections,
)
from workflows.views import board, figures, outbox, pdf, profile, tasks

urlpatterns = [
    path("", board.home, name="home"),
    path("sign-in/", accounts.SignIn.as_view(), name="sign_in"),
    path("sign-out/", accounts.SignOut.as_view(), name="sign_out"),
    path("language/", accounts.language, name="language"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<int:task_id>/", tasks.task, name="task"),
    path("tasks/<int:task_id>/claim/", tasks.claim_task, name="task_claim"),
    path("tasks/<int:task_id>/release/", tasks.release_task, name="task_release"),
    path("profiles/", profiles.profiles, name="profiles"),
    path("board/", board.board, name="board"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:job_id>/retry/", outbox.retry_job, name="outbox_retry"),
    path("p/<slug:slug>/", profile.profile, name="profile"),
    path("p/<slug:slug>/history/", history.history, name="history"),
    path("p/<slug:slug>/s/<slug:key>/", sections.section, name="section"),
    path("p/<slug:slug>/evidence/", evidence.evidence, name="evidence"),
    path("p/<slug:slug>/evidence/<slug:kind>/add/", entries.entry_add, name="entry_add"),
    path("p/<slug:slug>/evidence/<slug:kind>/<int:entry_id>/", entries.entry, name="entry"),
    path(
        "p/<slug:slug>/evidence/<slug:kind>/<int:entry_id>/remove/",
        entries.entry_remove,
        name="entry_remove",
    ),
    path("p/<slug:slug>/sources/", evidence.sources, name="sources"),
    path("p/<slug:slug>/tables/", evidence.tables, name="tables"),
    path("p/<slug:slug>/tables/<int:table_id>/", evidence.table, name="table"),
    path("p/<slug:slug>/tables/<int:table_id>/add/", entries.figure_add, name="figure_add"),
    path("p/<slug:slug>/tables/<int:table_id>/paste/", pasting.table_paste, name="table_paste"),
    path("p/<slug:slug>/figures/<int:figure_id>/", figures.figure, name="figure"),
    path("p/<slug:slug>/challenges/", evidence.challenges, name="challenges"),
    path("p/<slug:slug>/priorities/", priorities.priorities, name="priorities"),
    path("p/<slug:slug>/priorities/add/", priorities.priority_add, name="priority_add"),
    path("p/<slug:slug>/priorities/<int:priority_id>/", priorities.priority, name="priority"),
    path(
        "p/<slug:slug>/priorities/<int:priority_id>/shift/",
        priorities.priority_shift,
        name="priority_shift",
    ),
    path(
        "p/<slug:slug>/priorities/<int:priority_id>/remove/",
        priorities.priority_remove,
        name="priority_remove",
    ),
    path("p/<slug:slug>/erratum/", erratum.erratum, name="erratum"),
    path("p/<slug:slug>/move/<slug:move>/", profile.profile_move, name="profile_move"),
    path("p/<slug:slug>/pdf/", pdf.pdf, name="pdf"),
    path("p/<slug:slug>/pdf/<int:build_id>/", pdf.pdf_file, name="pdf_file"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", accounts.favicon, name="favicon"),
]
