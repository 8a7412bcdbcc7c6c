"""Golden LoRA adapters for the models of goldens.py, and what Hugging Face computes with base and adapter merged.

    python lora_goldens.py        writes ../goldens/lora/<name>/

The adapters have the files, names and keys that PEFT writes, and random numbers; the sum is made here, by module, in float64.
Run goldens.py first.
"""

import goldens  # first: it sets how torch computes

import json
import re
import shutil
import zlib
from dataclasses import dataclass, field

import numpy as np
import torch

ROOT = goldens.ROOT / "lora"
MADE_BY = "Hugging Face transformers in float64 on a base and its adapter, merged in float64"


@dataclass
class Spec:
    name: str
    trap: str
    base: str
    targets: str  # regular expression: modules with A and B
    config: dict = field(default_factory=dict)
    embeddings: str = "(?!)"  # modules with lora_embedding_A and B
    whole: str = "(?!)"  # modules saved whole
    replaced: str = "(?!)"  # modules whose base weight is stored, too
    biases: str = "(?!)"  # modules whose bias is stored
    infix: str = ""  # older files: "lora_A.default.weight"


SPECS = [
    Spec("llama-patterns", "rank and alpha by patterns; rsLoRA; every kind of map", "llama-gqa-head-dim", r".*_proj",
         {"r": 3, "lora_alpha": 6, "use_rslora": True, "rank_pattern": {"q_proj": 2, r"layers\.1\..*\.down_proj": 5},
          "alpha_pattern": {"model.layers.0.self_attn.o_proj": 11, "_proj": 4.5}, "target_modules": "all-linear"}),
    Spec("gpt2-untied", "maps stored by inputs, one of them square; fan_in_fan_out says otherwise; biases; a tied head saved whole",
         "gpt2-defaults", r".*(c_attn|c_fc|c_proj)",
         {"r": 2, "lora_alpha": 8, "fan_in_fan_out": False, "bias": "lora_only", "modules_to_save": ["lm_head"]},
         whole="lm_head", biases=r".*c_attn"),
    Spec("gpt2-no-prefix", "a base whose names lack `transformer.`; names with `.default.`", "gpt2-mask-buffers", r".*(attn\.c_proj|c_fc)",
         {"r": 4, "lora_alpha": 4}, infix=".default"),
    Spec("phi3-fused", "fused matrices: added, then split", "phi3", r".*(qkv_proj|gate_up_proj)", {"r": 3, "lora_alpha": 5}),
    Spec("pythia-embeddings", "both sides of an untied embedding; a head whose base is stored, too; fused by heads", "pythia", r".*(query_key_value|embed_out)",
         {"r": 2, "lora_alpha": 3, "bias": "all"}, embeddings=r".*embed_in", replaced="embed_out", biases=r".*dense_h_to_4h"),
    Spec("qwen2-untied", "a tied embedding saved whole, the head stays", "qwen2", r".*(k_proj|v_proj)",
         {"r": 1, "lora_alpha": 2, "modules_to_save": ["embed_tokens"]}, whole=r".*embed_tokens"),
    Spec("sharded", "a base in two files", "llama-sharded", r".*(q_proj|up_proj)", {"r": 2, "lora_alpha": 7}),
]

PLAIN = {  # what PEFT writes where nothing was chosen
    "alora_invocation_tokens": None, "alpha_pattern": {}, "arrow_config": None, "auto_mapping": None, "bias": "none",
    "corda_config": None, "ensure_weight_tying": False, "eva_config": None, "exclude_modules": None, "fan_in_fan_out": False,
    "inference_mode": True, "init_lora_weights": True, "layer_replication": None, "layers_pattern": None, "layers_to_transform": None,
    "loftq_config": {}, "lora_alpha": 8, "lora_bias": False, "lora_dropout": 0.05, "megatron_config": None, "megatron_core": "megatron.core",
    "modules_to_save": None, "peft_type": "LORA", "peft_version": "0.18.0", "qalora_group_size": 16, "r": 8, "rank_pattern": {},
    "revision": None, "target_modules": None, "target_parameters": None, "task_type": "CAUSAL_LM", "trainable_token_indices": None,
    "use_dora": False, "use_qalora": False, "use_rslora": False,
}


def first(patterns, module, otherwise):
    """PEFT: the first pattern that matches the name, or its end after a dot."""
    return next((value for key, value in patterns.items() if re.match(rf"(.*\.)?({key})$", module)), otherwise)


@torch.no_grad()
def adapt(spec, model, config, rng):
    """Random numbers for an adapter, as a file holds them; the model is changed as they say."""
    tensors = {}

    def put(name, values):
        tensors["base_model.model." + name] = torch.from_numpy(np.asarray(values, dtype=np.float32))
        return tensors["base_model.model." + name].double()

    normal = lambda *shape: rng.standard_normal(shape)
    for name, module in list(model.named_modules()):
        if re.fullmatch(spec.whole, name) or re.fullmatch(spec.replaced, name):
            end = ".weight" if re.fullmatch(spec.whole, name) else ".base_layer.weight"
            values = put(name + end, 0.6 * normal(*module.weight.shape))
            module.weight = torch.nn.Parameter(values)  # a new one: what was tied is not any more
        if re.fullmatch(spec.biases, name):
            module.bias.copy_(put(name + ".bias", 0.3 * normal(*module.bias.shape)))
        embedding = re.fullmatch(spec.embeddings, name)
        if not embedding and not re.fullmatch(spec.targets, name):
            continue
        r = first(config["rank_pattern"], name, config["r"])
        alpha = first(config["alpha_pattern"], name, config["lora_alpha"])
        scale = alpha / (r**0.5 if config["use_rslora"] else r)
        by_inputs = embedding or type(module).__name__ == "Conv1D"
        inputs, outputs = module.weight.shape if by_inputs else module.weight.shape[::-1]
        kind = ".lora_embedding_{}" + spec.infix if embedding else ".lora_{}" + spec.infix + ".weight"
        a = put(name + kind.format("A"), normal(r, inputs) / inputs**0.5)
        b = put(name + kind.format("B"), normal(outputs, r) / scale / r**0.5)
        delta = scale * (b @ a)
        module.weight += delta.T if by_inputs else delta
    return tensors


def make(spec):
    directory = ROOT / spec.name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    rng = np.random.default_rng(zlib.crc32(("lora-" + spec.name).encode()))
    config = PLAIN | {"base_model_name_or_path": f"../../{spec.base}"} | spec.config
    model = goldens.load(goldens.ROOT / spec.base)
    base = next(item for item in goldens.SPECS if item.name == spec.base)
    ids = goldens.prompts_for(base)[0]
    with torch.no_grad():
        before = model(torch.tensor([ids])).logits[0].numpy()
    tensors = adapt(spec, model, config, rng)
    goldens.save_json(directory / "adapter_config.json", dict(sorted(config.items())))
    goldens.save(directory / "adapter_model.safetensors", tensors, {"format": "pt"})
    run = goldens.trace(model, ids)
    found, _, _ = goldens.golden_tensors(run)
    kept = {name: tensor for name, tensor in found.items() if re.search(r"^tokens|^logits|^layers\.\d+\.(resid_post|pattern|attention|mlp)$", name)}
    goldens.save(directory / "expected.safetensors", kept, {"made_by": MADE_BY})
    moved = np.abs(run["logits"] - before).max()
    assert moved > 0.1, f"{spec.name}: the adapter moves the logits by {moved} only"
    print(f"{spec.name:20s} {len(tensors):3d} tensors, moves the logits by {moved:.2f}", flush=True)


def main():
    torch.use_deterministic_algorithms(True)
    for spec in SPECS:
        make(spec)


if __name__ == "__main__":
    main()
