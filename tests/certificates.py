"""Certificates as somebody makes them for a server at home."""

import shutil
import subprocess

import pytest


def made(folder, *, name="localhost", alternatives="DNS:localhost,IP:127.0.0.1"):
    """A folder with a certificate authority, and a server's certificate signed by it.

    Args:
        folder: Gets `ca.crt`, `b.crt` and `b.key`.
        name: What the server's is for.
        alternatives: All that it is for.
    """
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")

    def openssl(*options):
        command = ["openssl", *options]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    new = ["req", *curve, "-nodes"]
    ca = ["-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.crt"]
    openssl(*new, "-x509", "-days", "9", *ca)
    openssl(*new, "-subj", f"/CN={name}", "-keyout", "b.key", "-out", "b.csr")
    (folder / "san").write_text(f"subjectAltName={alternatives}")
    sign = ["x509", "-req", "-in", "b.csr", "-CA", "ca.crt", "-CAkey", "ca.key"]
    openssl(*sign, "-CAcreateserial", "-days", "9", "-extfile", "san", "-out", "b.crt")
    return folder
