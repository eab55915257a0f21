"""Who may do what, written down a second time: by hand, in words, from the way offices work.

`role` grants by appointment, `@standing` by what somebody is to the object, `-standing` takes it away again;
`office` and `team` stand for their roles and standings, `everybody` for who is signed in at all. The policy
of the product must say the same (test_policy_matrix.py); the matrix over the addresses reads it too.
"""

from __future__ import annotations

GROUPS = {
    "office": ("planner", "inspector", "leader", "content_checker", "clerk", "follower"),
    "team": ("@team_leader", "@team_secretary", "@team_member"),
}

RIGHTS: dict[str, str] = {
    # the house
    "manage_units": "administrator planner",
    "manage_accounts": "administrator",
    "manage_settings": "administrator",
    "import_form": "administrator",
    "record_conclusion": "planner clerk",
    "void_conclusion": "planner clerk -recorder",
    "bring_over_past": "planner follower",
    "view_home": "everybody",
    "view_catalogue": "office unit_head unit_officer observer administrator",
    "view_register": "office unit_head unit_officer observer",
    "view_office_register": "office",
    # a case
    "list_inspections": "office",
    "create_inspection": "planner",
    "draft_case_paper": "planner @team_leader @team_secretary",
    "assign_members": "planner @team_leader @team_secretary",
    "view_my_visits": "unit_head unit_officer",
    "view_inspection": "planner leader content_checker clerk follower team",
    "edit_inspection": "planner",
    "decide_inspection": "planner",
    "reserve_scope": "planner",
    "request_reopening": "planner",
    "decide_reopening": "leader -requester",
    "schedule_visit": "planner @team_leader @team_secretary",
    "run_visit": "@team_leader @team_secretary -works_there",
    "view_fieldwork": "planner leader content_checker team",
    "record_answer": "team -works_there",
    "write_minutes": "@team_leader @team_secretary -works_there",
    "end_fieldwork": "@team_leader @team_secretary -works_there",
    "draft_team_report": "@team_leader @team_secretary -works_there",
    "agree_finding": "@team_leader -works_there",
    "plan_remediation": "planner @team_leader @team_secretary -works_there",
    # the notice: drafter, signer and who seals are three people
    "list_notices": "office observer",
    "draft_notice": "planner @team_leader @team_secretary -works_there",
    "view_notice": "planner leader content_checker clerk follower team",
    "view_paper": "office",
    "edit_paper": "@drafter",
    "submit_paper": "@drafter",
    "check_content": "content_checker -drafter",
    "check_form": "clerk",
    "approve_paper": "leader @signer -drafter",
    "sign_paper": "@signer -drafter",
    "seal_paper": "clerk -signer",
    "issue_paper": "clerk -signer",
    "record_issued": "clerk planner @drafter",
    "abandon_paper": "planner leader @drafter",
    "reassign_paper": "planner leader",
    "take_back_signed": "leader",
    "open_series": "clerk administrator",
    "record_delegation": "clerk",
    "draft_corrigendum": "planner clerk @drafter",
    "view_books": "planner leader content_checker clerk follower administrator",
    "print_book": "planner leader content_checker clerk follower",
    "request_recall": "planner clerk leader",
    "decide_recall": "leader -requester",
    "publish_notice": "planner clerk",
    # the unit's side
    "view_document": "office observer @unit_head @unit_officer",
    "acknowledge": "@unit_head",
    "record_receipt": "clerk follower",
    "list_tasks": "office observer unit_head unit_officer",
    "view_task": "office observer @unit_head @unit_officer @follower",
    "appoint_focal_point": "@unit_head",
    "send_proposal": "@unit_head @focal_point",
    "assign_task": "@unit_head @focal_point",
    "report_progress": "@unit_head @unit_officer",
    "submit_task": "@unit_head @focal_point",
    "request_extension": "@unit_head @focal_point",
    "decide_extension": "leader content_checker -requester -unit_officer",
    "schedule_task": "@unit_head @focal_point @lead_officer",
    "enter_for_unit": "follower clerk @follower",
    "accept_task": "content_checker @follower -reporter -unit_officer",
    "edit_follow_up": "follower @follower",
    "hand_over_tasks": "follower planner",
    "view_handovers": "follower planner clerk",
    "take_over_tasks": "@receiver",
    "direct_task": "leader content_checker follower @follower",
    "answer_directive": "follower clerk @follower @unit_head @unit_officer",
    # who answers for it
    "view_responsibility": "leader content_checker follower planner",
    "record_responsibility": "content_checker follower",
    "view_answerable_names": "leader content_checker",
    "list_heads": "leader",
    "view_head_record": "leader @oneself",
    "view_own_record": "unit_head",
}


def words_of(action: str) -> list[str]:
    """The words of one line, groups spelled out."""
    return [word for written in RIGHTS[action].split() for word in GROUPS.get(written, (written,))]


def allowed(action: str, roles: set[str], standings: set[str]) -> bool:
    """What the table says of somebody with these roles and these standings to the object."""
    words = words_of(action)
    if any(word[0] == "-" and word[1:] in standings for word in words):
        return False
    if "everybody" in words:
        return True
    return any(word in roles or (word[0] == "@" and word[1:] in standings) for word in words)
