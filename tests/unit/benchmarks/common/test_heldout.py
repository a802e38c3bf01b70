from benchmarks.__main__ import main


def test_hands_that_are_not_there(tmp_path, capsys):
    for command in ("strips", "letters", "hands", "reliability-scenes"):
        assert main([command, "--strokes", str(tmp_path)]) == 1
        error = capsys.readouterr().err
        assert str(tmp_path) in error
        assert error.count("\n") == 1
