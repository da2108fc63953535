"""The sentences for problems, by code: what to do at the field (R9). Rooms add their codes here."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from webapp.domain.problems import Problem

WORDS: dict[str, LazyString] = {
    # The mapping: R14, R15.
    "mapping_primary_missing": _l("Choose one primary article."),
    "mapping_article_not_open": _l(
        "Article %(article)s is not open under this call. Choose another article, or remove it."
    ),
    "mapping_article_twice": _l("You chose article %(article)s more than once. Choose it only once."),
    "mapping_too_many_secondary": _l(
        "You chose %(chosen)s secondary articles. Choose %(most)s or fewer, those you can show results for."
    ),
    "mapping_justification_missing": _l(
        "Say how your project serves article %(article)s, in %(least)s characters or more."
    ),
    "mapping_justification_short": _l(
        "Say more on how your project serves article %(article)s. "
        "You wrote %(length)s characters, and %(least)s are needed."
    ),
    "mapping_justification_long": _l(
        "Shorten the text on how your project serves article %(article)s. "
        "You wrote %(length)s characters, and there is room for %(most)s."
    ),
    "claim_too_long": _l(
        "Article %(article)s: shorten what shows that a sentence is served to %(most)s characters, one sentence."
    ),
    # Answers to the questions of mapped articles: R16.
    "answer_missing": _l("Article %(article)s: answer the question “%(question)s”"),
    "answer_number_missing": _l("Article %(article)s: enter a number for “%(question)s”"),
    "answer_not_chosen": _l("Article %(article)s: choose an answer to “%(question)s”"),
    "answer_none_chosen": _l("Article %(article)s: choose at least one answer to “%(question)s”"),
    "answer_city_pair_missing": _l("Article %(article)s: enter two cities and their partners for “%(question)s”"),
    "answer_too_long": _l(
        "Article %(article)s: shorten your answer to “%(question)s”. Limit: %(most)s characters. Over it: %(over)s."
    ),
    "answer_not_a_number": _l(
        "Article %(article)s: enter only digits for “%(question)s”, with a point before decimals, like 1200 or 0.5"
    ),
    "answer_not_offered": _l("Article %(article)s: choose from the answers offered to “%(question)s”"),
    "answer_unreadable": _l("Article %(article)s: answer “%(question)s” again. What was sent could not be read."),
    "answer_city_missing": _l("Article %(article)s: enter the names of both cities for “%(question)s”"),
    "answer_city_partner_missing": _l("Article %(article)s: choose the partner of each city for “%(question)s”"),
    "answer_city_partner_unknown": _l(
        "Article %(article)s: choose the partner of each city from the list for “%(question)s”"
    ),
    "answer_city_pair_one_partner": _l(
        "Article %(article)s: choose two different partners for “%(question)s”. Both cities belong to one now."
    ),
    "webhook_url": _l("Enter an address that begins with https:// and holds no password"),
    "outbox_reason_missing": _l("Enter the reason"),
    "code_app_unreadable": _l("Codes of your app cannot be checked any more. Use a recovery code or a passkey."),
    "passkey_unfit": _l("The passkey could not be added. Try again, and answer your browser within a minute."),
    "message_subject_missing": _l("Enter a subject"),
    "message_text_missing": _l("Enter the text of the message"),
    "message_too_long": _l("Shorten this to %(most)s characters"),
    "message_circles_missing": _l("Choose at least one group of people"),
    "message_to_nobody": _l("Nobody fits. Choose another group, or take a filter away"),
    "wording_unknown_variable": _l("There is no variable “%(what)s” in this letter. Choose one from the list."),
    "wording_unknown_filter": _l("A variable cannot be written as “%(what)s”. Use date, moment, number or list_words."),
    "wording_not_text": _l("Write text with variables such as {{ proposal.title }}, and nothing else in braces."),
    "wording_syntax": _l("Close each variable with two braces, as in {{ proposal.title }}."),
    "wording_unknown_sentence": _l("This sentence is in the letter no more. Open the page again."),
    "wording_too_long": _l("Shorten this sentence to %(most)s characters."),
    "digest_hour_unknown": _l("Choose an hour from the list"),
    "address_same": _l("This is your address already. Enter the new one."),
    "address_other": _l("Enter the address that this mail was sent to."),
    # Questions to the applicant.
    "clarification_question_missing": _l("Enter the question"),
    "clarification_answer_missing": _l("Enter your answer"),
    "clarification_days": _l("Give the applicant between 1 and %(most)s working days"),
    "clarification_fields": _l("Choose each field once, from the list, and %(most)s at most"),
    # Accounts and people.
    "password_short": _l("Choose a password of %(least)s characters or more. Several words are easy to remember."),
    "password_long": _l("Choose a password of %(most)s characters or fewer."),
    "password_common": _l("Many people use this password. Choose several words that do not belong together."),
    "password_about_you": _l("This password is made of your name or address. Choose other words."),
    "password_wrong": _l("This is not your password. Enter the password that you sign in with."),
    "partner_unknown": _l("Choose the partner from the list."),
    "organisation_name_missing": _l("Enter the name of the organisation."),
    "organisation_kind_missing": _l("Choose what kind of organisation it is."),
    "languages_missing": _l("Choose at least one language that you read."),
    "expertise_missing": _l("Say for at least one article how well you know it."),
    "level_unknown": _l("Choose one of the levels that are offered."),
    "load_out_of_order": _l("Enter a least number of reviews that is not above the most."),
    "days_out_of_order": _l("Enter a last day that is not before the first."),
    # Moves and decisions.
    "reason_missing": _l("Enter the reason. The people concerned will read it."),
    "too_long": _l("Shorten this text to %(most)s characters or fewer."),
    "outcome_missing": _l("Choose what is decided."),
    "letter_missing": _l("Write the letter that goes to the applicant."),
    "suggestion_kind_missing": _l("Choose what you suggest."),
    "suggestion_reason_missing": _l("Say why."),
    "suggestion_answer_missing": _l("Say why the mapping should stay as it is."),
    "suggestion_same_mapping": _l("This is the mapping as it is. Choose other articles."),
    "suggestion_reference_missing": _l("Enter the reference of the other proposal, like PD-2026-00042-1."),
    "suggestion_reference_own": _l("This is the reference of this proposal. Enter that of the other one."),
    "suggestion_other_unknown": _l("There is no proposal with this reference. Set the suggestion aside."),
    "letter_place_unknown": _l(
        "Nothing can be put in the place of {%(place)s}. Use {name}, {title} or {reference}, or take it out."
    ),
    "conditions_missing": _l("Enter at least one condition, or choose another decision."),
    "conditions_not_here": _l("Only an approval with conditions has conditions. Remove them, or choose that decision."),
    "conditions_too_many": _l("Enter %(most)s conditions or fewer."),
    "day_is_past": _l("Choose a day that is still to come."),
    "evidence_missing": _l("Say how the condition is met."),
    "document_unknown": _l("Choose one of the proposal’s documents."),
    "section_unknown": _l("Choose one of the proposal’s sections."),
    # Calls.
    "call_code_unfit": _l(
        "Enter a code of small letters, digits and hyphens, like open-2027. It becomes part of the address."
    ),
    "call_code_taken": _l("Another call has this code. Choose another one."),
    "call_sealed_needs_closing": _l("Enter when the call closes: a sealed call is opened then."),
    "call_title_missing": _l("Enter the title of the call"),
    "call_summary_missing": _l("Say what the call is for"),
    "call_articles_missing": _l("Choose at least one article that is open under this call"),
    "call_articles_unknown": _l("Choose from the articles of the initiative"),
    "call_opening_missing": _l("Enter when the call opens"),
    "call_closes_before_opening": _l("Choose a closing time after the opening"),
    "call_choice_unknown": _l("Choose from what is offered"),
    "call_section_needed": _l("This section is always needed. Choose from those that are offered"),
    "call_questions_too_many": _l("Ask %(most)s questions of the call or fewer"),
    "call_number_outside": _l("Enter a number from %(least)s to %(most)s"),
    "call_frozen": _l("Proposals are in, so this stays as it was. Make a new call to change it."),
    # Sections of a proposal.
    "budget_amount_missing": _l("Enter the amount."),
    "budget_amount_nought": _l("Enter an amount above zero."),
    "text_missing": _l("Answer this question."),
    "text_short": _l("Write more here: you wrote %(length)s characters, and %(least)s are needed."),
    "text_long": _l("Shorten this text by %(over)s characters. There is room for %(most)s."),
    "text_strange": _l("Replace the signs that cannot be read (shown as �)."),
    "choice_missing": _l("Choose one from the list."),
    "choice_unknown": _l("Choose one from the list."),
    "email_missing": _l("Enter an email address."),
    "email_unreadable": _l("Enter an email address, such as name@organisation.org."),
    "day_missing": _l("Enter the day."),
    "day_unreadable": _l("Enter a real day."),
    "second_partner_missing": _l("Add at least one participant of another partner. Cooperation is joint."),
    "too_many": _l("Keep %(most)s or fewer."),
    "organisation_missing": _l("Choose the organisation."),
    "organisation_of_other_partner": _l("Choose an organisation of the partner that you named."),
    "city_pair_one_partner": _l("Choose two different partners for the two cities."),
    "indicator_baseline_missing": _l("Article %(article)s: enter the baseline of “%(indicator)s”."),
    "indicator_target_missing": _l("Article %(article)s: enter the target of “%(indicator)s”."),
    "indicator_not_a_number": _l("Article %(article)s: enter a number for “%(indicator)s”."),
    "ends_before_start": _l("Choose a last day after the first day."),
    "milestones_missing": _l("Add at least one milestone."),
    "milestone_outside": _l("Choose a day between the first and the last day of the project."),
    "declare_accurate": _l("Declare that the information is accurate."),
    "declare_authorised": _l("Declare that you are authorised to submit it."),
    "declare_voluntary": _l("Declare that you know the initiative is voluntary and non-binding."),
    "document_refused": _l("Remove “%(name)s”, or upload it anew: its check failed."),
    "document_waiting": _l("Wait a minute: “%(name)s” is still being checked."),
    "file_missing": _l("Choose a file."),
    "file_kind": _l("“%(name)s” is of a kind that is not accepted. Choose PDF, DOCX, XLSX, ODT, ODS, PNG or JPEG."),
    "file_empty": _l("“%(name)s” is empty. Choose another file."),
    "file_too_large": _l("“%(name)s” is larger than %(most)s MB. Choose a smaller one, or split it."),
    "files_too_many": _l("There are %(most)s files already. Remove one first."),
    "call_answer_missing": _l("Answer the question “%(question)s”."),
    "call_answer_not_a_number": _l("Enter a number for “%(question)s”."),
    "budget_amount_unreadable": _l(
        "Enter the amount in figures, with at most %(decimals)s decimals: %(currency)s has no smaller units."
    ),
    "budget_not_covered": _l(
        "The sources of funding do not cover the costs: %(currency)s %(missing)s is missing. "
        "Add a source, or lower the costs."
    ),
    "budget_partner_missing": _l("Choose the partner that bears this cost."),
    "budget_partner_unknown": _l("Choose a partner that takes part in the project."),
    "budget_category_missing": _l("Choose the category of this cost."),
    "budget_category_unknown": _l("Choose the category of this cost from the list."),
    "budget_description_missing": _l("Say what this cost is for."),
    "budget_name_missing": _l("Enter the name of this source of funding."),
    "budget_kind_missing": _l("Choose the kind of this source of funding."),
    "budget_kind_unknown": _l("Choose the kind of this source of funding from the list."),
    "budget_state_missing": _l("Choose how sure this source of funding is."),
    "budget_state_unknown": _l("Choose how sure this source of funding is from the list."),
    "currency_missing": _l("Choose the currency of the budget."),
    "currency_unknown": _l("Choose the currency from the list."),
    "budget_lines_missing": _l("Add at least one cost."),
    "budget_sources_missing": _l("Add at least one source of funding."),
    # Partners and endorsements.
    "ministries_missing": _l("Choose a ministry, or name another one."),
    "ministry_unknown": _l("Choose from the ministries of your partner’s path."),
    "ministry_incomplete": _l("Enter the name of each ministry, and its email address."),
    "ministry_twice": _l("Name each ministry once, each with an address of its own."),
    "field_unknown": _l("Choose from the fields of the list."),
    "point_without_text": _l("Enter what you ask here, or why it should change."),
    "answer_to_point_missing": _l("Enter your answer."),
    "adjustment_not_answered": _l("Change this field, or enter why it should stay as it is."),
    "partners_must_stay": _l("Keep the partners that take part. Who takes part is what all of them were asked about."),
    "questions_missing": _l("Enter at least one question."),
    "fields_and_reasons_missing": _l("Name at least one field, and why it should change."),
    "effective_date_missing": _l("Enter the day from which the word no longer holds."),
    "effective_date_past": _l("Enter today or a later day."),
    "advice_missing": _l("Enter your advice."),
    "adviser_missing": _l("Enter your name and what you are at the ministry."),
    "weekend_leaves_no_day": _l("Leave at least one working day in the week."),
    "number_out_of_range": _l("Enter a whole number from %(least)s to %(most)s."),
    "notices_not_in_order": _l("Enter the days of the reminders in order, each once."),
    "notices_need_due_day_and_next": _l("Keep a reminder on the due day and on the next, and none after that."),
    "deputy_days_missing": _l("Enter both days, or neither."),
    "deputy_days_backwards": _l("Enter a last day that is not before the first."),
    "signatory_missing": _l("Choose one of those who speak for the partner."),
    "signatory_takes_part": _l("Choose somebody who takes no part in the proposal."),
    "signatory_unreachable": _l("Choose somebody whose address works."),
    "designation_missing": _l("Enter the paper’s reference, its date, and where it is kept."),
    "day_name_missing": _l("Enter the name of the day, or why it differs."),
    "day_too_far": _l("Enter a day from a year ago to three years from now."),
    "day_known": _l("This day is entered already. Remove it first to change it."),
    # Reviews and panels: R20, R38, R42.
    "review_score_missing": _l("Score “%(criterion)s”"),
    "sign_off_missing": _l("%(organisation)s signs before you submit. Ask for its signature"),
    "sign_off_asked": _l("%(organisation)s has not signed yet. Wait for its signature, or ask again"),
    "sign_off_sent_back": _l("%(organisation)s sent the proposal back. Read why, change it, and ask again"),
    "sign_off_lapsed": _l("The proposal was changed since %(organisation)s signed it. Ask for its signature again"),
    "signatory_name_missing": _l("Enter the full name"),
    "signatory_email_missing": _l("Enter the mail address of the signatory, like name@example.org"),
    "sign_off_not_certified": _l("Tick the box to certify the proposal"),
    "review_claim_missing": _l("Say whether it is shown that the project serves sentence %(anchor)s"),
    "review_claim_article_missing": _l("Choose the article that the claim rather serves"),
    "review_alignment_missing": _l("Say how well the proposal serves article %(article)s"),
    "review_recommendation_missing": _l("Choose what you recommend"),
    "review_reason_missing": _l("Give the reason for your recommendation"),
    "review_words_missing": _l("Write a comment for the applicant"),
    "review_text_long": _l("Shorten this text. Limit: %(most)s characters. Over it: %(over)s."),
    "conflict_not_answered": _l("Tick the box if you have no conflict of interest, or declare the one you have"),
    "conflict_words_missing": _l("Say what the conflict is"),
    "assignment_reason_missing": _l("Give a reason"),
    "message_missing": _l("Write your message"),
    "override_reason_missing": _l("Give the reason for setting the limit aside"),
    "panel_reason_missing": _l("Give a reason"),
}

UNKNOWN = _l("Look at this answer again and change it.")


def words(problem: Problem) -> str:
    """The sentence for one problem, in the reader's language."""
    return str(WORDS.get(problem.code, UNKNOWN)) % problem.params
