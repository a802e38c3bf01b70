"""The token that is kept from one start to the next."""

import stat
import sys

import pytest

for module in ("starlette", "uvicorn", "segno"):
    pytest.importorskip(module, reason="the extra web")

from edge_app.sinks.web.access import token


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 40, b"a b\0" * 10])
def test_a_damaged_token_file_is_made_anew(tmp_path, content):
    path = tmp_path / token.TOKEN_FILE_NAME
    path.write_bytes(content)
    path.chmod(0o600)
    made = token.kept(tmp_path)
    assert len(made) >= 20
    assert token.kept(tmp_path) == made


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_a_token_that_others_could_read_is_made_anew(tmp_path, caplog):
    made = token.kept(tmp_path)
    (tmp_path / token.TOKEN_FILE_NAME).chmod(0o644)
    assert token.kept(tmp_path) != made
    assert "others could read it" in caplog.text
    assert stat.S_IMODE((tmp_path / token.TOKEN_FILE_NAME).stat().st_mode) == 0o600


def test_a_token_that_cannot_be_kept_is_made_all_the_same(tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    first, second = (token.kept(tmp_path / "file" / "state") for _ in "12")
    assert len(first) >= 20
    assert first != second
    assert "another one at each start" in caplog.text
    assert "--token" in caplog.text
    assert first not in caplog.text


def test_where_the_token_is_kept(tmp_path, monkeypatch):
    assert token.state_folder({"STATE_DIRECTORY": "/a:/b"}).as_posix() == "/a"
    if sys.platform != "win32":
        found = token.state_folder({"XDG_STATE_HOME": "/x"})
        assert found.as_posix() == "/x/edge-digits"
        monkeypatch.setenv("HOME", str(tmp_path))
        assert token.state_folder({}) == tmp_path / ".local/state/edge-digits"
