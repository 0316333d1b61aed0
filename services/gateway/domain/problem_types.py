"""What the gateway refuses, and what to do about it; `/oauth/…` speaks the errors of RFC 6749 instead."""

from shared.core import errors
from shared.core.problem_types import problem_types

PROBLEM_TYPES = problem_types(
    {
        errors.Invalid: {
            "clock_out_of_range": ("Clock out of range", "Set it between 2000 and 2100."),
            "hr_role_missing": ("Departments without the HR role", "Add the role, or leave `hr_departments` out."),
            "retention_out_of_range": ("Kept too briefly or too long", "Choose a number of days the detail allows."),
            "redirect_uri_invalid": ("Unusable redirect URI", "Use https, or http://127.0.0.1; no fragment."),
            "redirect_uri_unregistered": ("Unknown redirect URI", "Register it with the client, to the letter."),
            "scope_missing": ("A client for nothing", "Grant it scopes, or give it `redirect_uris`."),
            "scope_of_public_client": ("Scopes of a public client", "Leave `scopes` out, or let it keep a secret."),
            "issuer_invalid": ("Not an issuer", "Use the https URL that the provider's own description has."),
            "name_differs": ("Not its name", "Write the company's name as `GET /v1/tenants/{id}` shows it."),
            "network_invalid": ("Not a network", "Write it like 203.0.113.0/24, without host bits."),
            "roles_incompatible": ("An auditor with other roles", "Give the roles to two accounts."),
            "scope_unknown": ("No such scope", "Use those that the OpenAPI document lists."),
            "username_invalid": ("Unusable user name", "Leave out spaces."),
            "zone_unknown": ("No such time zone", "Use an IANA name such as Asia/Shanghai."),
        },
        errors.Unauthenticated: {
            "authorization_code_invalid": ("Authorization code void", "Log in again."),
            "client_invalid": ("Client not let in", "Check `client_id` and secret, and whether the client is active."),
            "identity_token_invalid": ("Provider not believed", "Check the provider's settings and clock."),
            "log_in_expired": ("Log-in too old", "Begin again at the application, in the same browser."),
            "provider_answer_invalid": ("Provider's answer unusable", "Log in again."),
            "credentials_invalid": (
                "Not let in",
                "Check user name and password; name the tenant where several share it.",
            ),
            "second_factor_required": ("Second factor required", "Send the device's present code as `code` too."),
            "refresh_token_invalid": ("Refresh token void", "Log in again."),
        },
        errors.Forbidden: {
            "account_inactive": ("Account closed", "Ask an administrator."),
            "code_invalid": ("Wrong code", "Send the device's present code; check its clock."),
            "email_unverified": ("Unverified e-mail address", "Let the provider verify it, or use another claim."),
            "identity_taken": ("Account of somebody else", "Ask an administrator."),
            "identity_unknown": ("Unknown person", "Ask an administrator for an account."),
            "identity_unusable": ("Claim missing or unusable", "Let the provider send the claim that is set here."),
            "password_log_in_off": ("No log-in by password", "Log in by the company's provider."),
            "log_in_not_recent": ("Log-in too long ago", "Log in anew, and try again within ten minutes."),
            "network_not_allowed": ("Wrong network", "Come from a network of the client, or let it have another."),
            "password_wrong": ("Wrong password", "Send the one that holds so far."),
            "scope_not_granted": ("Scope not granted", "Ask for a part of what the client has."),
        },
        errors.NotFound: {
            "department_unknown": ("No such department", "Check the id; a new one is known here after a moment."),
            "employee_unknown": ("No such employee", "Check the reference; a new one is known here after a moment."),
        },
        errors.Conflict: {
            "client_public": ("A client without secrets", "Register another client for what needs a secret."),
            "not_a_sandbox": ("Not a sandbox", "Set the clock of a sandbox only."),
            "tenant_not_suspended": ("Company not suspended", "Suspend it before ordering its erasure."),
            "own_account": ("One's own account", "Let another administrator do it."),
            "second_factor_confirmed": ("Second factor in use", "Give it up before setting up another."),
            "too_many_keys": ("Too many keys", "Remove one before adding another."),
        },
        errors.RateLimited: {
            "rate_limited": ("Too many requests", "Wait for `Retry-After`; `RateLimit` says what is left before."),
            "too_many_attempts": ("Too many failed log-ins", "Wait for `Retry-After`."),
            "too_many_in_flight": ("Too many requests at the same time", "Wait for the answer to one of them."),
        },
        errors.Unavailable: {
            "description_missing": ("Description incomplete", "Try again; a service is away."),
            "provider_unavailable": ("Log-in provider away", "Try again; check the provider's settings."),
            "service_not_ready": ("Service not ready", "Wait; said by `/readyz` alone."),
            "service_unavailable": ("Service away", "Send the same again; writes with an `Idempotency-Key`."),
        },
    },
    places={
        "public_key_unusable": ("No usable public key", "Send the public half of an EC, Ed25519 or long RSA key."),
        "key_kind_mismatched": ("`jwk` out of place", "Send it with a `public_key`, and with nothing else."),
        "reference_count": ("Reference missing or ambiguous", "Name the person one way."),
    },
)
