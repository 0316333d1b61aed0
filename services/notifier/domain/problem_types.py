"""What the notifier refuses, and what to do about it."""

from shared.core import errors
from shared.core.problem_types import problem_types

PROBLEM_TYPES = problem_types(
    {
        errors.Invalid: {
            "url_address": ("Address not public", "Use a host that the public internet reaches."),
            "url_credentials": ("Credentials in the URL", "Leave them out; verify our signature instead."),
            "url_invalid": ("Not a URL", "Send scheme, host and path, such as https://example.com/hook."),
            "url_port": ("Port not allowed", "Use one of the ports the detail names."),
            "url_scheme": ("Not https", "Receive over https."),
        },
        errors.Forbidden: {
            "full_payload_not_permitted": ("Full bodies carry scores", "Ask as somebody who may read scores."),
        },
        errors.Conflict: {
            "delivery_unwanted": (
                "No longer wanted",
                "Let the webhook want this type in this form again, then resend.",
            ),
            "not_a_listener": ("Not a listener", "Fetch only what is sent to `steelyard:listener`."),
            "not_a_sandbox": ("Not a sandbox", "Register a public URL; listeners are for sandboxes."),
            "webhook_is_listener": ("A listener", "Register another webhook for a URL."),
            "webhook_disabled": ("Webhook disabled", "Enable it first."),
        },
        errors.Gone: {
            "cursor_expired": (
                "Changes no longer kept",
                "Take a new cursor with `cursor=latest`, read the lists you keep anew, then go on from it.",
            ),
        },
    },
)
