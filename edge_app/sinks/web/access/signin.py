"""The page that asks a browser for the token."""

import base64
import hashlib

from starlette.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 26rem; margin: 15vh auto; padding: 0 1.25rem;
  font: 1rem/1.5 system-ui, sans-serif; }
label, input, button { display: block; width: 100%; box-sizing: border-box; }
input, button { margin-top: .5rem; padding: .7rem; font: inherit; }
"""
_SIGNIN_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>edge-digits</title>
<style>{style}</style>
</head>
<body>
<h1>edge-digits</h1>
<p role="alert">{fault}</p>
<form action="./">
<label>Token, or the whole link, that edge-digits printed when it started
<input name="token" type="password" autocomplete="current-password" required autofocus>
</label>
<button>Show the page</button>
</form>
</body>
</html>
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_SIGNIN_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def page(*, was_wrong: bool) -> HTMLResponse:
    """Return the page with the field, the answer to a request without a right token.

    Args:
        was_wrong: Whether it showed a wrong one.
    """
    fault = "That is not the token of this page." if was_wrong else ""
    return HTMLResponse(
        _SIGNIN_PAGE.format(style=_STYLE, fault=fault),
        401,
        {"WWW-Authenticate": "Bearer", "Content-Security-Policy": _SIGNIN_POLICY},
    )
