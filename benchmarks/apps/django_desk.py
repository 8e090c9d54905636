"""The Django admin over the desk's tables, set up as one would for work: ``python django_desk.py DATABASE PORT``.

50 a page, no full count beside a filtered one, filters, search, joined lists, the article and the source by
autocomplete, evidence and history inline, sign-in and CSRF protection, export by django-import-export.
"""
# mypy: ignore-errors

import sys

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="benchmark",  # noqa: S106 - it guards nothing
    DEBUG=False,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    STATIC_URL="/static/",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "import_export",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sys.argv[1],
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=2147483648; "
                "PRAGMA cache_size=-65536"
            },
        }
    },
)
django.setup()

from django.contrib import admin  # noqa: E402 - after the settings, as the library wants it
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402
from import_export.admin import ExportMixin  # noqa: E402
from import_export.formats.base_formats import CSV  # noqa: E402
from import_export.resources import ModelResource  # noqa: E402
from waitress import serve  # noqa: E402


def choices(words):
    return [(word, word) for word in words.split()]


class Table(models.Model):
    class Meta:
        abstract = True
        managed = False
        app_label = "auth"  # an application that is there: this module is none


class Person(Table):
    name = models.TextField()

    class Meta(Table.Meta):
        db_table = "person"

    def __str__(self):
        return self.name


class Article(Table):
    title_he = models.TextField(null=True)
    title_en = models.TextField(null=True)

    class Meta(Table.Meta):
        db_table = "article"

    def __str__(self):
        return self.title_he or self.title_en


class Source(Table):
    title = models.TextField()

    class Meta(Table.Meta):
        db_table = "source"

    def __str__(self):
        return self.title


class Claim(Table):
    article = models.ForeignKey(Article, models.DO_NOTHING)
    number = models.IntegerField()
    statement_he = models.TextField(null=True, blank=True)
    statement_en = models.TextField(null=True, blank=True)
    kind = models.TextField(choices=choices("figure date event quote attribution relation background prediction other"))
    priority = models.TextField(choices=choices("low normal high"))
    status = models.TextField(
        choices=choices("unchecked checking awaiting verified partly disputed unverifiable opinion")
    )
    section = models.TextField(null=True, blank=True)
    paragraph = models.IntegerField(null=True, blank=True)
    assignee = models.ForeignKey(Person, models.DO_NOTHING, null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(Table.Meta):
        db_table = "claim"


class Evidence(Table):
    claim = models.ForeignKey(Claim, models.DO_NOTHING)
    source = models.ForeignKey(Source, models.DO_NOTHING)
    stance = models.TextField(choices=choices("supports refutes context"))
    summary = models.TextField()
    locator = models.TextField(null=True, blank=True)

    class Meta(Table.Meta):
        db_table = "evidence"


class History(Table):
    claim = models.ForeignKey(Claim, models.DO_NOTHING, db_constraint=False)
    at = models.DateTimeField()
    actor_name = models.TextField()
    action = models.TextField()
    why = models.TextField(null=True)

    class Meta(Table.Meta):
        db_table = "history"


class EvidenceInline(admin.TabularInline):
    model = Evidence
    extra = 1
    autocomplete_fields = ("source",)


class HistoryInline(admin.TabularInline):
    model = History
    extra = 0
    can_delete = False
    readonly_fields = ("at", "actor_name", "action", "why")

    def has_add_permission(self, request, obj):
        return False


class ClaimResource(ModelResource):
    class Meta:
        model = Claim
        fields = (
            "id", "article__title_he", "article__title_en", "number", "statement_he", "statement_en", "kind",
            "priority", "status", "assignee__name", "updated_at",
        )  # fmt: skip

    def get_queryset(self):
        return super().get_queryset().select_related("article", "assignee")


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    search_fields = ("title_he", "title_en")


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    search_fields = ("title",)


@admin.register(Claim)
class ClaimAdmin(ExportMixin, admin.ModelAdmin):
    resource_classes = (ClaimResource,)
    formats = (CSV,)
    skip_export_form = True
    list_display = (
        "number", "statement_he", "statement_en", "article", "status", "kind", "priority", "assignee", "updated_at",
    )  # fmt: skip
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-updated_at",)
    list_filter = ("status", "kind", "priority")
    search_fields = ("statement_he", "statement_en")
    list_select_related = ("article", "assignee")
    autocomplete_fields = ("article",)
    inlines = (EvidenceInline, HistoryInline)


urlpatterns = [path("admin/", admin.site.urls)]

if __name__ == "__main__":
    # Each migration would look through every row of the desk for broken keys.
    connection.check_constraints = lambda *_: None
    call_command("migrate", verbosity=0)
    del connection.check_constraints
    people = get_user_model().objects
    if not people.filter(username="admin").exists():
        people.create_superuser("admin", password="admin")  # noqa: S106 - the same
    serve(get_wsgi_application(), host="127.0.0.1", port=int(sys.argv[2]), threads=4)
