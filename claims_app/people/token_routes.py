"""One's own tokens for the API, and those of others for an administrator."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from claims_app.db import now
from claims_app.language import gettext
from claims_app.people.model import Person, Token
from claims_app.people.session import current_person
from claims_app.people.token_forms import TokenForm
from claims_app.people.tokens import list_tokens, make_token, revoke_token
from claims_app.web.forms import ActionForm, DeskForm, saving
from claims_app.web.pages import done, form_page, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

tokens = Blueprint("tokens", __name__)


def _list_page(person: Person, form: DeskForm, status: int = 200) -> ResponseReturnValue:
    found = list_tokens(get_session(), person.id)
    return page("people/tokens.html", status, person=person, tokens=found, now=now(), form=form)


@tokens.get("/account/tokens")
@access("reader")
def own() -> ResponseReturnValue:
    return _list_page(current_person(), ActionForm())


@tokens.get("/people/<int:person_id>/tokens")
@access("admin")
def of_person(person_id: int) -> ResponseReturnValue:
    return _list_page(get_session().get_one(Person, person_id), ActionForm())


@tokens.route("/account/tokens/new", methods=["GET", "POST"])
@access("reader")
def make() -> ResponseReturnValue:
    form = TokenForm(data={"days": 90})
    if form.is_submitted_and_valid():
        with saving(form) as session:
            made = make_token(
                session,
                actor=current_person(),
                name=form.name.data,
                scope=form.scope.data,
                days=form.days.data or 0,
            )
        if form.is_saved:
            return page("people/token.html", made=made)
    return form_page("people/token_form.html", form)


@tokens.post("/tokens/<int:token_id>/revoke")
@access("reader")
def revoke(token_id: int) -> ResponseReturnValue:
    token = get_session().get_one(Token, token_id)
    person = token.person
    form = ActionForm()
    with saving(form) as session:
        revoke_token(session, actor=current_person(), token_id=token_id)
    is_own = person.id == current_person().id
    if form.is_saved:
        back = url_for("tokens.own") if is_own else url_for("tokens.of_person", person_id=person.id)
        return done(gettext("The token is revoked. Whatever used it is shut out."), back)
    if is_own:
        return _list_page(person, form, 422)
    title, back = gettext("Revoke the token"), url_for("tokens.own")
    return form_page("claims/action.html", form, title=title, back=back)
