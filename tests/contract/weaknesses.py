"""What other HR systems, and what they are built of, fell for; and the tests that replay it here.

`python -m tests.contract.weaknesses` writes the table into docs/security.md.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
_BEGIN, _END = "<!-- weaknesses: made by `make docs` -->\n", "<!-- end of weaknesses -->\n"
_SECURITY, _GATEWAY, _NOTIFIER = "integration/security", "integration/gateway", "integration/notifier"


@dataclass(frozen=True, slots=True)
class Weakness:
    name: str
    seen: str
    """Where it happened."""
    tests: Sequence[str]
    """`path below tests::name`."""


WEAKNESSES = (
    Weakness(
        "Others' rows by their ids: view, edit, delete, export",
        "Horilla CVE-2026-40865, -40866, -24035; Frappe HR CVE-2026-45081, -40888, -40889; OrangeHRM CVE-2025-66290; "
        "Jorani #426",
        (
            "integration/access/test_matrix.py::test_every_role_gets_what_the_design_says",
            "integration/access/test_matrix.py::test_the_matrix_covers_every_route",
            "integration/access/test_matrix.py::test_a_row_is_found_below_its_own_parent_alone",
            "integration/access/test_triples.py::test_any_principal_any_action_any_row",
            "contract/test_schema.py::test_nobody_writes_into_another_tenant",
        ),
    ),
    Weakness(
        "An identity the caller supplies",
        "lenve/vhr #349",
        (
            f"{_SECURITY}/test_strangers.py::test_what_a_caller_claims_to_be_is_not_believed",
            f"{_SECURITY}/test_strangers.py::test_what_is_ours_to_say_is_no_member_of_a_body",
            f"{_SECURITY}/test_strangers.py::test_a_token_that_we_did_not_sign_for_this_opens_nothing",
            f"{_GATEWAY}/test_forwarding.py::test_headers_of_one_connection_and_internal_ones_stay_outside",
        ),
    ),
    Weakness(
        "Approving one's own",
        "Horilla CVE-2026-24039",
        (
            "integration/archive/test_separation.py::test_nobody_changes_their_own_file",
            "integration/archive/test_separation.py::test_nobody_makes_themselves_a_head_or_ends_it",
            "integration/performance/procedure/test_plans.py::test_nobody_decides_about_a_plan_of_their_own",
            f"{_GATEWAY}/test_accounts.py::test_administrators_do_not_decide_what_they_are_themselves",
        ),
    ),
    Weakness(
        "Data without a log-in",
        "Horilla CVE-2025-48869, CVE-2026-24036",
        (
            f"{_SECURITY}/test_strangers.py::test_every_operation_refuses_a_stranger",
            "contract/test_policy.py::test_every_route_asks_the_policy_or_is_public",
            f"{_GATEWAY}/test_forwarding.py::test_strangers_are_refused_at_the_door",
        ),
    ),
    Weakness(
        "Sessions that outlive their account",
        "OrangeHRM CVE-2025-66289",
        (
            f"{_GATEWAY}/test_sessions.py::test_a_closed_account_carries_nothing_on",
            f"{_GATEWAY}/test_accounts.py::test_a_change_voids_the_tokens_that_say_otherwise",
            f"{_GATEWAY}/test_accounts.py::test_who_left_the_company_is_kept_out",
            "integration/kit/test_revocations.py::test_a_running_process_hears_of_it_by_itself",
        ),
    ),
    Weakness(
        "Tokens and codes used twice",
        "OrangeHRM CVE-2025-66225",
        (
            f"{_GATEWAY}/test_sessions.py::test_a_used_token_shown_late_ends_the_session_for_whoever_holds_it",
            f"{_GATEWAY}/test_second_factor.py::test_each_code_opens_once",
            f"{_GATEWAY}/test_client_keys.py::test_a_system_proves_itself_by_what_it_signs_once",
            f"{_GATEWAY}/test_authorization_codes.py::test_a_code_shown_twice_ends_what_it_opened",
        ),
    ),
    Weakness(
        "SQL in a filter or an order",
        "OrangeHRM CVE-2024-36428, OpenEMR CVE-2026-24908",
        (
            f"{_SECURITY}/test_injection.py::test_no_filter_of_any_list_breaks_out_of_its_statement",
            f"{_SECURITY}/test_injection.py::test_a_filter_is_a_value_and_never_a_statement",
            f"{_SECURITY}/test_injection.py::test_a_text_is_kept_as_it_was_written",
        ),
    ),
    Weakness(
        "Programs in rules and templates",
        "Horilla CVE-2025-48868",
        (
            f"{_SECURITY}/test_injection.py::test_a_rule_is_numbers_and_never_a_program",
            f"{_SECURITY}/test_injection.py::test_no_service_runs_what_it_reads",
            "unit/notifier/test_templates.py::test_facts_are_told_in_the_reader_s_language_and_never_read_as_templates",
        ),
    ),
    Weakness(
        "Scripts in data, requests forged by other sites",
        "Horilla CVE-2025-59832, IceHrm CVE-2022-26588",
        (
            f"{_SECURITY}/test_browsers.py::test_a_script_in_a_name_stays_data",
            f"{_SECURITY}/test_browsers.py::test_what_another_site_could_send_unasked_changes_nothing",
            f"{_SECURITY}/test_browsers.py::test_no_answer_leaves_a_cookie_that_a_browser_would_send_by_itself",
            f"{_GATEWAY}/test_authorize.py::test_what_comes_from_outside_is_shown_as_text",
            f"{_GATEWAY}/test_authorize.py::test_a_form_is_good_in_its_own_browser_alone",
            f"{_GATEWAY}/test_hardening.py::test_every_answer_carries_the_headers",
        ),
    ),
    Weakness(
        "Formulas in exported spreadsheets",
        "cells that begin with `=`, `+`, `-`, `@`, a tab or a return",
        (f"{_SECURITY}/test_injection.py::test_no_service_writes_spreadsheets_whose_cells_could_be_formulas",),
    ),
    Weakness(
        "Webhooks into the inner network",
        "frappe/press #7459, GitLab 632101 (a failed look-up skipped the guard), DNS rebinding, redirects",
        (
            f"{_NOTIFIER}/test_webhook_client.py::test_a_name_that_leads_elsewhere_the_second_time_is_refused_then",
            f"{_NOTIFIER}/test_webhook_client.py::test_a_name_with_one_private_address_is_refused_altogether",
            f"{_NOTIFIER}/test_webhook_client.py::test_a_private_address_is_refused",
            f"{_NOTIFIER}/test_webhook_client.py::test_an_address_in_disguise_is_refused",
            f"{_NOTIFIER}/test_webhook_client.py::test_a_host_that_can_be_no_name_is_a_failed_attempt",
            f"{_NOTIFIER}/test_webhook_client.py::test_a_redirect_is_not_followed",
            f"{_GATEWAY}/test_guarded.py::test_nothing_is_said_to_ones_own_network",
            f"{_GATEWAY}/test_guarded.py::test_a_redirect_is_not_followed",
            f"{_GATEWAY}/test_identity_provider.py::test_addresses_of_ones_own_network_are_asked_nothing",
            "unit/notifier/test_targets.py::test_what_is_not_the_public_internet_is_refused",
        ),
    ),
    Weakness(
        "Requests made to exhaust",
        "Starlette CVE-2025-54121, CVE-2025-62727",
        (
            f"{_SECURITY}/test_exhaustion.py::test_a_body_no_parser_likes_is_refused_and_breaks_nothing",
            f"{_SECURITY}/test_exhaustion.py::test_a_number_that_would_take_for_ever_is_refused",
            f"{_SECURITY}/test_exhaustion.py::test_a_header_of_many_parts_costs_no_more_than_a_short_one",
            f"{_SECURITY}/test_exhaustion.py::test_the_locked_versions_are_ones_in_which_it_is_mended",
            f"{_SECURITY}/test_exhaustion.py::test_no_service_serves_or_takes_files",
            f"{_GATEWAY}/test_hardening.py::test_a_body_that_is_too_large_is_refused",
            f"{_GATEWAY}/test_hardening.py::test_a_head_that_is_too_large_is_refused_before_its_end",
            f"{_GATEWAY}/test_rate_limits.py::test_one_clients_flood_leaves_anothers_requests_alone",
        ),
    ),
    Weakness(
        "Secrets in logs, errors and stored answers",
        "tokens in query strings, passwords echoed by a 422",
        (
            "contract/test_secrets.py::test_no_secret_comes_out_again",
            "contract/test_secrets.py::test_an_answer_that_shows_a_secret_is_stored_without_it",
            "contract/test_secrets.py::test_a_failing_database_gives_away_neither_its_password_nor_ours",
        ),
    ),
)


def missing(test: str) -> bool:
    """Tell whether there is no such test."""
    path, _, name = test.partition("::")
    file = ROOT / "tests" / path
    if not file.exists():
        return True
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(file.read_text("utf-8"))
    return not any(isinstance(node, functions) and node.name == name for node in tree.body)


def rendered() -> str:
    """Give the table, with its marks."""
    return _BEGIN + "\n".join(
        ("", "| class | where it happened | replayed by |", "| --- | --- | --- |", *_rows(), "", _END)
    )


def _rows() -> Iterator[str]:
    for weakness in WEAKNESSES:
        by_file: dict[str, list[str]] = {}
        for test in weakness.tests:
            path, _, name = test.partition("::")
            by_file.setdefault(path, []).append(name.removeprefix("test_").replace("_", " "))
        links = "; ".join(
            f"[{Path(path).name}](../tests/{path}): {', '.join(names)}" for path, names in by_file.items()
        )
        yield f"| {weakness.name} | {weakness.seen} | {links} |"


def renewed(page: str) -> str:
    """Put the table into the page."""
    before, _, rest = page.partition(_BEGIN)
    return before + rendered() + rest.partition(_END)[2]


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
