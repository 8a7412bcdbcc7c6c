"""Golden model data: tiny random models of odd configuration, and what Hugging Face computes with them in float64.

    python goldens.py                                        writes ../goldens/<model>/
    python goldens.py --model DIR --ids 1,2,3 [--ids 4,5] [--out DIR]   the same truth for a model that exists

Every model exists for one or more traps of config.json or of the file format. The truth is computed from the files as
written (Hugging Face itself loads them), so their dtype, tensor names, shards and config dialect are part of the test.
"""

import os

# Scalar kernels give the same bits on every x86 machine; must be set before torch is loaded.
os.environ.update(OMP_NUM_THREADS="1", ATEN_CPU_CAPABILITY="default", MKL_CBWR="COMPATIBLE", OPENBLAS_CORETYPE="Haswell")
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")

import argparse
import json
import math
import shutil
import tempfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
import transformers

import attribution

ROOT = Path(__file__).resolve().parent.parent / "goldens"
MADE_BY = (
    f"Hugging Face transformers {transformers.__version__} in float64 plus the definitions of contributions; "
    "contributions: bias excluded; prefix separate.: bias separate"
)


# ---- the models -------------------------------------------------------------------------------------------------------


@dataclass
class Spec:
    name: str
    trap: str
    config: dict
    misread: dict = field(default_factory=dict)  # config keys read wrongly: the script checks that the logits then differ
    length: int = 11  # positions of the first prompt
    dtype: torch.dtype = torch.float32
    scale: float = 1.0  # of the random weights
    strip: str = ""  # prefix taken off the stored names
    shards: int = 1
    edit: callable = None  # last word on the stored tensors


def gpt2(d, heads, layers=2, vocab=61, positions=12, **more):
    config = {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": vocab, "n_positions": positions}
    return config | {"n_embd": d, "n_layer": layers, "n_head": heads, "bos_token_id": 0, "eos_token_id": 0} | more


def opt(d, heads, f, layers=2, vocab=61, positions=12, **more):
    config = {"architectures": ["OPTForCausalLM"], "model_type": "opt", "vocab_size": vocab, "max_position_embeddings": positions}
    config |= {"hidden_size": d, "word_embed_proj_dim": d, "num_hidden_layers": layers, "num_attention_heads": heads, "ffn_dim": f}
    return config | {"do_layer_norm_before": True, "pad_token_id": 1, "bos_token_id": 2, "eos_token_id": 2} | more


def llama(d, heads, f, layers=2, vocab=61, positions=12, **more):
    config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": vocab, "hidden_size": d}
    config |= {"intermediate_size": f, "num_hidden_layers": layers, "num_attention_heads": heads, "hidden_act": "silu"}
    return config | {"max_position_embeddings": positions, "bos_token_id": 1, "eos_token_id": 2} | more


def real(family, config, **sizes):
    """The keys of a published config.json, all of them, with values of our own for the sizes."""
    published = {
        "distilgpt2": {
            "_num_labels": 1, "activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1,
            "embd_pdrop": 0.1, "id2label": {"0": "LABEL_0"}, "initializer_range": 0.02, "label2id": {"LABEL_0": 0},
            "layer_norm_epsilon": 1e-05, "model_type": "gpt2", "n_ctx": config.get("n_positions"), "resid_pdrop": 0.1,
            "summary_activation": None, "summary_first_dropout": 0.1, "summary_proj_to_labels": True,
            "summary_type": "cls_index", "summary_use_proj": True,
            "task_specific_params": {"text-generation": {"do_sample": True, "max_length": 50}},
        },
        "opt-125m": {
            "activation_dropout": 0.0, "activation_function": "relu", "attention_dropout": 0.0, "dropout": 0.1,
            "init_std": 0.02, "layerdrop": 0.0, "prefix": "</s>", "torch_dtype": "float16",
            "transformers_version": "4.21.0.dev0", "use_cache": True,
        },
        "llama": {
            "attention_bias": False, "attention_dropout": 0.0, "initializer_range": 0.02, "mlp_bias": False,
            "pretraining_tp": 1, "use_cache": True, "transformers_version": "4.45.0.dev0",
        },
        "smollm2": {
            "attention_bias": False, "attention_dropout": 0.0, "initializer_range": 0.041666666666666664,
            "is_llama_config": True, "pretraining_tp": 1, "rope_interleaved": False, "rope_scaling": None,
            "torch_dtype": "bfloat16", "transformers_version": "4.40.1", "use_cache": True,
        },
        "tinyllama": {
            "attention_bias": False, "initializer_range": 0.02, "pretraining_tp": 1, "rope_scaling": None,
            "torch_dtype": "bfloat16", "transformers_version": "4.35.0", "use_cache": True,
        },
        "mistral": {
            "architectures": ["MistralForCausalLM"], "model_type": "mistral", "initializer_range": 0.02, "use_cache": True,
        },
        "qwen2": {
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "attention_dropout": 0.0,
            "initializer_range": 0.02, "use_cache": True,
        },
        "qwen3": {
            "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "attention_dropout": 0.0,
            "initializer_range": 0.02, "use_cache": True, "rope_scaling": None,
        },
        "starcoder2": {
            "architectures": ["Starcoder2ForCausalLM"], "model_type": "starcoder2", "attention_dropout": 0.1,
            "embedding_dropout": 0.1, "residual_dropout": 0.1, "initializer_range": 0.018042, "mlp_type": "default",
            "norm_type": "layer_norm", "use_cache": True, "transformers_version": "4.37.0.dev0",
        },
    }
    return config | published[family] | sizes


def mask_buffers(tensors):
    """Old GPT-2 files store the causal mask; dtype and shape as found in the wild (U8, BOOL, and a scalar)."""
    n = tensors["wpe.weight"].shape[0]
    for l, dtype in enumerate((torch.uint8, torch.bool)):
        tensors[f"h.{l}.attn.bias"] = torch.ones(n, n).tril().to(dtype).view(1, 1, n, n)
        tensors[f"h.{l}.attn.masked_bias"] = torch.tensor(-1e4)


def float_masks(tensors):
    """DistilGPT-2's file stores the masks as numbers, under the full name."""
    n = tensors["transformer.wpe.weight"].shape[0]
    for l in range(6):
        tensors[f"transformer.h.{l}.attn.bias"] = torch.ones(n, n).tril().view(1, 1, n, n)


def stored_frequencies(tensors):
    """Old Llama files store rotary frequencies. They are not weights: wrong numbers here must change nothing."""
    for l in range(2):
        tensors[f"layers.{l}.self_attn.rotary_emb.inv_freq"] = torch.tensor([9.0, 9.0, 9.0])


def stored_tied_head(tensors):
    tensors["lm_head.weight"] = tensors["model.decoder.embed_tokens.weight"].clone()


def cancelling(tensors):
    """By hand, for the prompt [0, 1, 2, 3]: at position 0 the first MLP, and at position 2 the first attention block,
    write -2/3 of what the residual holds there. The sum is y, its parts are 3y and -2y: nothing built it.
    Tokens have disjoint supports and mean 0, so that layer norm only scales them; attention is uniform."""
    tensors["transformer.wpe.weight"].zero_()
    tokens = tensors["transformer.wte.weight"]
    tokens[:3] = 0
    tokens[0, 0:2] = tokens[2, 2:4] = torch.tensor([1.0, -1.0])
    tokens[1, 4:8] = torch.tensor([0.5, -1.5, 2.0, -1.0])
    tokens[3, :8] = 0
    tokens[3, 8:] -= tokens[3, 8:].mean()
    block = {name[len("transformer.h.0.") :]: tensor for name, tensor in tensors.items() if ".h.0." in name}
    for name, tensor in block.items():
        tensor.fill_(1.0 if name in ("ln_1.weight", "ln_2.weight") else 0.0)
    normed = 1 / math.sqrt(2 / 16 + 1e-5)  # what layer norm multiplies tokens 0 and 2 by
    d = tokens.shape[1]
    block["attn.c_attn.weight"][:, 2 * d] = tokens[2] / 2  # value component 0 of head 0: how much of token 2 is here
    block["attn.c_proj.weight"][0] = -2 / normed * tokens[2]  # one third of it arrives: three keys share the attention
    block["mlp.c_fc.weight"][:, 0] = tokens[0] / 2
    block["mlp.c_proj.weight"][0] = -2 / 3 / normed * tokens[0]
    tensors["transformer.h.1.attn.c_attn.weight"][:, : 2 * d] = 0  # layer 1 looks at all keys, so that routes reach both nodes


OLD_ROPE = {"rope_theta": 10000.0}
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32}
LLAMA3_LATER = LLAMA3 | {"factor": 32.0, "original_max_position_embeddings": 128}  # bands for its theta of 500000
LINEAR = {"rope_type": "linear", "factor": 4.0}
MIXED = ["sliding_attention", "full_attention", "sliding_attention"]

SPECS = [
    Spec(
        "gpt2-defaults", "no key that has a default; odd widths; vocabulary 207",
        gpt2(27, 3, 3, 207, 17), {"activation_function": "gelu", "layer_norm_epsilon": 1e-2}, 17,
    ),
    Spec(
        "gpt2-erf-gelu", "activation `gelu` is the exact erf form",
        gpt2(39, 3, n_inner=53, activation_function="gelu"), {"activation_function": "gelu_new"}, scale=2,
    ),
    Spec(
        "gpt2-inverse-layer-scale", "scores also divided by layer + 1; odd n_inner",
        gpt2(28, 4, 3, n_inner=37, scale_attn_by_inverse_layer_idx=True), {"scale_attn_by_inverse_layer_idx": False},
    ),
    Spec(
        "gpt2-unscaled", "scale_attn_weights false: no 1/sqrt(d)",
        gpt2(21, 3, n_inner=29, scale_attn_weights=False), {"scale_attn_weights": True},
    ),
    Spec(
        "gpt2-untied-eps", "head of its own; layer_norm_epsilon 1e-3; n_inner null",
        gpt2(24, 2, n_inner=None, tie_word_embeddings=False, layer_norm_epsilon=1e-3), {"layer_norm_epsilon": 1e-5}, scale=0.5,
    ),
    Spec(
        "gpt2-mask-buffers", "names without `transformer.`; stored masks in U8 and BOOL, and a scalar",
        gpt2(20, 2, n_inner=33, activation_function="gelu_new"), strip="transformer.", edit=mask_buffers,
    ),
    Spec(
        "gpt2-relu", "activation `relu`",
        gpt2(16, 2, n_inner=21, activation_function="relu"), {"activation_function": "gelu_new"}, 7,
    ),
    Spec(
        "gpt2-silu", "activation `silu`",
        gpt2(16, 2, n_inner=21, activation_function="silu"), {"activation_function": "quick_gelu"}, 7,
    ),
    Spec(
        "gpt2-quick-gelu", "activation `quick_gelu`",
        gpt2(16, 2, n_inner=21, activation_function="quick_gelu"), {"activation_function": "gelu"}, 7,
    ),
    Spec(
        "gpt2-gelu-pytorch-tanh", "activation `gelu_pytorch_tanh`",
        gpt2(16, 2, n_inner=21, activation_function="gelu_pytorch_tanh"), {"activation_function": "gelu"}, 7, scale=2,
    ),
    Spec("gpt2-f16", "F16 weights", gpt2(27, 3, n_inner=41, torch_dtype="float16"), dtype=torch.float16),
    Spec(
        "gpt2-cancelling", "hand-made: two nodes that nothing built",
        gpt2(16, 2, vocab=7, positions=6, n_inner=13, activation_function="relu"), length=4, edit=cancelling,
    ),
    Spec(
        "opt-biased", "position offset 2; biases everywhere; tied head stored all the same",
        opt(36, 4, 53, 2, 207, 13), length=13, edit=stored_tied_head,
    ),
    Spec(
        "opt-no-bias", "enable_bias false; names without `model.`; head of its own",
        opt(24, 3, 31, enable_bias=False, tie_word_embeddings=False), strip="model.",
    ),
    Spec(
        "opt-no-affine", "layer_norm_elementwise_affine false: norms without weights; gelu",
        opt(20, 2, 35, layer_norm_elementwise_affine=False, activation_function="gelu"), {"activation_function": "relu"},
    ),
    Spec(
        "llama-mqa", "one key/value head; eps by default; `rope_scaling` null; names without `model.`; stored inv_freq",
        llama(24, 4, 43, num_key_value_heads=1, rope_theta=100.0, rope_scaling=None, tie_word_embeddings=True),
        {"rope_theta": 10000.0}, strip="model.", edit=stored_frequencies,
    ),
    Spec(
        "llama-gqa-head-dim", "head_dim is not D/H; 3 of 6 heads; plain rope in the new dialect",
        llama(36, 6, 47, 2, 101, 17, num_key_value_heads=3, head_dim=10, rms_norm_eps=1e-5, dtype="float32")
        | {"rope_parameters": {"rope_theta": 500.0, "rope_type": "default"}},
        {"rope_parameters": None}, 17,
    ),
    Spec(
        "llama-llama3-rope", "rope llama3 in the old dialect; frequencies in all of its three bands",
        llama(48, 4, 45, positions=64, num_key_value_heads=2, rms_norm_eps=1e-5, torch_dtype="float32")
        | OLD_ROPE | {"rope_scaling": LLAMA3},
        {"rope_scaling": None}, 17,
    ),
    Spec(
        "llama-linear-rope", "rope linear in the new dialect",
        llama(32, 4, 37, num_key_value_heads=2, dtype="float32") | {"rope_parameters": OLD_ROPE | LINEAR},
        {"rope_parameters": OLD_ROPE | {"rope_type": "default"}},
    ),
    Spec(
        "llama-linear-rope-legacy", "rope linear in the old dialect, key `type`; as many key/value heads as heads",
        llama(24, 3, 29, torch_dtype="float32") | OLD_ROPE | {"rope_scaling": {"type": "linear", "factor": 2.5}},
        {"rope_scaling": None}, 7,
    ),
    Spec(
        "llama-biased-untied", "attention_bias, mlp_bias, head of its own",
        llama(28, 2, 41, attention_bias=True, mlp_bias=True, tie_word_embeddings=False) | OLD_ROPE,
    ),
    Spec(
        "llama-bf16", "BF16 weights",
        llama(32, 4, 43, num_key_value_heads=2, torch_dtype="bfloat16", tie_word_embeddings=True) | OLD_ROPE,
        dtype=torch.bfloat16,
    ),
    Spec(
        "distilgpt2", "6 layers; the keys of distilgpt2; stored masks in F32",
        real("distilgpt2", gpt2(20, 4, 6, 43, 14)), {"activation_function": "gelu"}, 9, edit=float_masks, scale=2,
    ),
    Spec("opt-125m", "the keys of opt-125m; half precision", real("opt-125m", opt(28, 4, 37, 3)), dtype=torch.float16),
    Spec(
        "llama-3.2", "the keys of Llama-3.2 (transformers 4): rope llama3, tied, grouped queries, head_dim; BF16",
        real("llama", llama(40, 4, 49, vocab=101, positions=131072), num_key_value_heads=2, head_dim=12, rms_norm_eps=1e-5)
        | {"rope_scaling": LLAMA3_LATER, "rope_theta": 500000.0, "tie_word_embeddings": True, "torch_dtype": "bfloat16"},
        {"rope_scaling": None}, 17, dtype=torch.bfloat16,
    ),
    Spec(
        "llama-3.1-rope-parameters", "Llama-3.1 as transformers 5 writes it: rope_parameters, three eos ids, untied",
        real("llama", llama(36, 6, 41, positions=131072), num_key_value_heads=2, head_dim=12, rms_norm_eps=1e-5)
        | {"rope_parameters": LLAMA3_LATER | {"rope_theta": 500000.0}, "eos_token_id": [2, 5, 7], "dtype": "float32"},
        {"rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}}, 17,
    ),
    Spec(
        "smollm2", "the keys of SmolLM2: 9 heads on 3, tied, theta 100000",
        real("smollm2", llama(54, 9, 43, bos_token_id=0, eos_token_id=0, positions=8192), num_key_value_heads=3)
        | {"rms_norm_eps": 1e-5, "rope_theta": 100000, "tie_word_embeddings": True},
        {"rope_theta": 10000},
    ),
    Spec(
        "tinyllama", "the keys of TinyLlama: grouped queries, untied",
        real("tinyllama", llama(40, 4, 51, 3, positions=2048), num_key_value_heads=2, rms_norm_eps=1e-5, rope_theta=10000.0)
        | {"tie_word_embeddings": False},
        {"rms_norm_eps": 1e-2},
    ),
    Spec(
        "mistral-sliding-window", "the keys of Mistral-7B-v0.1: a window of 5 keys",
        real("mistral", llama(40, 4, 51, positions=32768), num_key_value_heads=2, rms_norm_eps=1e-5, rope_theta=10000.0)
        | {"sliding_window": 5, "tie_word_embeddings": False},
        {"sliding_window": None}, 17,
    ),
    Spec(
        "mistral-head-dim", "Mistral as transformers 5 writes it: no window, head_dim is not D/H",
        real("mistral", llama(36, 4, 47, positions=24), num_key_value_heads=1, head_dim=14, rms_norm_eps=1e-5)
        | {"sliding_window": None, "rope_parameters": {"rope_theta": 1000000.0, "rope_type": "default"}, "dtype": "float32"},
        {"sliding_window": 5}, 13,
    ),
    Spec(
        "qwen2", "the keys of Qwen2-0.5B: biases on q, k, v alone; tied; a window that use_sliding_window turns off",
        real("qwen2", llama(42, 7, 45, positions=32768), num_key_value_heads=1, rms_norm_eps=1e-6, rope_theta=1000000.0)
        | {"max_window_layers": 0, "sliding_window": 3, "use_sliding_window": False, "tie_word_embeddings": True},
        {"use_sliding_window": True}, 13,
    ),
    Spec(
        "qwen2-window-layers", "a window of 4 keys from the layer max_window_layers on; untied",
        real("qwen2", llama(32, 4, 39, 3, positions=32768), num_key_value_heads=2, rms_norm_eps=1e-6, rope_theta=1000000.0)
        | {"max_window_layers": 1, "sliding_window": 4, "use_sliding_window": True, "tie_word_embeddings": False},
        {"max_window_layers": 0}, 17,
    ),
    Spec(
        "qwen2-layer-types", "layer_types says which layers have a window, whatever max_window_layers says",
        real("qwen2", llama(28, 2, 37, 3, vocab=67, positions=24), num_key_value_heads=2, layer_types=MIXED)
        | {"max_window_layers": 2, "sliding_window": 6, "use_sliding_window": True, "tie_word_embeddings": True}
        | {"rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}, "dtype": "float32"},
        {"layer_types": None}, 17,
    ),
    Spec(
        "qwen3", "the keys of Qwen3-0.6B: norms on query and key heads, head_dim is not D/H, tied",
        real("qwen3", llama(36, 6, 45, positions=40960), num_key_value_heads=2, head_dim=10, rms_norm_eps=1e-6)
        | {"attention_bias": False, "max_window_layers": 2, "sliding_window": None, "use_sliding_window": False}
        | {"rope_theta": 1000000, "tie_word_embeddings": True},
        {"rms_norm_eps": 1e-1}, 13,
    ),
    Spec(
        "qwen3-biased-windows", "attention_bias on all four maps, layer_types with a window of 5 keys, untied; BF16",
        real("qwen3", llama(32, 4, 41, 3, vocab=67, positions=24), num_key_value_heads=2, head_dim=12, rms_norm_eps=1e-6)
        | {"attention_bias": True, "layer_types": MIXED, "max_window_layers": 3, "sliding_window": 5}
        | {"use_sliding_window": True, "rope_theta": 10000, "tie_word_embeddings": False, "torch_dtype": "bfloat16"},
        {"layer_types": None}, 17, dtype=torch.bfloat16,
    ),
    Spec(
        "starcoder2", "the keys of StarCoder2: LayerNorm, biases, a plain MLP; a window of 6 keys; head tied by default",
        real("starcoder2", llama(32, 4, 43, positions=16384), num_key_value_heads=2, use_bias=True, rope_theta=999999.4420358813)
        | {"hidden_act": "gelu_pytorch_tanh", "norm_epsilon": 1e-5, "sliding_window": 6},
        {"sliding_window": None}, 13,
    ),
    Spec("llama-sharded", "two files and an index", llama(24, 4, 35, vocab=103, num_key_value_heads=2) | OLD_ROPE, shards=2),
]


def random_tensors(spec):
    """Everything random, biases and gains too, and larger than at initialisation: attention must peak somewhere."""
    config = transformers.AutoConfig.for_model(**spec.config)
    model = transformers.AutoModelForCausalLM.from_config(config)
    rng = np.random.default_rng(zlib.crc32(spec.name.encode()))
    tensors = {}
    for name, parameter in sorted(model.named_parameters()):  # a tied head is listed once
        values = rng.standard_normal(parameter.shape)
        if parameter.dim() == 1:
            values = 1 + 0.3 * values if name.endswith("weight") else 0.3 * values
        elif any(word in name for word in ("wte", "wpe", "embed", "lm_head")):
            values *= 0.6 * spec.scale
        else:
            fan_in = parameter.shape[0 if spec.config["model_type"] == "gpt2" else 1]  # GPT-2 stores [in, out]
            values *= 1.6 * spec.scale / math.sqrt(fan_in)
        tensors[name.removeprefix(spec.strip)] = torch.from_numpy(values).to(spec.dtype)
    if spec.edit:
        spec.edit(tensors)
    return tensors


def save(path, tensors, metadata):
    """safetensors, with the metadata in a fixed order (the library's order changes from run to run)."""
    blob = safetensors.torch.save({name: tensor.contiguous() for name, tensor in tensors.items()}, metadata)
    end = 8 + int.from_bytes(blob[:8], "little")
    header = json.loads(blob[8:end])
    header["__metadata__"] = dict(sorted(metadata.items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + blob[end:])


def save_json(path, value, indent=1):
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=False) + "\n", encoding="utf-8")


def build(spec, directory):
    directory.mkdir(parents=True)
    save_json(directory / "config.json", spec.config)
    tensors = random_tensors(spec)
    if spec.shards == 1:
        save(directory / "model.safetensors", tensors, {"format": "pt"})
        return
    names = sorted(tensors)
    index = {"metadata": {"total_size": sum(tensor.nbytes for tensor in tensors.values())}, "weight_map": {}}
    for i in range(spec.shards):
        file = f"model-{i + 1:05d}-of-{spec.shards:05d}.safetensors"
        part = names[i * len(names) // spec.shards : (i + 1) * len(names) // spec.shards]
        save(directory / file, {name: tensors[name] for name in part}, {"format": "pt"})
        index["weight_map"] |= {name: file for name in part}
    save_json(directory / "model.safetensors.index.json", index)


# ---- the truth --------------------------------------------------------------------------------------------------------


def load(directory):
    options = dict(attn_implementation="eager", dtype=torch.float32, output_loading_info=True)
    model, info = transformers.AutoModelForCausalLM.from_pretrained(directory, **options)
    assert not info["missing_keys"] and not info["mismatched_keys"], info
    return model.double().eval()


def parts(model):
    """Where each family keeps what we ask for: per layer the block, its attention and the linear maps; norm and head.
    `out` and `down` are given as [in, out] matrices."""
    kind = model.config.model_type
    if kind == "gpt2":
        d = model.config.n_embd
        split = lambda tensor: tensor[..., 2 * d :]  # c_attn holds queries, keys and values side by side
        ways = dict(split=split, matrix=lambda linear: linear.weight)
        layers = [
            dict(block=b, attn=b.attn, value=b.attn.c_attn, out=b.attn.c_proj, pre=b.mlp.c_fc, down=b.mlp.c_proj, **ways)
            for b in model.transformer.h
        ]
        return layers, model.transformer.ln_f, model.config.layer_norm_epsilon
    ways = dict(split=lambda tensor: tensor, matrix=lambda linear: linear.weight.T)
    if kind == "opt":
        decoder = model.model.decoder
        layers = [
            dict(block=b, attn=b.self_attn, value=b.self_attn.v_proj, out=b.self_attn.out_proj, pre=b.fc1, down=b.fc2, **ways)
            for b in decoder.layers
        ]
        return layers, decoder.final_layer_norm, decoder.final_layer_norm.eps
    layers = []
    for b in model.model.layers:
        attn, mlp = b.self_attn, b.mlp
        pre, down = (mlp.c_fc, mlp.c_proj) if kind == "starcoder2" else (mlp.gate_proj, mlp.down_proj)
        layers.append(dict(block=b, attn=attn, value=attn.v_proj, out=attn.o_proj, pre=pre, down=down, **ways))
    norm = model.model.norm
    return layers, norm, norm.eps if kind == "starcoder2" else model.config.rms_norm_eps


def agree(what, actual, wanted, tolerance=1e-6):
    error = np.abs(actual - wanted).max() / max(1e-300, np.abs(wanted).max())
    assert error <= tolerance, f"{what}: relative error {error}"


@torch.no_grad()
def trace(model, ids):
    """Run Hugging Face once, take what its modules saw and gave, and decompose it; every sum is checked."""
    layers, norm, eps = parts(model)
    seen, given, hooks = {}, {}, []

    def remember(module, arguments, result):
        seen[module] = arguments[0] if arguments else None
        given[module] = result[0] if isinstance(result, tuple) else result

    for layer in layers:
        hooks += [layer[part].register_forward_hook(remember) for part in ("block", "attn", "value", "pre", "down")]
    result = model(torch.tensor([ids]), output_attentions=True, use_cache=False)
    for hook in hooks:
        hook.remove()

    def array(tensor):
        assert tensor.dtype == torch.float64
        return tensor.detach().numpy()

    n, d = len(ids), model.config.hidden_size
    heads = model.config.num_attention_heads
    kv_heads = getattr(model.config, "num_key_value_heads", None) or heads
    logits = array(result.logits[0])
    states = []
    for layer, attention in zip(layers, result.attentions):
        matrix, flat = layer["matrix"], lambda tensor: array(tensor.reshape(n, -1))
        at = {"resid_pre": flat(seen[layer["block"]]), "resid_post": flat(given[layer["block"]])}
        at |= {"attn_out": flat(given[layer["attn"]]), "mlp_out": flat(given[layer["down"]]), "pattern": array(attention[0])}
        at |= {"neuron_pre": flat(given[layer["pre"]]), "neuron_post": flat(seen[layer["down"]])}
        at["resid_mid"] = at["resid_pre"] + at["attn_out"]

        values = flat(layer["split"](given[layer["value"]]))
        bias = layer["value"].bias
        value_bias = np.zeros(values.shape[1]) if bias is None else array(layer["split"](bias))
        at["value"] = (values - value_bias).reshape(n, kv_heads, -1).transpose(1, 0, 2)
        out = array(matrix(layer["out"])).reshape(heads, -1, d)  # [H, d, D]
        group = np.arange(heads) // (heads // kv_heads)  # which value head a query head reads
        at["u"] = np.einsum("hkd,hde->hke", at["value"][group], out)
        at["head_out"] = np.einsum("hqk,hke->hqe", at["pattern"], at["u"])
        at["beta"] = np.einsum("hd,hde->e", value_bias.reshape(kv_heads, -1)[group], out)
        if layer["out"].bias is not None:
            at["beta"] = at["beta"] + array(layer["out"].bias)
        at["b_out"] = array(layer["down"].bias) if layer["down"].bias is not None else np.zeros(d)
        if bias is not None:
            at["value_bias"] = value_bias.reshape(kv_heads, -1)

        agree("attention", at["head_out"].sum(0) + at["beta"], at["attn_out"])
        agree("mlp", at["neuron_post"] @ array(matrix(layer["down"])) + at["b_out"], at["mlp_out"])
        agree("residual", at["resid_mid"] + at["mlp_out"], at["resid_post"], 1e-12)
        agree("rows of the pattern", at["pattern"].sum(-1), np.ones((heads, n)))
        assert not states or np.array_equal(states[-1]["resid_post"], at["resid_pre"])
        states.append(at)
    head = model.get_output_embeddings()
    agree("logits", array(head(norm(torch.from_numpy(states[-1]["resid_post"])))), logits)
    final = {"unembed": array(head.weight), "eps": eps, "centred": isinstance(norm, torch.nn.LayerNorm)}
    final["gain"] = array(norm.weight) if norm.weight is not None else np.ones(d)
    bias = getattr(norm, "bias", None)
    final["bias"] = array(bias) if bias is not None else np.zeros(d)
    return {"tokens": np.array(ids), "logits": logits, "layers": states, "final": final}


TRACE_NAMES = "resid_pre attn_out resid_mid mlp_out resid_post pattern value value_bias head_out neuron_pre neuron_post".split()


def golden_tensors(run):
    """The tensors of trace and contributions files in float32, and the cancelling nodes."""
    tensors = {"tokens": run["tokens"].astype(np.int64), "logits": run["logits"]}
    for l, at in enumerate(run["layers"]):
        tensors |= {f"layers.{l}.{name}": at[name] for name in TRACE_NAMES if name in at}
    excluded, cancelling = attribution.contributions(run, separate=False)
    separate, also = attribution.contributions(run, separate=True)
    assert cancelling == also
    for prefix, layers in (("", excluded), ("separate.", separate)):
        for l, layer in enumerate(layers):
            tensors |= {f"{prefix}layers.{l}.{name}": values for name, values in layer.items()}
    single = lambda values: values if values.dtype == np.int64 else values.astype(np.float32)
    return {name: torch.from_numpy(single(values)) for name, values in tensors.items()}, excluded, cancelling


def rounded(value, digits=7):
    """Floats to so many decimals; -0.0 to 0.0."""
    if isinstance(value, dict):
        return {key: rounded(item, digits) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [rounded(item, digits) for item in value]
    return round(float(value), digits) + 0.0 if isinstance(value, (float, np.floating)) else value


def reference(model, ids):
    with torch.no_grad():
        logits = model(torch.tensor([ids]), use_cache=False).logits[0]
    log_probabilities = logits.log_softmax(-1)
    given = [log_probabilities[t, ids[t + 1]].item() for t in range(len(ids) - 1)]
    nll = round(-sum(given) / len(given), 9) if given else None  # per predicted token
    return {"input_ids": ids, "last_logits": rounded(logits[-1].numpy()), "argmax": logits.argmax(-1).tolist(), "nll": nll}


def routes(run, layers, cancelling):
    target = len(run["tokens"]) - 1
    margin = attribution.nearest_to_threshold(layers, attribution.TAU)
    assert margin > 1e-5, f"a contribution lies {margin} from the threshold: choose another prompt"
    everything = attribution.route(layers, attribution.renormalised, 0.0, target)
    assert cancelling or abs(everything["lost"]) < 1e-12
    b, a = np.argsort(run["logits"][target])[-2:]
    contrast = attribution.contrast(run, layers, a, b, target)
    contrast["logit_difference"] = run["logits"][target, a] - run["logits"][target, b]
    direct = contrast["embedding"] + contrast["heads"].sum() + contrast["mlp"].sum() + contrast["bias"]
    agree("direct attribution", direct, contrast["logit_difference"])
    if not cancelling:
        agree("contrast", (contrast["towards"] - contrast["away"]).sum() + contrast["bias"], contrast["logit_difference"])
    return {
        "position": target,
        "bias": "excluded",
        "floor": 0,
        "threshold": attribution.TAU,
        "cancelling": cancelling,
        "all_edges": {name: everything[name] for name in ("source_flow", "lost", "stopped")},
        "renormalised": attribution.route(layers, attribution.renormalised, attribution.TAU, target),
        "raw": attribution.route(layers, attribution.raw, attribution.TAU, target),
        "contrast": contrast,
    }


def compact(value, depth=2):
    """JSON with one line per entry down to `depth`: short files, readable diffs."""
    if depth and isinstance(value, dict):
        inner = ",\n".join(f"{' ' * (3 - depth)}{json.dumps(key)}: {compact(item, depth - 1)}" for key, item in value.items())
        return "{\n" + inner + "\n" + " " * (2 - depth) + "}"
    return json.dumps(value)


def write_truth(directory, prompts, out):
    model = load(directory)
    run = trace(model, prompts[0])
    tensors, layers, cancelling = golden_tensors(run)
    save(out / "expected.safetensors", tensors, {"made_by": MADE_BY, "cancelling": ",".join(cancelling)})
    references = [reference(model, ids) for ids in prompts]
    (out / "reference.json").write_text("[" + ",\n ".join(json.dumps(item) for item in references) + "]\n")
    (out / "routes.json").write_text(compact(rounded(routes(run, layers, cancelling), 6)) + "\n")
    return model, run


def prompts_for(spec):
    """The golden prompt; one that fills every position; one of a single token. The first token is the BOS."""
    rng = np.random.default_rng(zlib.crc32(spec.name.encode()) + 1)
    config = spec.config
    longest = min(config.get("n_positions") or config["max_position_embeddings"], 24)
    lengths = [spec.length, longest, 1] if longest != spec.length else [spec.length, spec.length // 2, 1]
    prompts = [[config["bos_token_id"]] + rng.integers(3, config["vocab_size"], n - 1).tolist() for n in lengths]
    if spec.edit is cancelling:
        prompts = [[0, 1, 2, 3], [1, 2, 3, 4, 5, 6], [0]]
    elif spec.length > 6:
        prompts[0][-1] = prompts[0][3]  # a repeated token: same embedding, another position
    return prompts


def misread_difference(spec, directory, ids, logits):
    """How far the logits are off for a reader that gets the trap wrong."""
    with tempfile.TemporaryDirectory() as scratch:
        wrong = Path(scratch) / spec.name
        shutil.copytree(directory, wrong)
        save_json(wrong / "config.json", spec.config | spec.misread)
        with torch.no_grad():
            return np.abs(load(wrong)(torch.tensor([ids])).logits[0].numpy() - logits).max()


def make(spec):
    directory = ROOT / spec.name
    shutil.rmtree(directory, ignore_errors=True)
    build(spec, directory)
    prompts = prompts_for(spec)
    model, run = write_truth(directory, prompts, directory)
    off = misread_difference(spec, directory, prompts[0], run["logits"]) if spec.misread else math.nan
    assert not off < 3e-3, f"{spec.name}: misreading changes logits by {off} only"
    peak = np.mean([at["pattern"][:, 1:].max(-1).mean() for at in run["layers"]])
    size = sum(file.stat().st_size for file in directory.iterdir())
    misread = f", misreading moves logits by {off:.3f}" if spec.misread else ""
    print(f"{spec.name:26s} {size // 1024:4d} KiB, mean peak of attention {peak:.2f}{misread}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--ids", action="append", default=[])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", help="make only the models whose name contains this")
    options = parser.parse_args()
    torch.use_deterministic_algorithms(True)
    transformers.utils.logging.disable_progress_bar()
    if options.model:
        out = options.out or options.model
        out.mkdir(parents=True, exist_ok=True)
        write_truth(options.model, [[int(token) for token in ids.split(",")] for ids in options.ids], out)
        return
    ROOT.mkdir(exist_ok=True)
    for spec in SPECS:
        if not options.only or options.only in spec.name:
            make(spec)


if __name__ == "__main__":
    main()
