"""What the log-in page says, in the languages of the people who read it."""

from collections.abc import Iterator, Mapping

from fastapi import Request

from shared.core.errors import DomainError

Words = Mapping[str, str]
LANGUAGES: Mapping[str, Words] = {
    "en": {
        "tag": "en",
        "lang": "en",
        "title": "Log in",
        "for": "to go on to {name}",
        "username": "User name",
        "password": "Password",
        "code": "Code of your device, or a recovery code",
        "go_on": "Log in",
        "cancel": "Cancel",
        "second_factor": "One more step",
        "refused": "This does not work",
        "credentials_invalid": "User name, password or code is wrong.",
        "account_inactive": "This account is closed. Ask an administrator.",
        "tenant_suspended": "This company's access is suspended.",
        "too_many_attempts": "Too many tries have failed. Wait {seconds} seconds.",
        "client_invalid": "The application that sent you here is not known, or is closed.",
        "redirect_uri_unregistered": "The application that sent you here wants the answer at an address it has not "
        "registered. You have not been sent there.",
        "by_provider": "Log in with {name}",
        "by_password": "Log in with a password (administrators)",
        "password_log_in_off": "Your company lets people log in by its own provider only.",
        "identity_unknown": "Nobody here is whom your company's provider names. Ask an administrator.",
        "identity_unusable": "Your company's provider does not say who you are. Ask an administrator.",
        "identity_taken": "Somebody else has the account that would be yours. Ask an administrator.",
        "email_unverified": "Your company's provider has not verified your e-mail address.",
        "identity_token_invalid": "What your company's provider says of you could not be verified.",
        "provider_answer_invalid": "The answer of your company's provider could not be used. Log in again.",
        "provider_unavailable": "Your company's provider does not answer. Try again in a moment.",
        "log_in_expired": "This log-in is too old, or began in another browser. Go back to the application and log in "
        "from there; your browser must accept cookies for this.",
        "expired": "This page is too old, or was opened in another browser. Go back to the application and log in "
        "from there; your browser must accept cookies for this.",
        "other": "Go back to the application and try again.",
    },
    "zh": {
        "tag": "zh",
        "lang": "zh-CN",
        "title": "登录",
        "for": "继续前往 {name}",
        "username": "用户名",
        "password": "密码",
        "code": "验证器上的动态码，或一个恢复码",
        "go_on": "登录",
        "cancel": "取消",
        "second_factor": "还差一步",
        "refused": "无法登录",
        "credentials_invalid": "用户名、密码或动态码不正确。",
        "account_inactive": "该账号已停用，请联系管理员。",
        "tenant_suspended": "该公司的访问已暂停。",
        "too_many_attempts": "失败次数过多，请等待 {seconds} 秒。",
        "client_invalid": "把您带到这里的应用未注册或已停用。",
        "redirect_uri_unregistered": "把您带到这里的应用要求把结果发往一个未注册的地址，因此没有跳转。",
        "by_provider": "使用 {name} 登录",
        "by_password": "使用密码登录（管理员）",
        "password_log_in_off": "贵公司只允许通过自己的身份提供方登录。",
        "identity_unknown": "这里没有贵公司身份提供方所指的人员，请联系管理员。",
        "identity_unusable": "贵公司身份提供方没有说明您是谁，请联系管理员。",
        "identity_taken": "本应属于您的账号已被他人使用，请联系管理员。",
        "email_unverified": "贵公司身份提供方尚未验证您的邮箱地址。",
        "identity_token_invalid": "无法验证贵公司身份提供方对您的说明。",
        "provider_answer_invalid": "无法使用贵公司身份提供方的答复，请重新登录。",
        "provider_unavailable": "贵公司身份提供方没有响应，请稍后重试。",
        "log_in_expired": "此次登录已过期，或是在另一个浏览器中开始的。请回到应用重新登录；浏览器需要允许 Cookie。",
        "expired": "此页面已过期，或是在另一个浏览器中打开的。请回到应用重新登录；浏览器需要允许 Cookie。",
        "other": "请回到应用重试。",
    },
}
"""By the primary tag of a language; every one says the same."""


def words_for(request: Request, *, otherwise: str = "en") -> Words:
    """Choose by `ui_locales`, then by `Accept-Language`, then what the company speaks."""
    wished, accepted = request.query_params.get("ui_locales", ""), request.headers.get("accept-language", "")
    tags = [*wished.split(), *_by_preference(accepted), otherwise]
    return next((LANGUAGES[primary] for primary in map(_primary, tags) if primary in LANGUAGES), LANGUAGES["en"])


def explained(words: Words, error: DomainError) -> str:
    """Say why somebody is not let in."""
    return words.get(error.code, words["other"]).format(seconds=getattr(error, "retry_after", 0))


def _primary(tag: str) -> str:
    return tag.strip().partition("-")[0].lower()


def _by_preference(accepted: str) -> Iterator[str]:
    """Order an `Accept-Language` (RFC 9110 §12.5.4) by its weights; the order it has decides between equals."""
    weighed = []
    for place, part in enumerate(accepted.split(",")):
        tag, _, weight = part.partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, tag))
        except ValueError:
            continue
    return (tag for weight, _, tag in sorted(weighed) if weight < 0)
