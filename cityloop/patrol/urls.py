"""Addresses of the phone pages."""

from django.urls import path

from cityloop.patrol.views import categories, components, home, mine, report, tasks

app_name = "patrol"

urlpatterns = [
    path("", home.home, name="home"),
    path("report", report.report_page, name="report"),
    path("nearby", report.nearby, name="nearby"),
    path("categories", categories.categories, name="categories"),
    path("tasks", tasks.task_list, name="tasks"),
    path("tasks/<int:task_id>", tasks.task_page, name="task"),
    path("tasks/<int:task_id>/<slug:do>", tasks.answer_page, name="answer"),
    path("components", components.component_list, name="components"),
    path("components/nearby", components.nearby, name="components_nearby"),
    path("components/find", components.find, name="component_find"),
    path("components/new", components.choose, name="component_choose"),
    path("components/new/<int:minor_id>", components.propose_new, name="component_new"),
    path("components/<str:code>", components.component_page, name="component"),
    path("components/<str:code>/<slug:kind>", components.propose_page, name="component_update"),
    path("updates/<int:update_id>", components.update_page, name="update"),
    path("updates/<int:update_id>/recall", components.recall_page, name="update_recall"),
    path("reports", mine.report_list, name="reports"),
    path("cases/<str:number>", mine.case_page, name="case"),
    path("cases/<str:number>/recall", mine.recall_page, name="recall"),
    path("notices", home.notice_list, name="notices"),
    path("notices/<int:notice_id>", home.open_notice, name="notice"),
]
