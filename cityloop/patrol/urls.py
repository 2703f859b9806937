"""Addresses of the phone pages."""

from django.urls import path

from cityloop.patrol.views import categories, home, mine, report, tasks

app_name = "patrol"

urlpatterns = [
    path("", home.home, name="home"),
    path("report", report.report_page, name="report"),
    path("nearby", report.nearby, name="nearby"),
    path("categories", categories.categories, name="categories"),
    path("tasks", tasks.task_list, name="tasks"),
    path("tasks/<int:task_id>", tasks.task_page, name="task"),
    path("tasks/<int:task_id>/<slug:do>", tasks.answer_page, name="answer"),
    path("reports", mine.report_list, name="reports"),
    path("cases/<str:number>", mine.case_page, name="case"),
    path("cases/<str:number>/recall", mine.recall_page, name="recall"),
    path("notices", home.notice_list, name="notices"),
    path("notices/<int:notice_id>", home.open_notice, name="notice"),
]
