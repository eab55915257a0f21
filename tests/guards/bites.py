"""For every rule of the database: what breaks it. Read by test_constraints.py.

`CHECKS`: rule → (table, values that break this rule and no other). `UNIQUE`: rule → values that bring a row
under a partial unique index. `TRIGGERS`: (rule, table, values of a lawful row, what is done to it). A value
"=person" stands for the key of one person, made once for the row.
"""

from __future__ import annotations

from datetime import date
from typing import Any

Bite = tuple[str, dict[str, Any]]
EARLY, LATE = date(2024, 1, 1), date(2025, 12, 31)
NUMBERED = {"state": "issued", "number": 4, "symbol": "TB-SNV", "issued_on": LATE, "issue_year": 2025}
FOLLOWED = {"document_id": "=document", "follower_id": "=person"}
OF_THE_PAST = {
    "conclusion_id": "=past_notice", "concluded_unit_id": "=unit", "entered_by": "=person",
    "inspection_id": None, "inspected_unit_id": None,
}  # fmt: skip
ENDED = {"ended_at": "now", "ended_reason": "x"}
VOIDED = {"state": "voided", "voided_at": "now", "void_reason": "x"}
RECEIVED = {"receipt": "eoffice", "received_on": LATE, "recorded_by": "=person"}
TWO = {"total": 10, "sample": 5, "failing": 6}


CHECKS: dict[str, Bite] = {
    "ck_event_seq_from_one": ("event", {"seq": 0}),
    "ck_chain_head_single_row": ("chain_head", {"id": 2}),
    "ck_stored_file_sha256_length": ("stored_file", {"sha256": "abc"}),
    "ck_stored_file_size_positive": ("stored_file", {"size": 0}),
    "ck_unit_life_in_order": ("unit", {"valid_to": date(1990, 1, 1)}),
    "ck_unit_code_length": ("unit", {"code": "x"}),
    "ck_unit_version_not_own_parent": ("unit_version", {"unit_id": "=unit", "parent_id": "=unit"}),
    "ck_unit_version_has_name": ("unit_version", {"name": "x"}),
    "ck_succession_two_units": ("succession", {"predecessor_id": "=unit", "successor_id": "=unit"}),
    "ck_person_has_name": ("person", {"name": "x"}),
    "ck_appointment_dates_in_order": ("appointment", {"from_on": LATE, "to_on": EARLY}),
    "ck_calendar_version_number_from_one": ("calendar_version", {"number": 0}),
    "ck_deadline_rule_days_in_range": ("deadline_rule", {"days": 367}),
    "ck_document_issued_has_number": ("document", {"state": "issued"}),
    "ck_document_number_positive": ("document", {"number": 0}),
    "ck_document_drafter_not_signer": ("document", {"drafter_id": "=person", "signed_by": "=person"}),
    "ck_document_signer_not_sealer": ("document", {"signed_by": "=person", "sealed_by": "=person"}),
    "ck_document_issued_notice_has_bytes": (
        "document",
        {"kind": "conclusion_notice", **NUMBERED},
    ),
    "ck_series_counter_last_not_negative": ("series_counter", {"last": -1}),
    "ck_number_n_positive": ("number", {"n": 0}),
    "ck_number_void_has_reason": ("number", {"state": "void", "reason": ""}),
    "ck_delivery_receipt_has_date": ("delivery", {"received_on": LATE}),
    "ck_delivery_acknowledgement_is_bound": ("delivery", {"receipt": "head_here", "received_on": LATE}),
    "ck_delivery_recorded_receipt_names_recorder": ("delivery", {"receipt": "eoffice", "received_on": LATE}),
    "ck_delivery_handed_on_or_received": ("delivery", {**RECEIVED, "handed_to_id": "=delivery"}),
    "ck_procedure_field_ordinal_range": ("procedure_field", {"ordinal": 1024}),
    "ck_form_version_hash_length": ("form_version", {"source_sha256": "abc"}),
    "ck_criterion_part_part_range": ("criterion_part", {"part_from": 5, "part_to": 5}),
    "ck_mandate_level_known": ("mandate", {"level": 15}),
    "ck_conclusion_level_known": ("conclusion", {"level": 15}),
    "ck_overlap_referral_names_paper": ("overlap_referral", {"reference": ""}),
    "ck_overlap_referral_answer_after_sending": (
        "overlap_referral",
        {"answered_on": EARLY, "answer": "x", "sent_on": LATE},
    ),
    "ck_conclusion_voided_is_told": ("conclusion", {"state": "voided"}),
    "ck_conclusion_two_people_void": (
        "conclusion",
        {**VOIDED, "recorded_by": "=person", "voided_by": "=person"},
    ),
    "ck_conclusion_line_days_in_order": ("conclusion_line", {"starts_on": LATE, "ends_on": LATE}),
    "ck_coverage_days_in_order": ("coverage", {"starts_on": LATE, "ends_on": LATE}),
    "ck_coverage_part_range": ("coverage", {"part_from": -1}),
    "ck_reopening_asker_not_decider": (
        "reopening",
        {"state": "refused", "refusal": "x", "requested_by": "=person", "decided_by": "=person"},
    ),
    "ck_reopening_request_is_told": ("reopening", {"evidence": ""}),
    "ck_reopening_answer_is_told": ("reopening", {"state": "refused"}),
    "ck_reopening_box_days_in_order": ("reopening_box", {"starts_on": LATE, "ends_on": LATE}),
    "ck_reopening_box_part_range": ("reopening_box", {"part_from": -1}),
    "ck_claim_days_in_order": ("claim", {"starts_on": LATE, "ends_on": LATE, **ENDED}),
    "ck_claim_part_range": ("claim", {"part_to": 2**30 + 1}),
    "ck_claim_level_known": ("claim", {"level": 15}),
    "ck_claim_ended_has_reason": ("claim", {"ended_at": "now"}),
    "ck_inspection_review_in_order": ("inspection", {"review_from": LATE, "review_to": LATE}),
    "ck_inspection_term_range": ("inspection", {"term_days": 91}),
    "ck_inspection_decided_has_decision": ("inspection", {"state": "decided"}),
    "ck_scope_item_days_in_order": ("scope_item", {"starts_on": LATE, "ends_on": LATE}),
    "ck_scope_item_part_range": ("scope_item", {"part_from": -1}),
    "ck_visit_scheduled_has_date": ("visit", {"state": "scheduled"}),
    "ck_visit_not_held_has_reason": ("visit", {"state": "not_held", "not_held_reason": ""}),
    "ck_finding_figures_fit": ("finding", TWO),
    "ck_finding_left_out_has_reason": ("finding", {"state": "left_out"}),
    "ck_finding_passed_on_names_body": ("finding", {"state": "passed_on"}),
    "ck_finding_fixed_has_note": ("finding", {"fixed_on_spot": True}),
    "ck_finding_has_description": ("finding", {"description": "x"}),
    "ck_finding_unit_was_asked": ("finding", {"state": "agreed"}),
    "ck_unit_proposal_has_text": ("unit_proposal", {"text": "x"}),
    "ck_answer_not_applicable_has_reason": ("answer", {"result": "not_applicable"}),
    "ck_answer_figures_fit": ("answer", TWO),
    "ck_minutes_signed_names_signatory": ("minutes", {"state": "signed"}),
    "ck_minutes_refused_has_witness": ("minutes", {"state": "refused"}),
    "ck_minutes_copies_range": ("minutes", {"copies": 21}),
    "ck_task_date_or_reason": ("task", {"due_on": None, "no_date_reason": "", "review_on": None}),
    "ck_task_issued_has_notice_and_follower": ("task", {"state": "issued"}),
    "ck_task_one_source": ("task", {"inspection_id": None}),
    "ck_task_sighting_undone_has_words": ("task_sighting", {"status": "not_yet", "text": ""}),
    "ck_task_accepted_names_who": ("task", {**FOLLOWED, "state": "accepted"}),
    "ck_task_reporter_not_accepter": ("task", {"reported_by": "=person", "accepted_by": "=person"}),
    "ck_task_report_after_completion": ("task", {"due_on": LATE, "report_due_on": EARLY}),
    "ck_task_has_text": ("task", {"text": "x"}),
    "ck_task_handover_two_units": ("task_handover", {"from_unit_id": "=unit", "to_unit_id": "=unit"}),
    "ck_task_handover_acknowledged_names_who": ("task_handover", {"acknowledged_on": LATE}),
    "ck_task_handover_on_behalf_has_paper": ("task_handover", {"on_behalf": True}),
    "ck_expected_result_returned_has_comment": ("expected_result", {"state": "returned"}),
    "ck_progress_report_document_has_date": ("progress_report", {"document_reference": "31/TB-UBND"}),
    "ck_extension_later_date": ("extension", {"old_due_on": LATE, "new_due_on": LATE}),
    "ck_extension_asker_not_decider": ("extension", {"requested_by": "=person", "decided_by": "=person"}),
}  # fmt: skip

UNIQUE: dict[str, dict[str, Any]] = {
    "uq_appointment_one_head": {"kind": "head"},
    "uq_document_number": {"number": 4, "symbol": "TB-SNV", "issue_year": 2026, "issuer_name": "Sở Nội vụ"},
    "uq_number_live_per_document": {"document_id": "=document"},
    "uq_team_member_one_leader": {"role": "leader"},
    "uq_job_unique_key": {"unique_key": "once"},
    "uq_event_hash": {},
}

ENTERED = {"mandate_id": "=entered"}
CONCLUDED = {"conclusion_id": "=conclusion"}
SIGNED = {"state": "signed", "signed_on": LATE, "unit_signatory": "Chủ tịch"}
ISSUED = {"kind": "decision", **NUMBERED}

TRIGGERS: list[tuple[str, str, dict[str, Any], str]] = [
    ("event_append_only", "event", {}, "name = 'x'"),
    ("event_append_only", "event", {}, "DELETE"),
    ("event_append_only", "event_subject", {}, "kind = 'x'"),
    ("event_append_only", "event_subject", {}, "DELETE"),
    ("stored_file_fixed", "stored_file", {}, "size = 99"),
    ("stored_file_fixed", "stored_file", {}, "DELETE"),
    ("reopening_fixed", "reopening", {}, "reason = 'x'"),
    ("reopening_fixed", "reopening", {}, "state = 'ended'"),
    ("reopening_fixed", "reopening", {}, "DELETE"),
    ("reopening_fixed", "reopening_box", {}, "part_to = 5"),
    ("reopening_fixed", "reopening_box", {}, "DELETE"),
    ("document_frozen", "document", ISSUED, "subject = 'x'"),
    ("document_frozen", "document", ISSUED, "state = 'draft'"),
    ("document_frozen", "document", ISSUED, "DELETE"),
    ("calendar_fixed", "calendar_version", {}, "note = 'x'"),
    ("calendar_fixed", "calendar_version", {}, "DELETE"),
    ("calendar_fixed", "calendar_day", {}, "name = 'x'"),
    ("calendar_fixed", "calendar_day", {}, "DELETE"),
    ("setting_fixed", "office_setting", {}, "who = 'x'"),
    ("setting_fixed", "office_setting", {}, "DELETE"),
    ("counter_never_back", "series_counter", {"last": 5}, "last = 4"),
    ("counter_never_back", "series_counter", {"last": 5}, "DELETE"),
    ("number_fixed", "number", {}, "n = n + 1"),
    ("number_fixed", "number", {"state": "used"}, "state = 'void', reason = 'x'"),
    ("number_fixed", "number", {}, "DELETE"),
    ("delivery_receipt_fixed", "delivery", RECEIVED, "received_on = '2026-01-01'"),
    ("delivery_receipt_fixed", "delivery", RECEIVED, "DELETE"),
    ("form_version_fixed", "form_version", {}, "title = 'x'"),
    ("form_version_fixed", "form_version", {}, "DELETE"),
    ("form_version_fixed", "criterion_group", {}, "title = 'x'"),
    ("form_version_fixed", "criterion_group", {}, "DELETE"),
    ("form_version_fixed", "criterion", {}, "title = 'x'"),
    ("form_version_fixed", "criterion", {}, "DELETE"),
    ("form_version_fixed", "criterion_part", {}, "part_to = 9"),
    ("form_version_fixed", "criterion_part", {}, "DELETE"),
    ("conclusion_fixed", "conclusion", {}, "number_and_symbol = 'x'"),
    ("conclusion_fixed", "conclusion", {}, "DELETE"),
    ("conclusion_fixed", "conclusion", {}, "record_only = NOT record_only"),
    ("conclusion_fixed", "conclusion", {}, "title = 'x'"),
    ("conclusion_fixed", "conclusion", {"document_id": "=document"}, "state = 'recalled'"),
    ("conclusion_fixed", "conclusion", {"state": "recalled"}, "state = 'in_force'"),
    ("conclusion_fixed", "conclusion", {"recorded_by": "=person"}, "recorded_by = NULL"),
    ("conclusion_fixed", "conclusion", {"record_only": True}, "record_only = FALSE"),
    ("conclusion_fixed", "conclusion", ENTERED, "record_only = TRUE"),
    ("conclusion_fixed", "conclusion", {**ENTERED, **VOIDED, "voided_by": "=person", "record_only": True},
     "record_only = FALSE"),
    ("conclusion_fixed", "conclusion", {**ENTERED, "document_id": "=document"}, "document_id = NULL"),
    ("conclusion_fixed", "conclusion", ENTERED,
     "document_id = (SELECT max(id) FROM document WHERE state = 'draft')"),
    ("conclusion_line_fixed", "conclusion_line", {}, "text = 'x'"),
    ("conclusion_line_fixed", "conclusion_line", {}, "DELETE"),
    ("mandate_fixed", "mandate", {"decision": "=claimed"}, "level = 30"),
    ("mandate_fixed", "mandate", {"decision": "=claimed"}, "decision = 'x'"),
    ("coverage_fixed", "coverage", {}, "result = 'x'"),
    ("coverage_fixed", "coverage", {}, "DELETE"),
    ("finding_frozen", "finding", {"state": "concluded", "in_minutes": True}, "description = 'khác'"),
    ("finding_frozen", "finding", {"state": "concluded", "in_minutes": True}, "DELETE"),
    ("answer_concluded_fixed", "answer", {"scope_item_id": "=concluded_item"}, "note = 'x'"),
    ("answer_concluded_fixed", "answer", {"scope_item_id": "=concluded_item"}, "DELETE"),
    ("follow_up_assesses_nothing", "answer", {"scope_item_id": "=follow_up_item", "result": "not_examined"},
     "result = 'met'"),
    ("task_of_past_notice", "task", OF_THE_PAST,
     "conclusion_id = (SELECT max(conclusion.id) FROM conclusion JOIN mandate ON mandate.id = mandate_id "
     "WHERE kind = 'own')"),
    ("minutes_frozen", "minutes", SIGNED, "unit_opinion = 'x'"),
    ("minutes_frozen", "minutes", SIGNED, "DELETE"),
    ("journal_append_only", "journal_entry", {}, "text = 'x'"),
    ("journal_append_only", "journal_entry", {}, "DELETE"),
    ("claim_not_deleted", "claim", {}, "DELETE"),
    ("claim_not_revived", "claim", ENDED, "ended_at = NULL, ended_reason = NULL"),
    ("claim_only_shrinks", "claim", {}, "ends_on = '2025-07-31'"),
    ("claim_only_shrinks", "claim", {}, "part_to = part_to + 1"),
    ("claim_only_shrinks", "claim", {}, "level = 30"),
    ("claim_only_shrinks", "claim", {"scope_item_id": "=scope_item"}, "scope_item_id = NULL"),
    ("claim_concluded_fixed", "claim", CONCLUDED, "ends_on = '2025-06-01'"),
    ("claim_concluded_fixed", "claim", CONCLUDED, "ended_at = '2026-01-01 00:00:00', ended_reason = 'x'"),
    ("claim_concluded_fixed", "claim", CONCLUDED, "conclusion_id = NULL"),
    ("unit_life_covers_claims", "unit", {"code": "=claimed"}, "valid_to = '2025-03-01'"),
    ("unit_life_covers_claims", "unit", {"code": "=claimed"}, "valid_from = '2025-03-01'"),
]  # fmt: skip
"""(rule, table, values of a lawful row, the SET of an UPDATE or DELETE)."""
