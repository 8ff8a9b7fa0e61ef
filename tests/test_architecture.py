"""The plan of the house is checked, not only drawn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_imports_run_one_way() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_a_one_shot_question_reaches_the_engine_without_torch() -> None:
    code = "import sys, qa.cli, qa.service, vectorstore.embedding as e; e.open_embedder(); print([m for m in ('torch', 'gradio', 'sentence_transformers', 'langchain') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
