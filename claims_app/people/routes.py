"""Signing in and out, one's own account, and the people of the desk."""

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from claims_app.errors import DomainError
from claims_app.language import DIRECTIONS, gettext, use_language
from claims_app.people import service
from claims_app.people.forms import PasswordForm, PersonForm, PreferencesForm, SignInForm
from claims_app.people.model import Person
from claims_app.people.queries import list_people
from claims_app.people.session import current_person, let_in, let_out, visitor
from claims_app.web.forms import ActionForm, saving
from claims_app.web.pages import done, form_page, next_address, page
from claims_app.web.security import access, limiter
from claims_app.web.transaction import get_session, transaction

people = Blueprint("people", __name__)


def _sign_in_rate() -> str:
    return str(current_app.config["SIGN_IN_RATE"])


@people.get("/sign-in")
@access("public")
def sign_in() -> ResponseReturnValue:
    if visitor() is not None:
        return redirect(next_address(url_for("desk.home")))
    return form_page("people/sign_in.html", SignInForm(), next=next_address(""))


@people.post("/sign-in")
@access("public")
@limiter.limit(_sign_in_rate)
def sign_in_send() -> ResponseReturnValue:
    form = SignInForm()
    password = _checked(form) if form.validate() else None
    if password:
        with saving(form) as session_:
            person = service.sign_in(session_, password=password)
        if form.is_saved:
            let_in(person)
            return redirect(next_address(url_for("desk.home")), 303)
    return form_page("people/sign_in.html", form, next=next_address(""))


def _checked(form: SignInForm) -> service.Password | None:
    """Return the password before a transaction begins: a stranger's guesses must not hold up who writes."""
    try:
        return service.check_password(get_session(), email=form.email.data or "", password=form.password.data or "")
    except DomainError as refusal:
        form.refuse(refusal)
        return None


@people.get("/sign-in/<token>")
@access("public")
def link(token: str) -> ResponseReturnValue:
    """Show a button: a mail program that looks at the address must not use the link up."""
    return page("people/link.html", form=ActionForm(), token_text=token)


@people.post("/sign-in/<token>")
@access("public")
@limiter.limit(_sign_in_rate)
def link_use(token: str) -> ResponseReturnValue:
    form = ActionForm()
    with saving(form) as session_:
        person = service.use_link(session_, token=token)
    if not form.is_saved:
        return form_page("people/link.html", form, token_text=token)
    let_in(person)
    return done(gettext("You are signed in. Set a password to come back without a link."), url_for("people.account"))


@people.post("/sign-out")
@access("reader")
def sign_out() -> ResponseReturnValue:
    with transaction() as session_:
        service.sign_out(session_, actor=current_person())
    let_out()
    return redirect(url_for("people.sign_in"), 303)


@people.post("/language")
@access("public")
def language() -> ResponseReturnValue:
    wanted = request.form.get("language", "")
    if wanted in DIRECTIONS:
        person = visitor()
        if person is None:
            session["language"] = wanted
        else:
            with transaction() as session_:
                service.choose_preferences(session_, actor=person, language=wanted)
        use_language(wanted)
    return redirect(next_address(url_for("desk.home")), 303)


@people.get("/account")
@access("reader")
def account() -> ResponseReturnValue:
    form = PreferencesForm(data=PreferencesForm.of(current_person()))
    return form_page("people/account.html", form)


@people.post("/account")
@access("reader")
def account_save() -> ResponseReturnValue:
    form = PreferencesForm()
    if form.validate():
        with saving(form) as session_:
            service.choose_preferences(
                session_,
                actor=current_person(),
                language=form.language.data,
                theme=form.theme.data,
                has_shortcuts=form.has_shortcuts.data,
            )
        if form.is_saved:
            use_language(form.language.data)
            return done(gettext("Your preferences are saved."), url_for("people.account"))
    return form_page("people/account.html", form)


@people.get("/account/password")
@access("reader")
def password() -> ResponseReturnValue:
    return form_page("people/password.html", PasswordForm())


@people.post("/account/password")
@access("reader")
@limiter.limit(_sign_in_rate)
def password_save() -> ResponseReturnValue:
    form = PasswordForm()
    password = _chosen(form) if form.validate() else None
    if password:
        with saving(form) as session_:
            person = service.store_password(session_, password=password)
        if form.is_saved:
            let_in(person)
            message = (
                gettext("The password is changed. All other sessions ended.")
                if password.against
                else gettext("The password is set.")
            )
            return done(message, url_for("people.account"))
    return form_page("people/password.html", form)


def _chosen(form: PasswordForm) -> service.Password | None:
    """Return the new password before a transaction begins, as for signing in."""
    try:
        return service.choose_password(actor=current_person(), current=form.current.data, new=form.new.data or "")
    except DomainError as refusal:
        form.refuse(refusal)
        return None


@people.get("/people")
@access("admin")
def people_list() -> ResponseReturnValue:
    return page("people/list.html", people=list_people(get_session()))


@people.route("/people/new", methods=["GET", "POST"])
@access("admin")
def person_add() -> ResponseReturnValue:
    form = PersonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session_:
            person = service.add_person(
                session_,
                actor=current_person(),
                email=form.email.data or "",
                name=form.name.data or "",
                role=form.role.data,
                signs_legal=form.signs_legal.data,
                language=current_person().language,
            )
        if form.is_saved:
            return done(
                gettext("%(name)s is added. Make a sign-in link and pass it on.", name=person.name),
                url_for("people.person", person_id=person.id),
            )
    return form_page("people/form.html", form)


@people.get("/people/<int:person_id>")
@access("admin")
def person(person_id: int) -> ResponseReturnValue:
    return page("people/person.html", person=get_session().get_one(Person, person_id), form=ActionForm())


@people.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@access("admin")
def person_edit(person_id: int) -> ResponseReturnValue:
    person = get_session().get_one(Person, person_id)
    form = PersonForm(data=PersonForm.of(person))
    if form.is_submitted_and_valid():
        with saving(form) as session_:
            service.edit_person(
                session_,
                actor=current_person(),
                person_id=person_id,
                revision=form.revision.data or 0,
                email=form.email.data or "",
                name=form.name.data or "",
                role=form.role.data,
                signs_legal=form.signs_legal.data,
            )
        if form.is_saved:
            return done(gettext("The account is saved."), url_for("people.person", person_id=person_id))
    return form_page("people/form.html", form, person=person)


@people.post("/people/<int:person_id>/link")
@access("admin")
def person_link(person_id: int) -> ResponseReturnValue:
    form = ActionForm()
    with saving(form) as session_:
        token = service.make_link(session_, actor=current_person(), person_id=person_id)
    person = get_session().get_one(Person, person_id)
    if form.is_saved:
        return page(
            "people/person.html", person=person, form=form, address=url_for("people.link", token=token, _external=True)
        )
    return form_page("people/person.html", form, person=person)


@people.post("/people/<int:person_id>/active")
@access("admin")
def person_active(person_id: int) -> ResponseReturnValue:
    form = ActionForm()
    is_active = request.form.get("active") == "yes"
    with saving(form) as session_:
        service.set_active(session_, actor=current_person(), person_id=person_id, is_active=is_active)
    if form.is_saved:
        return done(
            gettext("The account is active.")
            if is_active
            else gettext("The account is closed and its sessions ended."),
            url_for("people.person", person_id=person_id),
        )
    return form_page("people/person.html", form, person=get_session().get_one(Person, person_id))
