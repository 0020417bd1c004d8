"""All addresses. Who may request each is said in ``config.access``."""

from django.urls import path

from config import health
from profile_workflow.views import accounts, compare, history, profiles, sections
from workflows.views import board, outbox, pdf, profile, qa, responses, review, rounds, tasks

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
    path("p/<slug:slug>/s/<slug:key>/compare/", compare.compare, name="section_compare"),
    path("p/<slug:slug>/s/<slug:key>/review/", review.section_review, name="section_review"),
    path("p/<slug:slug>/round/", rounds.round_overview, name="round"),
    path("p/<slug:slug>/qa/", qa.qa, name="qa"),
    path("p/<slug:slug>/responses/", responses.responses, name="responses"),
    path("p/<slug:slug>/responses/<slug:ending>/", responses.responses_file, name="responses_file"),
    path("p/<slug:slug>/move/<slug:move>/", profile.profile_move, name="profile_move"),
    path("p/<slug:slug>/pdf/", pdf.pdf, name="pdf"),
    path("p/<slug:slug>/pdf/<int:build_id>/", pdf.pdf_file, name="pdf_file"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", accounts.favicon, name="favicon"),
]
