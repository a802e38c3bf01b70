import pytest

from benchmarks.__main__ import main


def test_unknown_condition(capsys):
    assert main(["conditions", "--conditions", "fog"]) == 1
    assert "no condition 'fog'; there are: plain, " in capsys.readouterr().err


@pytest.mark.parametrize("size", ["640", "0x480", "axb"])
def test_bad_size(size, capsys):
    with pytest.raises(SystemExit):
        main(["conditions", "--size", size])
    assert "--size" in capsys.readouterr().err


def test_hands_that_are_not_there(tmp_path, capsys):
    assert main(["conditions", "--strokes", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
