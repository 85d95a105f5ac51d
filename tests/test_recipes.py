"""The recipes for several GPUs: as far as they can be tried without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support import ROOT
from usbrec.config import PRESETS, Training
from usbrec.dialogue import PreferencePair
from usbrec.llm.transformers.checkpoint import checkpoint_of
from usbrec.pairs import EXPORTS

RECIPES = ROOT / "recipes"
PAIRS = [
    PreferencePair(
        sample_id=f"s{number}",
        dialogue_id=f"d{number}",
        prompt=({"role": "system", "content": "Recommend."}, {"role": "user", "content": "A film?"}),
        chosen="Try Heat (1995).",
        rejected="I do not know.",
        provenance={},
    )
    for number in range(2)
]


def test_llamafactory_reads_what_the_export_writes_with_the_papers_settings(tmp_path: Path) -> None:
    settings = yaml.safe_load((RECIPES / "llamafactory" / "simpo.yaml").read_text(encoding="utf-8"))
    EXPORTS["llamafactory"](PAIRS, tmp_path)
    info = json.loads((tmp_path / "dataset_info.json").read_text(encoding="utf-8"))
    declared = info[settings["dataset"]]
    assert declared["ranking"], "stage dpo wants pairs"
    assert (tmp_path / declared["file_name"]).is_file()
    rows = json.loads((tmp_path / declared["file_name"]).read_text(encoding="utf-8"))
    assert set(declared["columns"].values()) <= set(rows[0])
    paper = Training(**PRESETS["paper"])
    assert (settings["stage"], settings["pref_loss"]) == ("dpo", "simpo")
    assert settings["lora_rank"] == paper.rank == 8
    assert settings["lora_alpha"] == paper.alpha
    assert settings["pref_beta"] == paper.beta == 0.5
    assert settings["simpo_gamma"] == paper.gamma
    assert settings["learning_rate"] == paper.learning_rate
    assert settings["num_train_epochs"] == paper.epochs


def test_accelerate_knows_every_setting_of_its_file() -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    config = load_config_from_file(str(RECIPES / "accelerate" / "gpus.yaml"))
    assert config.num_processes == 2
    assert str(config.distributed_type.value) == "MULTI_GPU"


@pytest.mark.model
def test_a_step_of_the_accelerate_script_writes_an_adapter(tmp_path: Path) -> None:
    (pairs,) = EXPORTS["trl"](PAIRS, tmp_path)
    out = tmp_path / "adapter"
    command = [sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "1"]
    command += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
    command += [str(RECIPES / "accelerate" / "simpo.py"), "--model", checkpoint_of("smollm2-135m")]
    command += ["--pairs", str(pairs), "--out", str(out), "--max-steps", "1", "--accumulate", "1"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=500, env={**os.environ, "HF_HUB_OFFLINE": "1"}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    adapter = json.loads((out / "adapter_config.json").read_text(encoding="utf-8"))
    assert (adapter["peft_type"], adapter["r"]) == ("LORA", 8)
    assert (out / "adapter_model.safetensors").is_file()
