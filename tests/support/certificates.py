# SPDX-License-Identifier: BSD-2-Clause
"""Certificates for tests, made by the openssl command."""

import os
import subprocess


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)


class Authority:
    """A root of trust in a folder of its own: `ca.pem` is for clients."""

    def __init__(self, folder, name="Test Root"):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.certificate = os.path.join(folder, "ca.pem")
        self.key = os.path.join(folder, "ca.key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self.key, "-out", self.certificate, "-days", "30", "-subj", f"/CN={name}")

    def issue(self, name, *alternatives):
        """A chain and its key for names such as `DNS:ke.test` and `IP:10.0.0.1`; gives the paths."""
        stem = os.path.join(self.folder, name)
        extensions = f"{stem}.ext"
        with open(extensions, "w", encoding="ascii") as file:
            file.write(f"subjectAltName={','.join(alternatives)}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                f"{stem}.key", "-out", f"{stem}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{stem}.csr", "-CA", self.certificate, "-CAkey", self.key,
                "-CAcreateserial", "-days", "20", "-extfile", extensions, "-out", f"{stem}.pem")
        os.chmod(f"{stem}.key", 0o600)
        return f"{stem}.pem", f"{stem}.key"

    def issue_between(self, name, start, end, *alternatives):
        """A certificate that holds from `start` to `end`, such as 20200101000000Z."""
        stem = os.path.join(self.folder, name)
        with open(f"{stem}.cnf", "w", encoding="ascii") as file:
            file.write(f"[ca]\ndefault_ca=own\n[own]\ndatabase={stem}.db\nserial={stem}.srl\n"
                       f"new_certs_dir={self.folder}\ndefault_md=sha256\npolicy=any\n"
                       f"x509_extensions=names\n[any]\ncommonName=supplied\n"
                       f"[names]\nsubjectAltName={','.join(alternatives)}\n")
        with open(f"{stem}.db", "w", encoding="ascii"):
            pass
        with open(f"{stem}.srl", "w", encoding="ascii") as file:
            file.write("1001\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                f"{stem}.key", "-out", f"{stem}.csr", "-subj", f"/CN={name}")
        openssl("ca", "-batch", "-config", f"{stem}.cnf", "-cert", self.certificate, "-keyfile",
                self.key, "-in", f"{stem}.csr", "-startdate", start, "-enddate", end, "-out",
                f"{stem}.pem", "-notext")
        return f"{stem}.pem", f"{stem}.key"

    def subordinate(self, name):
        """An authority that this one vouches for."""
        below = Authority(os.path.join(self.folder, name), name)
        with open(f"{below.folder}/ca.ext", "w", encoding="ascii") as file:
            file.write("basicConstraints=critical,CA:TRUE\n")
        openssl("req", "-new", "-key", below.key, "-subj", f"/CN={name}", "-out",
                f"{below.folder}/ca.csr")
        openssl("x509", "-req", "-in", f"{below.folder}/ca.csr", "-CA", self.certificate, "-CAkey",
                self.key, "-CAcreateserial", "-days", "20", "-extfile", f"{below.folder}/ca.ext",
                "-out", below.certificate)
        return below
