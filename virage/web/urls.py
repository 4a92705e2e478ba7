from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import TemplateView
from django.views.i18n import set_language

from virage.web import views
from virage.web.watch import views as watch

urlpatterns = [
    path("", views.home, name="home"),
    path("langue/", login_not_required(set_language), name="set_language"),
    path("aide/", login_not_required(TemplateView.as_view(template_name="web/help.html")), name="help"),
    path("mentions/", login_not_required(TemplateView.as_view(template_name="web/legal.html")), name="legal"),
    path("sante/vivant/", watch.alive, name="alive"),
    path("sante/pret/", watch.ready, name="ready"),
    path("sante/travail/", watch.working, name="working"),
    path("metrics", watch.figures, name="metrics"),
]
