"""People and their seats, invitations, organisations: for the secretariat and administrators."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import NotFound
from webapp.domain.people import Role
from webapp.domain.policy import Action, Nothing, decide
from webapp.pages.people.forms import ROLE_NAMES, InviteForm
from webapp.pages.people.room import people
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.guard import actor, inside_site, opens_to, steps_up
from webapp.queries import people as ask
from webapp.queries.factors import find_factors
from webapp.services.people import invitations, organisations, seats
from webapp.services.people.factors import clearing
from webapp.services.people.seats import MANAGED_BY_PARTNER

PAGE = 50
PAGES_AT_MOST = 10_000


@people.get("/desk/people")
@opens_to(Action.MANAGE_PEOPLE)
def list_people() -> str:
    """People by name, with search; and the invitations that are open."""
    search = request.args.get("q", "").strip()[:100]
    page = min(max(request.args.get("page", 1, int), 1), PAGES_AT_MOST)
    with wiring().open_reading() as session:
        found = ask.list_people(session, search=search, limit=PAGE + 1, offset=(page - 1) * PAGE)
        open_invitations = ask.list_invitations(session, moment())
    return render_template(
        "people/people.html",
        found=found[:PAGE],
        more=len(found) > PAGE,
        page=page,
        search=search,
        invitations=open_invitations,
        role_names=ROLE_NAMES,
    )


@people.get("/desk/people/<int:person_id>")
@opens_to(Action.MANAGE_PEOPLE)
def person(person_id: int) -> str:
    """One person and their seats."""
    with wiring().open_reading() as session:
        found = ask.find_person(session, person_id)
        factors = find_factors(session, person_id)
    if found is None:
        raise NotFound
    clears = factors.any and actor().has(Role.ADMINISTRATOR) and actor().person_id != person_id
    return render_template(
        "people/person.html", person=found, role_names=ROLE_NAMES, factors=factors, clears_factors=clears
    )


@people.route("/desk/people/invite", methods=["GET", "POST"])
@opens_to(Action.SEE_ACCOUNTABLE)
@steps_up
def invite() -> Any:
    """Invite somebody to a seat; focal points for their own partner."""
    form = InviteForm(role=request.args.get("role"), partner=request.args.get("partner"))
    form.role.choices = [(role, words) for role, words in ROLE_NAMES.items() if role in _handed_out()]
    form.partner.choices = [(entry.code, entry.name()) for entry in rulebook().initiative.partners]
    with wiring().open_reading() as session:
        form.call.choices = ask.call_choices(session)
    if form.validate_on_submit() and _scope_is_named(form):
        role = Role(form.role.data)
        with wiring().open_work(actor()) as work:
            invitations.invite(
                work,
                form.email.data,
                role,
                partner_code=form.partner.data if role in (Role.FOCAL_POINT, Role.DEPUTY) else "",
                call_code=form.call.data if role is Role.REVIEWER else "",
            )
        flash(_("The invitation is on its way to %(email)s.", email=form.email.data), "ok")
        back = inside_site(request.args.get("back"))
        return redirect(back or url_for("people.invite"), 303)
    return render_template("people/invite.html", form=form), 422 if form.errors else 200


@people.post("/desk/people/invitations/<int:link_id>/withdraw")
@opens_to(Action.SEE_ACCOUNTABLE)
def withdraw_invitation(link_id: int) -> Response:
    """Make an invitation of no use."""
    with wiring().open_work(actor()) as work:
        invitations.withdraw_invitation(work, link_id)
    flash(_("The invitation is withdrawn."), "ok")
    return redirect(inside_site(request.form.get("back")) or url_for("people.list_people"), 303)


@people.post("/desk/people/seats/<int:seat_id>/end")
@opens_to(Action.SEE_ACCOUNTABLE)
@steps_up
def end_seat(seat_id: int) -> Response:
    """End a seat."""
    with wiring().open_work(actor()) as work:
        seats.end_seat(work, seat_id)
    flash(_("The seat is ended."), "ok")
    return redirect(inside_site(request.form.get("back")) or url_for("people.list_people"), 303)


@people.post("/desk/people/<int:person_id>/disable")
@opens_to(Action.MANAGE_PEOPLE)
@steps_up
def disable(person_id: int) -> Response:
    """Keep a person from signing in, or let them again."""
    with wiring().open_work(actor()) as work:
        seats.set_disabled(work, person_id, disabled=request.form.get("disabled") == "1")
    return redirect(url_for("people.person", person_id=person_id), 303)


@people.post("/desk/people/<int:person_id>/factors/clear")
@opens_to(Action.MANAGE_PEOPLE)
@steps_up
def clear_factors(person_id: int) -> Response:
    """Take away the second factors of somebody who has lost them."""
    with wiring().open_work(actor()) as work:
        clearing.clear_factors(work, person_id)
    flash(_("The second factors are removed. The person is told, and signs in with the password."), "ok")
    return redirect(url_for("people.person", person_id=person_id), 303)


@people.get("/desk/organisations")
@opens_to(Action.MANAGE_PEOPLE)
def list_organisations() -> str:
    """Organisations that are claimed and wait to be confirmed, then the others."""
    with wiring().open_reading() as session:
        found = ask.list_organisations(session)
    return render_template("people/organisations.html", found=found)


@people.post("/organisations/<int:organisation_id>/confirm")
@opens_to(Action.SEE_ACCOUNTABLE)
def confirm_organisation(organisation_id: int) -> Response:
    """Confirm that an organisation is what it says."""
    with wiring().open_work(actor()) as work:
        organisations.confirm_organisation(work, organisation_id)
    flash(_("The organisation is confirmed."), "ok")
    return redirect(inside_site(request.form.get("back")) or url_for("people.list_organisations"), 303)


def _handed_out() -> tuple[Role, ...]:
    """The roles that are offered: those that the verb would not refuse."""
    if not decide(actor(), Action.MANAGE_PEOPLE, Nothing()).may:
        return MANAGED_BY_PARTNER
    return tuple(role for role in Role if role is not Role.ADMINISTRATOR or actor().has(Role.ADMINISTRATOR))


def _scope_is_named(form: InviteForm) -> bool:
    """A focal point needs a partner, a reviewer a call."""
    role = form.role.data
    if role in (Role.FOCAL_POINT, Role.DEPUTY) and not form.partner.data:
        form.partner.say(_("Choose the partner"))
    if role == Role.REVIEWER and not form.call.data:
        form.call.say(_("Choose the call"))
    return not form.errors
