"""The sentences for refusals, by code: why it cannot be done and what the person can do instead (R25)."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from webapp.domain.errors import Refusal

WORDS: dict[str, LazyString] = {
    "not_found": _l("There is nothing here. Check the address, or go to the start page."),
    "reference_mistyped": _l("This reference has a typing error. Check the last digit and the number before it."),
    "not_allowed": _l("Your account does not allow this. Ask the secretariat if you need it for your work."),
    "not_yours": _l("This belongs to somebody else. Ask the secretariat if you need it for your work."),
    "not_editable_now": _l(
        "The proposal cannot be changed now. You can change it while it is a draft or returned to you."
    ),
    "owner_only": _l("Only the owner of the proposal can do this. Ask the owner, who is named on the proposal's page."),
    "drafts_only": _l("Only a draft can be deleted. You can withdraw a proposal that was submitted."),
    "secretariat_only": _l("Only the secretariat can do this. Write to the secretariat if it should be done."),
    "another_than_drafter": _l("You drafted this decision. Another member of the secretariat confirms it."),
    "decided_before": _l(
        "You had a part in the decision that is appealed against. Another member of the secretariat decides."
    ),
    "needs_another_person": _l("Two people are needed for this. Another member of the secretariat has to do this."),
    "not_to_decide_now": _l("There is nothing to decide now. A decision is drafted when the review round is closed."),
    "decision_not_drafted": _l("No decision is drafted. Draft one first."),
    "decision_drafted_differently": _l("The decision was changed meanwhile. Read the draft again."),
    "decision_staged": _l("This decision is confirmed already and held. Release it to let it take effect."),
    "sign_off_given": _l("The organisation has signed the proposal as it stands. You can submit it."),
    "sign_off_over": _l("This is settled already, so nothing more is asked of you. The applicant knows."),
    "sign_off_changed": _l("The proposal was changed while you read it. Nothing is signed: go back and read it again."),
    "letter_file_waiting": _l("A file of the letter is still being checked. Try again in a minute."),
    "letter_file_refused": _l("A file of the letter was refused. Take it off, or attach another."),
    "decision_not_staged": _l("This decision is not held. Look at where it is now."),
    "condition_settled": _l("This condition is settled already, so nothing more is needed. Look at the others."),
    "conditions_over": _l("The proposal does not wait for its conditions now. Look at where it is."),
    "condition_day_over": _l(
        "The day of a condition is over. Write the draft anew with a later day, so that its letter is true."
    ),
    "condition_without_evidence": _l("No evidence is in yet. Wait for the applicant, or waive the condition."),
    "appealed_before": _l(
        "An appeal can be made once, and it was made. The decision is final; you can make a new proposal."
    ),
    "open_time_over": _l("The time for this is over. A new proposal can be made under an open call."),
    "move_not_in_stage": _l("The proposal has moved on meanwhile. Look at where it is now."),
    "move_not_yours": _l("This step belongs to somebody else. The proposal's page says whose turn it is."),
    "after_own_review": _l("You see this after you have submitted your own review. Send yours first."),
    "after_decision": _l("You see the reviews, without names, after the decision. We write to you then."),
    "focal_points_only": _l("Only a focal point of the partner can do this. Ask the secretariat who they are."),
    "not_asked": _l("Your partner has not been asked to endorse this proposal yet. You get a mail when it is."),
    "part_of_proposal": _l(
        "You are part of this proposal, so somebody else has to do this. Ask a colleague who is not."
    ),
    "reviewers_only": _l(
        "Only a reviewer who is assigned to this proposal can do this. Ask the secretariat if you should be one."
    ),
    "webhooks_many": _l("Twenty systems are told already. Stop one that is not needed before you add another."),
    "outbox_not_aside": _l("This is done or on its way, so it is not sent again. Reload the page to see where it is."),
    "outbox_under_way": _l(
        "This is done or on its way, so it cannot be called off. Reload the page to see where it is."
    ),
    "changed_meanwhile": _l(
        "Somebody else changed this while you had it open. Nothing of yours was lost: go back and see what changed."
    ),
    "form_expired": _l(
        "This form was open for too long. Go back, reload the page, and send it again. Your text is still in the form."
    ),
    "person_is_bound": _l(
        "Something still binds this person: a seat, a review or a proposal under way. Look at what has to end first."
    ),
    "form_unreadable": _l(
        "What you sent could not be read. If you sent a file, its name may hold letters in an old encoding: give the "
        "file another name and send it again. Your text is still in the form when you go back."
    ),
    "call_closed": _l("The call is closed, so it takes no more proposals. You can copy this one into another call."),
    "call_not_announced": _l("The call is not waiting to be opened. Look at its dates."),
    "full_proposal_begun": _l("A full proposal carries this concept note forward already. Open it from your list."),
    "call_by_invitation": _l(
        "Full proposals under this call are by invitation: begin from your concept note, once it is approved."
    ),
    "call_not_sealed": _l("Nothing under this call is sealed, so there is nothing to open."),
    "call_not_open": _l("The call is not open, so there is nothing to close. Look at its dates."),
    "call_just_opened": _l("The call opened at this very moment. Try again."),
    "quorum_not_met": _l("Too few reviews are in. A decision needs %(quorum)s; %(missing)s more are missing."),
    "quorum_in": _l("As many reviews are in as a decision needs, so the round stays closed. Decide by these."),
    "reviews_awaited": _l("Reviews are still awaited: %(awaited)s. The round closes when they are in or it is due."),
    "endorsement_waiting": _l("The partners have not all answered yet. The proposal goes on as soon as enough did."),
    "endorsement_blocked": _l("Endorsement can no longer suffice. Ask a partner again, or close the proposal."),
    "endorsement_not_blocked": _l(
        "Endorsement can still suffice, so the proposal is not closed for the lack of it. Wait for the partners."
    ),
    "conditions_open": _l("Conditions are still open: %(open)s. Settle them first."),
    "not_due_yet": _l("The time for this has not come yet. Look at the due time on the proposal's page."),
    "nothing_to_reopen_to": _l("There is no stage to go back to. Ask the applicant for a new proposal."),
    "not_checked": _l("The whole proposal was not checked. Open it and try again."),
    "has_problems": _l("Some answers need a change. Each is named beside its field."),
    "link_unknown": _l("This link is not known. Copy it whole from the mail, or ask for a new one."),
    "link_used": _l("This link was used already. Sign in, or ask for a new one."),
    "link_over": _l("This link is too old. Ask for a new one."),
    "reviews_it": _l("You review this proposal, so you cannot work on it too."),
    "handover_over": _l("The proposal has a new owner since this offer was made. Ask that person."),
    "invited_address": _l("The invitation was sent to another address. Sign in with that address to accept it."),
    "too_many_tries": _l("There were too many tries. Wait a quarter of an hour and try again."),
    "own_seat": _l("You cannot end your own seat. Ask another administrator."),
    "own_account": _l("You cannot do this to your own account. Ask another administrator."),
    "administrators_only": _l("Only an administrator can do this. Ask one of them."),
    "organisation_confirmed": _l("This organisation is confirmed already. Nothing more is needed."),
    "sign_in": _l("This needs an account. Sign in to go on."),
    "confirm_as_owner": _l("The address is not confirmed yet. Sign in with it and its password to confirm it."),
    "confirm_address": _l("Confirm your mail address first. The link is in the mail that we sent you."),
    # Signing in.
    "code_app_there": _l("You have a code app already. Remove it first, then add the other."),
    "factor_required": _l("Your seat asks for a second factor. Add another one first, then remove this one."),
    "factor_first": _l("Add a code app or a passkey first. Recovery codes stand in for it when it is lost."),
    "passkeys_many": _l("You have %(most)s passkeys already. Remove one first."),
    "passkey_known": _l("This passkey is known already. Use another device or another key."),
    "address_taken": _l("This address cannot be used. Choose another one."),
    # Questions to the applicant.
    "asking_panel_only": _l(
        "Only the secretariat and the reviewers on the panel can ask the applicant. Write to the secretariat."
    ),
    "clarification_not_now": _l(
        "The applicant can be asked while the proposal is under way: after it was submitted, before it is settled."
    ),
    "clarification_many_open": _l(
        "The applicant has %(most)s open questions already. Wait for an answer, or take one of them back."
    ),
    "clarification_closed": _l("This question is closed, so it takes no answer now."),
    "clarification_not_yours": _l(
        "Only who asked this question, or the secretariat, can take it back. Ask one of them."
    ),
    # Endorsements.
    "adjusting_over": _l(
        "Reviewers read the proposal as it is, so no change is asked for now. "
        "Endorse with conditions, or ask a question."
    ),
    "field_not_asked": _l("Only the fields that a partner named can be changed now. Open what the partners asked."),
    "no_adjustment_asked": _l("No partner waits for a change of this proposal. Open it to see where it is."),
    "consultation_over": _l("The partner has answered meanwhile, so no advice is needed any more."),
    "objection_not_mediated": _l("An objection is not mediated in this call, so it stays as it is."),
    "signatory_by_paper": _l("A letter came back. Name who signs by the partner’s paper; a second member confirms it."),
    "extended_before": _l("Your partner has taken more time already. It can do so once."),
    "due_time_over": _l("The time to answer is over, so it cannot be extended. Answer now."),
    "cooling_off_over": _l("The time in which silence can be broken is over. You can withdraw the word instead."),
    "endorsement_not_positive": _l("Your partner has no word that holds, so there is none to withdraw."),
    "accession_not_open": _l("The decision does not let partners join later. Write to the secretariat."),
    "no_answer_to_repeat": _l("Your partner has given no answer that could be repeated. Answer anew."),
    "path_changed": _l("Somebody changed this path meanwhile. Open it again, and make your changes on what it is now."),
    "endorsement_over": _l("The proposal has moved on, so partners are not asked about it now. Look at where it is."),
    "endorsement_not_in_state": _l("This has been settled meanwhile. Open the proposal again to see where it is."),
    "endorsement_not_yours": _l(
        "Only a focal point or an acting deputy of this partner can do this. Ask one of them, or the secretariat."
    ),
    "endorsement_version_changed": _l(
        "The proposal has a new version since you opened the page. Your answer was not sent: read the new one first."
    ),
    "endorsement_answered": _l("Somebody of your partner answered meanwhile. Your answer was not sent."),
    "signatory_takes_part": _l("Who takes part in the proposal cannot sign for a partner on it. Choose somebody else."),
    "signed_before": _l("You have signed this already. Another focal point of your partner has to sign too."),
    "no_signatory": _l("Nobody can sign for this partner yet. Invite a focal point first."),
    "letter_not_wanted": _l("No letter is due to this partner now. Look at what it was asked last."),
    "signatory_not_named": _l("Somebody else was named meanwhile. Open the page again to see who."),
    "reopened_before": _l("This partner was asked once more already. Wait for its answer, or go on without it."),
    "nothing_to_submit": _l("There is nothing to submit now. The proposal’s page says whose turn it is."),
    "section_too_large": _l("This section holds more than can be kept. Shorten its texts, or take some rows out."),
    "no_version": _l("The proposal was not submitted yet. Submit it first."),
    "initiative_has_problems": _l("The initiative’s data has mistakes. Mend them, then load it again."),
    # Steps of an endorsement that are not open now.
    "letter_superseded": _l("A newer letter went out. Use the link in that one."),
    "no_new_version": _l("There is no new version to look at. Wait until the applicant submits one."),
    "nothing_material_changed": _l("Nothing that your partner asked about changed. Its word stands."),
    "notice_not_due": _l("No notice is due yet. Wait until its day."),
    "partner_takes_no_part": _l("This partner takes no part in the proposal. Choose one that does."),
    "project_started": _l("The project has begun, so a word cannot be withdrawn. Write to the secretariat."),
    "request_never_delivered": _l("The request did not arrive, so silence says nothing. Send it again."),
    "second_letter_not_sent": _l("The second letter has not gone out yet. Wait for it."),
    "second_letter_sent": _l("The second letter has gone out already. Wait for the answer."),
    "silence_is_consent": _l("This partner declared that silence is consent. Wait until its time is over."),
    "silence_is_no_consent": _l("This partner did not declare that silence is consent. Wait for its word."),
    "silence_not_noticed": _l("Two notices have to arrive before silence counts. Wait for them."),
    # Suggestions.
    "mapping_fixed": _l("The mapping cannot change now. Look at where the proposal is."),
    "mapping_offered": _l("Another mapping is with the applicant already. Wait for the answer, or take it back."),
    "mapping_not_offered": _l("No mapping is proposed any more. Look at the proposal’s page."),
    "suggestion_settled": _l("This suggestion is settled already. Reload the page to see how."),
    "suggestion_of_earlier_version": _l("This suggestion is about an earlier version. Propose a mapping of your own."),
    # Reviews and panels.
    "not_in_review": _l("The proposal is not in review, so its panel cannot be changed now. Look at where it is."),
    "person_on_panel": _l("This person is on the panel already. Choose somebody else."),
    "person_conflicted": _l("This person has a conflict of interest with the proposal. Choose somebody else."),
    "assignment_not_removable": _l(
        "This review is in or over, so its reviewer cannot be taken off. Note a conflict of interest if there is one."
    ),
    "panel_has_conflict": _l(
        "Somebody on the panel has a conflict of interest with the proposal. Take them off, then release the panel."
    ),
    "panel_empty": _l("Nobody is proposed. Add somebody first, then release the panel."),
    "round_over": _l("The review round is over. What you wrote is kept, and nothing more is asked of you."),
    "assignment_invited": _l("Accept the invitation first. Then you can write your review."),
    "assignment_accepted": _l("You accepted this invitation before. You can step back on the page of your review."),
    "assignment_submitted": _l("Your review is in. You can change it until the decision."),
    "review_decided": _l("The proposal is decided, so its reviews stand as they are. Nothing more is asked of you."),
}


def words(refusal: Refusal) -> str:
    """The sentence for a refusal; an unknown code gives the general one of its kind."""
    sentence = WORDS.get(refusal.code)
    if sentence is None:
        return str(WORDS["not_allowed"])
    return str(sentence) % refusal.params if refusal.params and "%(" in str(sentence) else str(sentence)
