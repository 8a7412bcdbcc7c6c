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


def sized(kind, d, heads, layers=2, vocab=61, positions=24, **more):
    """The sizes under their usual keys, and what else a family has."""
    config = {"model_type": kind, "vocab_size": vocab, "hidden_size": d, "num_hidden_layers": layers}
    return config | {"num_attention_heads": heads, "max_position_embeddings": positions, "bos_token_id": 0, "eos_token_id": 0} | more


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
    Spec(
        "pythia", "attention and MLP side by side; fused by heads; a third of each head rotated; head of its own",
        sized("gpt_neox", 30, 3, intermediate_size=41, hidden_act="gelu", layer_norm_eps=1e-5, rotary_pct=0.6, rotary_emb_base=1000,
              use_parallel_residual=True, attention_bias=True, tie_word_embeddings=False),
        {"use_parallel_residual": False},
    ),
    Spec(
        "gpt-neox-sequential", "use_parallel_residual false: one after the other",
        sized("gpt_neox", 24, 2, intermediate_size=33, hidden_act="gelu", rotary_pct=1.0, use_parallel_residual=False), {"rotary_pct": 0.25},
    ),
    Spec(
        "gptj", "side by side behind one norm; neighbours rotated; a bias of the head",
        gpt2(36, 3, layers=2, positions=24) | {"model_type": "gptj", "architectures": ["GPTJForCausalLM"], "rotary_dim": 8, "tie_word_embeddings": False},
        {"rotary_dim": 4},
    ),
    Spec(
        "gpt-neo", "unscaled scores; a local layer of 4 keys; no biases of queries, keys and values",
        sized("gpt_neo", 30, 3, layers=3) | {"num_layers": 3, "num_heads": 3, "attention_types": [[["global", "local"], 1], [["global"], 1]],
              "window_size": 4, "activation_function": "gelu_new", "intermediate_size": None},
        {"window_size": 5},
    ),
    Spec(
        "starcoder", "GPT-2 with one key head, stored by outputs",
        gpt2(36, 4, n_inner=51, model_type="gpt_bigcode", architectures=["GPTBigCodeForCausalLM"], multi_query=True, activation_function="gelu_pytorch_tanh"),
        {"activation_function": "relu"},
    ),
    Spec(
        "starcoder-multi-head", "multi_query false: a key head for each, fused by heads",
        gpt2(24, 3, n_inner=29, model_type="gpt_bigcode", architectures=["GPTBigCodeForCausalLM"], multi_query=False),
    ),
    Spec(
        "bloom", "ALiBi, six heads; a norm of the embeddings",
        {"architectures": ["BloomForCausalLM"], "model_type": "bloom", "vocab_size": 61, "hidden_size": 36, "n_layer": 2, "n_head": 6,
         "bos_token_id": 1, "eos_token_id": 2, "layer_norm_epsilon": 1e-5, "max_position_embeddings": 24},
        {"layer_norm_epsilon": 1e-1},
    ),
    Spec(
        "falcon", "side by side behind one norm; one key head; no biases",
        sized("falcon", 40, 5, ffn_hidden_size=51, multi_query=True, parallel_attn=True, new_decoder_architecture=False, alibi=False, bias=False, num_kv_heads=5),
        {"ffn_hidden_size": 51, "rope_theta": 100.0},
    ),
    Spec(
        "falcon-40b", "side by side behind a norm of each; two key heads",
        sized("falcon", 40, 4, ffn_hidden_size=51, new_decoder_architecture=True, alibi=False, bias=False, num_kv_heads=2),
    ),
    Spec("phi", "side by side behind one norm; biases everywhere; norms of heads with biases; 40 % of each head rotated",
        llama(40, 4, 43, positions=24) | {"model_type": "phi", "architectures": ["PhiForCausalLM"], "hidden_act": "gelu_new", "partial_rotary_factor": 0.4,
              "layer_norm_eps": 1e-5, "qk_layernorm": True, "tie_word_embeddings": False, "rope_theta": 100.0},
        {"partial_rotary_factor": 0.8},
    ),
    Spec("phi3", "fused matrices; a window of 5 keys",
        llama(32, 4, 43, positions=64, num_key_value_heads=2) | {"model_type": "phi3", "architectures": ["Phi3ForCausalLM"], "sliding_window": 5, "pad_token_id": 0,
              "original_max_position_embeddings": 64, "rope_theta": 1000.0},
        {"sliding_window": None}, 13,
    ),
    Spec("phi3-longrope", "longrope beyond its original context; a part of each head",
        llama(40, 4, 43, positions=64, num_key_value_heads=2) | {"model_type": "phi3", "architectures": ["Phi3ForCausalLM"], "sliding_window": None, "pad_token_id": 0,
              "original_max_position_embeddings": 8, "partial_rotary_factor": 0.8, "rope_theta": 1000.0, "tie_word_embeddings": True,
              "rope_scaling": {"type": "longrope", "short_factor": [1.0, 1.2, 1.9, 2.2], "long_factor": [1.1, 2.5, 5.0, 9.0]}},
        {"rope_scaling": {"type": "longrope", "short_factor": [1.0, 1.2, 1.9, 2.2], "long_factor": [1.1, 2.5, 5.0, 3.0]}},
    ),
    Spec("gemma", "gains of 1 + what is stored; a multiplied embedding; heads wider than D / H",
        llama(30, 3, 41, positions=24, num_key_value_heads=1, head_dim=14) | {"model_type": "gemma", "architectures": ["GemmaForCausalLM"], "pad_token_id": 0,
              "hidden_act": "gelu_pytorch_tanh", "tie_word_embeddings": True, "rope_theta": 1000.0},
        {"rope_theta": 100.0},
    ),
    Spec("gemma2", "norms around the blocks; caps on scores and logits; a window of 4 keys in every other layer; a scale of its own",
        llama(36, 6, 41, 3, positions=24, num_key_value_heads=2, head_dim=10) | {"model_type": "gemma2", "architectures": ["Gemma2ForCausalLM"], "pad_token_id": 0,
              "hidden_activation": "gelu_pytorch_tanh", "attn_logit_softcapping": 2.5, "final_logit_softcapping": 5.0, "query_pre_attn_scalar": 7,
              "sliding_window": 4, "tie_word_embeddings": True, "rope_theta": 1000.0},
        {"attn_logit_softcapping": 5.0},
    ),
    Spec("gemma3", "norms of heads; two rotations, one of them stretched; a full layer after two that slide",
        llama(32, 4, 41, 3, positions=24, num_key_value_heads=2, head_dim=10) | {"model_type": "gemma3_text", "architectures": ["Gemma3ForCausalLM"], "pad_token_id": 0,
              "hidden_activation": "gelu_pytorch_tanh", "query_pre_attn_scalar": 13, "sliding_window": 4, "tie_word_embeddings": True,
              "layer_types": ["sliding_attention", "sliding_attention", "full_attention"],
              "rope_parameters": {"full_attention": {"factor": 4.0, "rope_theta": 5000.0, "rope_type": "linear"},
                                  "sliding_attention": {"rope_theta": 100.0, "rope_type": "default"}}},
        {"query_pre_attn_scalar": 3},
    ),
    Spec("olmo", "norms that learned nothing; queries, keys and values cut off",
        llama(32, 4, 43, positions=24, clip_qkv=0.9, rope_theta=100.0) | {"model_type": "olmo", "architectures": ["OlmoForCausalLM"], "pad_token_id": 0},
        {"clip_qkv": None},
    ),
    Spec("olmo2", "norms behind the blocks alone, and of all heads together",
        llama(36, 6, 43, positions=24, num_key_value_heads=2, rope_theta=100.0) | {"model_type": "olmo2", "architectures": ["Olmo2ForCausalLM"], "rms_norm_eps": 1e-5, "pad_token_id": 0},
        {"rms_norm_eps": 1e-2},
    ),
    Spec("olmo3", "windows in two of three layers; yarn in the other",
        llama(24, 2, 37, 3, positions=64, num_key_value_heads=1) | {"model_type": "olmo3", "architectures": ["Olmo3ForCausalLM"], "pad_token_id": 0,
              "sliding_window": 4, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
              "rope_parameters": {"full_attention": {"rope_theta": 500.0, "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "beta_fast": 8.0, "beta_slow": 1.0},
                                  "sliding_attention": {"rope_theta": 100.0, "rope_type": "default"}}},
        {"sliding_window": 5},
    ),
    Spec("cohere", "side by side behind one norm without bias; neighbours rotated; scaled logits",
        llama(36, 6, 43, positions=24, num_key_value_heads=2, layer_norm_eps=1e-5, logit_scale=0.4, use_qk_norm=False, tie_word_embeddings=True, rope_theta=100.0)
        | {"model_type": "cohere", "architectures": ["CohereForCausalLM"], "pad_token_id": 0}, {"logit_scale": 0.2},
    ),
    Spec("cohere-qk-norm", "each head has a norm with a gain of its own; biases of attention",
        llama(24, 3, 31, positions=24, layer_norm_eps=1e-5, logit_scale=0.5, use_qk_norm=True, attention_bias=True, tie_word_embeddings=True, rope_theta=100.0)
        | {"model_type": "cohere", "architectures": ["CohereForCausalLM"], "pad_token_id": 0},
    ),
    Spec("cohere2", "windows in two of three layers; the other does not rotate",
        llama(36, 6, 43, 3, positions=24, num_key_value_heads=2, layer_norm_eps=1e-5, logit_scale=0.3, tie_word_embeddings=True, rope_theta=100.0, head_dim=6)
        | {"model_type": "cohere2", "architectures": ["Cohere2ForCausalLM"], "pad_token_id": 0, "sliding_window": 4,
           "layer_types": ["sliding_attention", "full_attention", "sliding_attention"]}, {"sliding_window": 3},
    ),
    Spec("stablelm", "LayerNorm and a gated MLP; biases of queries, keys and values alone; a part of each head rotated",
        llama(40, 4, 43, positions=24, num_key_value_heads=2, layer_norm_eps=1e-5, use_qkv_bias=True, partial_rotary_factor=0.4, rope_theta=100.0)
        | {"model_type": "stablelm", "architectures": ["StableLmForCausalLM"]}, {"partial_rotary_factor": 0.8},
    ),
    Spec("stablelm-12b", "side by side behind one norm; each head has a norm stored by itself",
        llama(32, 4, 37, positions=24, num_key_value_heads=2, layer_norm_eps=1e-5, qk_layernorm=True, use_parallel_residual=True, partial_rotary_factor=0.5, rope_theta=100.0)
        | {"model_type": "stablelm", "architectures": ["StableLmForCausalLM"]},
    ),
    Spec("granite", "four multipliers",
        llama(32, 4, 43, positions=24, num_key_value_heads=2, embedding_multiplier=3.0, residual_multiplier=0.4, attention_multiplier=0.2, logits_scaling=2.0, rope_theta=100.0)
        | {"model_type": "granite", "architectures": ["GraniteForCausalLM"]}, {"residual_multiplier": 0.5},
    ),
    Spec("smollm3", "a layer that does not rotate",
        llama(24, 3, 31, 3, positions=24, num_key_value_heads=1, no_rope_layers=[1, 0, 1], rope_theta=100.0, tie_word_embeddings=True)
        | {"model_type": "smollm3", "architectures": ["SmolLM3ForCausalLM"], "pad_token_id": 0}, {"no_rope_layers": [1, 1, 1]},
    ),
    Spec("mixtral", "experts, two of four",
        llama(32, 4, 23, positions=24, num_key_value_heads=2, num_local_experts=4, num_experts_per_tok=2, rms_norm_eps=1e-5, rope_theta=1000.0)
        | {"model_type": "mixtral", "architectures": ["MixtralForCausalLM"]}, {"num_experts_per_tok": 3},
    ),
    Spec("granite-moe", "four multipliers, and experts",
        llama(32, 4, 21, positions=24, num_key_value_heads=2, num_local_experts=5, num_experts_per_tok=2, embedding_multiplier=3.0, residual_multiplier=0.4,
              attention_multiplier=0.25, logits_scaling=2.0, rope_theta=100.0)
        | {"model_type": "granitemoe", "architectures": ["GraniteMoeForCausalLM"]}, {"num_experts_per_tok": 3},
    ),
    Spec("granite-moe-shared", "four multipliers, experts, and one for all positions that nothing weighs",
        llama(32, 4, 21, positions=24, num_key_value_heads=2, num_local_experts=5, num_experts_per_tok=2, shared_intermediate_size=19, embedding_multiplier=3.0,
              residual_multiplier=0.4, attention_multiplier=0.2, logits_scaling=2.0, rope_theta=100.0)
        | {"model_type": "granitemoeshared", "architectures": ["GraniteMoeSharedForCausalLM"]}, {"residual_multiplier": 0.5},
    ),
    Spec("qwen2-moe", "experts, and one for all positions; weights that do not sum to 1",
        llama(32, 4, 43, positions=24, num_key_value_heads=2, num_experts=5, num_experts_per_tok=2, moe_intermediate_size=17, shared_expert_intermediate_size=23,
              norm_topk_prob=False, decoder_sparse_step=1, mlp_only_layers=[], rope_theta=100.0)
        | {"model_type": "qwen2_moe", "architectures": ["Qwen2MoeForCausalLM"]}, {"norm_topk_prob": True},
    ),
    Spec("qwen3-moe", "experts in two of three layers; norms of heads",
        llama(32, 4, 43, 3, positions=24, num_key_value_heads=2, head_dim=10, num_experts=5, num_experts_per_tok=3, moe_intermediate_size=19,
              norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[1], rope_theta=100.0)
        | {"model_type": "qwen3_moe", "architectures": ["Qwen3MoeForCausalLM"]}, {"norm_topk_prob": False},
    ),
    Spec("olmoe", "experts; norms of all heads together; queries, keys and values cut off",
        llama(32, 4, 21, positions=24, num_key_value_heads=2, num_experts=6, num_experts_per_tok=3, rms_norm_eps=1e-5, clip_qkv=1.1, rope_theta=100.0)
        | {"model_type": "olmoe", "architectures": ["OlmoeForCausalLM"]}, {"clip_qkv": None},
    ),
    Spec("gpt-oss", "experts with biases; sinks; a window of 4 keys in every other layer; yarn",
        llama(32, 4, 20, positions=64, num_key_value_heads=2, head_dim=12, num_local_experts=4, num_experts_per_tok=2, sliding_window=4, swiglu_limit=1.5, swiglu_alpha=1.702,
              layer_types=["sliding_attention", "full_attention"], attention_bias=True, rms_norm_eps=1e-5)
        | {"model_type": "gpt_oss", "architectures": ["GptOssForCausalLM"],
           "rope_parameters": {"rope_theta": 500.0, "rope_type": "yarn", "factor": 4.0, "beta_fast": 8.0, "beta_slow": 1.0, "truncate": False, "original_max_position_embeddings": 16}},
        {"swiglu_limit": 3.0},
    ),
    Spec("seed-oss", "biases of queries, keys and values alone; heads wider than D / H",
        llama(32, 4, 43, positions=24, num_key_value_heads=2, head_dim=10, attention_bias=True, attention_out_bias=False, mlp_bias=False, rope_theta=100.0,
              residual_dropout=0.1, attention_dropout=0.1, rms_norm_eps=1e-6)
        | {"model_type": "seed_oss", "architectures": ["SeedOssForCausalLM"], "pad_token_id": 0}, {"rope_theta": 1000.0},
    ),
    Spec("ernie4.5", "neighbours rotated; use_bias on everything; tied by default",
        llama(36, 6, 41, positions=24, num_key_value_heads=2, head_dim=8, use_bias=True, rms_norm_eps=1e-5, rope_theta=500000.0)
        | {"model_type": "ernie4_5", "architectures": ["Ernie4_5ForCausalLM"], "pad_token_id": 0}, {"rope_theta": 100.0},
    ),
    Spec("glm4", "norms around the blocks; fused gate and up; neighbours rotated, half of each head",
        llama(32, 4, 37, positions=24, num_key_value_heads=2, head_dim=12, attention_bias=True, partial_rotary_factor=0.5, rms_norm_eps=1e-5, rope_theta=100.0)
        | {"model_type": "glm4", "architectures": ["Glm4ForCausalLM"], "pad_token_id": 0}, {"partial_rotary_factor": 1.0},
    ),
    Spec("exaone4", "norms behind the blocks alone, and of heads; a full layer that does not rotate",
        llama(36, 6, 41, 3, positions=24, num_key_value_heads=2, rms_norm_eps=1e-5, rope_theta=90.0, sliding_window=4, sliding_window_pattern=3)
        | {"model_type": "exaone4", "architectures": ["Exaone4ForCausalLM"]}, {"sliding_window": 5},
    ),
    Spec("exaone4-full", "EXAONE 4 without windows: every layer rotates",
        llama(24, 3, 33, positions=24, num_key_value_heads=1, rms_norm_eps=1e-5, rope_theta=80.0, sliding_window=None, layer_types=["full_attention"] * 2, tie_word_embeddings=True)
        | {"model_type": "exaone4", "architectures": ["Exaone4ForCausalLM"]}, {"sliding_window": 4, "layer_types": ["full_attention"] * 2},
    ),
    Spec("arcee", "a plain MLP of squared ReLU",
        llama(32, 4, 47, positions=24, num_key_value_heads=2, rms_norm_eps=1e-5, rope_theta=100.0, mlp_bias=True, hidden_act="relu2")
        | {"model_type": "arcee", "architectures": ["ArceeForCausalLM"], "pad_token_id": 0}, {"hidden_act": "relu"},
    ),
    Spec("nemotron", "LayerNorm of gain 1 + what is stored; squared ReLU; half of each head rotated",
        llama(40, 4, 41, positions=24, num_key_value_heads=2, norm_eps=1e-5, partial_rotary_factor=0.4, rope_theta=100.0, hidden_act="relu2")
        | {"model_type": "nemotron", "architectures": ["NemotronForCausalLM"], "pad_token_id": 0}, {"partial_rotary_factor": 0.8},
    ),
    Spec("opt-350m", "norms of sums; an embedding that is projected; no final norm",
        opt(36, 4, 53, 2, 61, 24, do_layer_norm_before=False) | {"word_embed_proj_dim": 20},
    ),
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
            stored = spec.config["model_type"] in ("gpt2", "gpt_oss")  # by inputs
            fan_in = parameter.shape[-2 if stored else -1]
            values *= 1.6 * spec.scale / math.sqrt(fan_in)
        tensors[name.removeprefix(spec.strip)] = torch.from_numpy(values).to(spec.dtype)
    if spec.edit:
        spec.edit(tensors)
    return tensors


PUBLISHED = {
    "block_sparse_moe.experts.gate_up_proj": "block_sparse_moe.input_linear.weight",
    "block_sparse_moe.experts.down_proj": "block_sparse_moe.output_linear.weight",
    "block_sparse_moe.router.weight": "block_sparse_moe.router.layer.weight",
}


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
        if spec.name == "granite-moe-shared":  # as published files have them; the other as Hugging Face has them now
            for new, old in PUBLISHED.items():
                tensors = {name.replace(new, old): tensor for name, tensor in tensors.items()}
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
    options = dict(attn_implementation="eager", experts_implementation="eager")
    options |= dict(dtype=torch.float32, output_loading_info=True)
    model, info = transformers.AutoModelForCausalLM.from_pretrained(directory, **options)
    assert not info["missing_keys"] and not info["mismatched_keys"], info
    return model.double().eval()


def norm_facts(norm):
    """A norm as attribution.py reads it; nothing where there is none."""
    if norm is None:
        return {"kind": "none"}
    kind = type(norm).__name__
    array = lambda tensor: tensor.detach().double().numpy()
    weight, bias = getattr(norm, "weight", None), getattr(norm, "bias", None)
    width = len(weight) if weight is not None else norm.normalized_shape[0]
    gain = array(weight) if weight is not None else np.ones(width)
    return {
        "kind": "rms" if "RMS" in kind else "layer",
        "eps": getattr(norm, "variance_epsilon", None) or getattr(norm, "eps", 1e-5),
        "gain": 1 + gain if kind.startswith("Gemma") or kind.endswith("1P") else gain,
        "bias": array(bias) if bias is not None else np.zeros(width),
    }


def last_of(groups):
    """The values of a fused projection whose rows are, for each key head, its queries, its key, its value."""
    return lambda flat, d: flat.reshape(len(flat), groups, -1, d)[:, :, -1].reshape(len(flat), -1)


def tail(width):
    """The values of a fused projection whose last rows they are."""
    return lambda flat, d: flat[:, -width:]


def parts(model):
    """Where each family keeps what we ask for: per layer the block and its linear maps, and the norms behind them."""
    config, kind = model.config, model.config.model_type
    base = model.model if hasattr(model, "model") else model.base_model
    heads = config.num_attention_heads
    kv_heads = getattr(config, "num_key_value_heads", None) or heads
    whole = lambda flat, d: flat
    layers = []
    for b in base.decoder.layers if kind == "opt" else base.h if hasattr(base, "h") else base.layers:
        way = dict(block=b, split=whole, kv_heads=kv_heads, first=None, last=None, experts=None, shared=getattr(b, "shared_mlp", None), pre_width=None)
        if kind in ("gpt2", "gpt_bigcode"):
            way |= dict(value=b.attn.c_attn, out=b.attn.c_proj, pre=b.mlp.c_fc, down=b.mlp.c_proj)
            way["kv_heads"] = 1 if kind == "gpt_bigcode" and config.multi_query else heads
            fused_by_head = kind == "gpt_bigcode" and not config.multi_query
            way["split"] = last_of(heads) if fused_by_head else tail(config.n_embd // heads * way["kv_heads"])
        elif kind == "gpt_neo":
            attn = b.attn.attention
            way |= dict(value=attn.v_proj, out=attn.out_proj, pre=b.mlp.c_fc, down=b.mlp.c_proj)
        elif kind == "gptj":
            way |= dict(value=b.attn.v_proj, out=b.attn.out_proj, pre=b.mlp.fc_in, down=b.mlp.fc_out)
        elif kind in ("gpt_neox", "bloom", "falcon"):
            attn = b.attention if kind == "gpt_neox" else b.self_attention
            if kind == "falcon":
                way["kv_heads"] = config.num_kv_heads if config.new_decoder_architecture else 1 if config.multi_query else heads
            way |= dict(value=attn.query_key_value, out=attn.dense, split=last_of(way["kv_heads"]))
            way |= dict(pre=b.mlp.dense_h_to_4h, down=b.mlp.dense_4h_to_h)
        elif kind == "opt":
            way |= dict(value=b.self_attn.v_proj, out=b.self_attn.out_proj, pre=b.fc1, down=b.fc2)
            if not config.do_layer_norm_before:
                way |= dict(first=b.self_attn_layer_norm, last=b.final_layer_norm)
        else:
            attn = b.self_attn
            way |= dict(value=attn.v_proj if hasattr(attn, "v_proj") else attn.qkv_proj)
            way |= dict(out=attn.dense if kind == "phi" else attn.o_proj)
            if kind == "phi3":
                way["split"] = tail(config.hidden_size // heads * kv_heads)
            mlp = b.block_sparse_moe if kind.startswith("granitemoe") else b.mlp
            if kind == "starcoder2":
                way |= dict(pre=mlp.c_fc, down=mlp.c_proj)
            elif kind == "phi":
                way |= dict(pre=mlp.fc1, down=mlp.fc2)
            elif kind in ("arcee", "nemotron"):
                way |= dict(pre=mlp.up_proj, down=mlp.down_proj)
            elif kind in ("phi3", "glm4"):
                way |= dict(pre=mlp.gate_up_proj, down=mlp.down_proj, pre_width=config.intermediate_size)
            elif hasattr(mlp, "experts"):
                way |= dict(pre=None, down=None, experts=mlp)
            else:
                way |= dict(pre=mlp.gate_proj, down=mlp.down_proj)
            if hasattr(b, "post_mlp_layernorm"):
                way |= dict(first=b.post_self_attn_layernorm, last=b.post_mlp_layernorm)
            if hasattr(b, "post_feedforward_layernorm"):
                way |= dict(first=b.post_attention_layernorm, last=b.post_feedforward_layernorm)
        layers.append(way)
    if kind == "opt":
        norm = base.decoder.final_layer_norm
    else:
        names = ("ln_f", "final_layer_norm", "final_layernorm", "norm")
        norm = next(getattr(base, name) for name in names if hasattr(base, name))
    return layers, norm


def matrix(linear):
    """A linear map as [in, out], in float64; GPT-2 stores it so."""
    weight = linear.weight.detach().double().numpy()
    return weight if type(linear).__name__ == "Conv1D" else weight.T


def experts_of(mlp, config, x, beside=None):
    """What the experts of a layer give for x [T, D], by the formulas: chosen ones, their weights and outputs."""
    array = lambda tensor: tensor.detach().double().numpy()
    router = mlp.router if hasattr(mlp, "router") else mlp.gate
    logits = x @ array(router.weight).T + (array(router.bias) if getattr(router, "bias", None) is not None else 0)
    k = config.num_experts_per_tok
    index = np.argsort(-logits, axis=1, kind="stable")[:, :k]
    margin = -np.sort(-logits, axis=1)
    assert (margin[:, k - 1] - margin[:, k]).min() > 1e-3, "two experts are as good as equal: choose another prompt"
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    weight = np.take_along_axis(p, index, 1)
    if config.model_type in ("mixtral", "gpt_oss", "granitemoe", "granitemoeshared") or getattr(config, "norm_topk_prob", False):
        weight /= weight.sum(1, keepdims=True)
    silu = lambda z: z / (1 + np.exp(-z))
    both, down = array(mlp.experts.gate_up_proj), array(mlp.experts.down_proj)
    n, d = x.shape
    every = np.zeros((n, len(both), d))
    for e in range(len(both)):
        if config.model_type == "gpt_oss":  # [in, out], columns gate, up, gate, up
            g, u = np.split((x @ both[e] + array(mlp.experts.gate_up_proj_bias[e])).reshape(n, -1, 2), 2, axis=2)
            g, u = np.minimum(g[..., 0], config.swiglu_limit), np.clip(u[..., 0], -config.swiglu_limit, config.swiglu_limit)
            every[:, e] = ((u + 1) * g / (1 + np.exp(-config.swiglu_alpha * g))) @ down[e] + array(mlp.experts.down_proj_bias[e])
        else:
            g, u = np.split(x @ both[e].T, 2, axis=1)
            every[:, e] = (silu(g) * u) @ down[e].T
    out = weight[..., None] * np.take_along_axis(every, index[..., None], 1)
    columns = np.zeros((n, len(both), d))
    np.put_along_axis(columns, index[..., None], out, 1)
    found = {"expert_index": index.astype(np.int64), "expert_weight": weight, "expert_out": out, "experts": columns}
    if hasattr(mlp, "shared_expert"):
        shared = mlp.shared_expert
        post = silu(x @ matrix(shared.gate_proj)) * (x @ matrix(shared.up_proj))
        gate = 1 / (1 + np.exp(-(x @ matrix(mlp.shared_expert_gate))))
        found["shared_out"] = gate * (post @ matrix(shared.down_proj))
        found["experts"] = np.concatenate([columns, found["shared_out"][:, None]], 1)
    if beside is not None:  # weighed by nothing
        g, u = np.split(x @ matrix(beside.input_linear), 2, axis=1)
        found["shared_out"] = (silu(g) * u) @ matrix(beside.output_linear)
        found["experts"] = np.concatenate([columns, found["shared_out"][:, None]], 1)
    return found, found["experts"].sum(1)


def agree(what, actual, wanted, tolerance=1e-6):
    error = np.abs(actual - wanted).max() / max(1e-300, np.abs(wanted).max())
    assert error <= tolerance, f"{what}: relative error {error}"


@torch.no_grad()
def trace(model, ids):
    """Run Hugging Face once, take what its modules saw and gave, and decompose it; every sum is checked."""
    layers, norm = parts(model)
    config = model.config
    seen, given, hooks = {}, {}, []

    def remember(module, arguments, keywords, result):
        argument = arguments[0] if arguments else keywords.get("hidden_states")
        seen[module] = argument.clone() if argument is not None else None  # some add in place
        given[module] = (result[0] if isinstance(result, tuple) else result).clone()

    for layer in layers:
        for part in ("block", "value", "out", "pre", "down", "experts", "shared"):
            if layer[part] is not None:
                hooks.append(layer[part].register_forward_hook(remember, with_kwargs=True))
    result = model(torch.tensor([ids]), output_attentions=True, use_cache=False)
    for hook in hooks:
        hook.remove()

    def array(tensor):
        assert tensor.dtype == torch.float64
        return tensor.detach().numpy()

    n = len(ids)
    heads = config.num_attention_heads
    multiplier = getattr(config, "residual_multiplier", None) or 1.0
    post_ln = config.model_type == "opt" and not config.do_layer_norm_before
    zeros = lambda: np.zeros((n, states[0]["resid_pre"].shape[1] if states else d))
    logits = array(result.logits[0])
    states = []
    for layer, attention in zip(layers, result.attentions):
        flat = lambda tensor: array(tensor.reshape(n, -1))
        at = {"resid_pre": flat(seen[layer["block"]]), "resid_post": flat(given[layer["block"]])}
        d = at["resid_pre"].shape[1]
        at["pattern"] = array(attention[0])
        out = layer["out"]
        w_o = matrix(out).reshape(heads, -1, d)  # [H, d, D]
        d_head = w_o.shape[1]
        kv_heads = layer["kv_heads"]
        group = np.arange(heads) // (heads // kv_heads)  # which value head a query head reads

        values = layer["split"](flat(given[layer["value"]]), d_head)
        bias = layer["value"].bias
        value_bias = np.zeros(values.shape[1]) if bias is None else layer["split"](array(bias)[None], d_head)[0]
        clip = getattr(config, "clip_qkv", None)
        if clip is not None:
            values, value_bias = np.clip(values, -clip, clip), np.zeros(values.shape[1])
        elif bias is not None:
            at["value_bias"] = value_bias.reshape(kv_heads, -1)
        at["value"] = (values - value_bias).reshape(n, kv_heads, -1).transpose(1, 0, 2)
        mass = at["pattern"].sum(-1)  # [H, q]: less than 1 with sinks
        if hasattr(config, "swiglu_limit"):
            at["attn_sink"] = 1 - mass
        else:
            agree("rows of the pattern", mass, np.ones((heads, n)))
        raw_u = np.einsum("hkd,hde->hke", at["value"][group], w_o)
        raw_beta = np.einsum("hq,hd,hde->qe", mass, value_bias.reshape(kv_heads, -1)[group], w_o)
        raw_beta = raw_beta + (array(out.bias) if out.bias is not None else 0)
        raw = flat(given[out])
        agree("attention", np.einsum("hqk,hke->qe", at["pattern"], raw_u) + raw_beta, raw)

        # What stands behind the attention goes through every part of it.
        first, last = norm_facts(layer["first"]), norm_facts(layer["last"])
        at["attn_out"] = raw * multiplier
        at["attention_sum"] = at["resid_pre"] + raw
        if post_ln:
            s = attribution.scale(first, at["attention_sum"])
            at |= {"resid_mid_scale": s, "residual": s[:, None] * attribution.linear(first, at["resid_pre"])}
            at["resid_mid"] = s[:, None] * attribution.linear(first, at["attention_sum"]) + first["bias"]
        else:
            s = attribution.scale(first, raw)
            if layer["first"] is not None:
                at["attn_out"] = s[:, None] * attribution.linear(first, raw) + first["bias"]
                at["attn_out_scale"] = s
            at |= {"residual": at["resid_pre"], "resid_mid": at["resid_pre"] + at["attn_out"]}
        at["t"] = s * multiplier
        at["u"] = attribution.linear(first, raw_u)
        at["beta"] = at["t"][:, None] * attribution.linear(first, raw_beta) + first.get("bias", 0)
        ones = np.ones(n)
        at["head_out"] = np.einsum("q,hqk,hke->hqe", *((ones, at["pattern"], raw_u) if post_ln else (at["t"], at["pattern"], at["u"])))

        if layer["experts"] is None:
            pre = flat(given[layer["pre"]])
            at |= {"neuron_pre": pre[:, : layer["pre_width"] or pre.shape[1]], "neuron_post": flat(seen[layer["down"]])}
            raw_mlp = flat(given[layer["down"]])
            b_out = array(layer["down"].bias) if layer["down"].bias is not None else np.zeros(d)
            agree("mlp", at["neuron_post"] @ matrix(layer["down"]) + b_out, raw_mlp)
        else:
            raw_mlp = flat(given[layer["experts"]])
            if layer["shared"] is not None:
                raw_mlp = raw_mlp + flat(given[layer["shared"]])
            found, summed = experts_of(layer["experts"], config, flat(seen[layer["experts"]]), layer["shared"])
            agree("experts", summed, raw_mlp)
            at |= found
            b_out = np.zeros(d)
        agree_sum = lambda y, *added: agree("residual", sum(added), y)
        at["parallel"] = config.model_type in PARALLEL and np.abs(
            at["resid_pre"] + at["attn_out"] + raw_mlp - at["resid_post"]).max() < 1e-9 and is_parallel(config)
        at["mlp_out"] = raw_mlp * multiplier
        at["outer"] = np.zeros((n, d))
        if post_ln:
            at["mlp_sum"] = at["resid_mid"] + raw_mlp
            s = attribution.scale(last, at["mlp_sum"])
            at |= {"resid_post_scale": s, "sum_norm": last, "first_norm": first}
            at["mlp_residual"] = s[:, None] * attribution.linear(last, at["resid_mid"])
            at["mlp_part"] = s[:, None] * attribution.linear(last, raw_mlp)
            at["mlp_bias"] = s[:, None] * attribution.linear(last, b_out)
            at["outer"] = at["outer"] + last["bias"]
        else:
            s = attribution.scale(last, raw_mlp)
            if layer["last"] is not None:
                at["mlp_out"] = s[:, None] * attribution.linear(last, raw_mlp) + last["bias"]
                at["mlp_out_scale"] = s
            at |= {"mlp_part": at["mlp_out"], "mlp_residual": at["resid_mid"]}
            if "experts" in at:
                at["experts"] = (s * multiplier)[:, None, None] * attribution.linear(last, at["experts"])
                agree_sum(at["resid_post"], at["resid_mid"], at["experts"].sum(1), np.broadcast_to(last.get("bias", np.zeros(d)), (n, d)))
            at["mlp_bias"] = (s * multiplier)[:, None] * attribution.linear(last, b_out) + last.get("bias", 0)
        agree_sum(at["resid_post"], at["mlp_residual"], at["mlp_part"], at["outer"])
        if at["parallel"]:
            at["between"] = at.pop("resid_mid")  # a sum on the way, no state
            agree_sum(at["resid_post"], at["residual"], at["attn_out"], at["mlp_part"])
        else:
            terms = np.einsum("q,hqk,hke->qe", at["t"], at["pattern"], at["u"])
            agree_sum(at["resid_mid"], at["residual"], terms, at["beta"])
        assert not states or np.array_equal(states[-1]["resid_post"], at["resid_pre"])
        states.append(at)
    head = model.get_output_embeddings()
    unembed = array(head.weight)
    if getattr(config, "word_embed_proj_dim", d) != d:
        unembed = unembed @ array(model.model.decoder.project_out.weight)
    final = {"unembed": unembed, "norm": {"bias": np.zeros(d)} | norm_facts(norm)}
    final["head_bias"] = array(head.bias) if head.bias is not None else np.zeros(len(unembed))
    final["scale"] = getattr(config, "logit_scale", None) or 1 / (getattr(config, "logits_scaling", None) or 1.0)
    final["cap"] = getattr(config, "final_logit_softcapping", None)
    last = states[-1]["resid_post"]
    normed = attribution.scale(final["norm"], last)[:, None] * attribution.linear(final["norm"], last) + final["norm"]["bias"]
    uncapped = final["scale"] * normed @ unembed.T + final["head_bias"]
    agree("logits", np.tanh(uncapped / final["cap"]) * final["cap"] if final["cap"] else uncapped, logits)
    return {"tokens": np.array(ids), "logits": logits, "uncapped": uncapped, "layers": states, "final": final}


PARALLEL = ("gpt_neox", "gptj", "phi", "falcon", "cohere", "cohere2", "stablelm")


def is_parallel(config):
    """Whether attention and MLP read the same state."""
    if config.model_type == "falcon":
        return config.new_decoder_architecture or config.parallel_attn
    return getattr(config, "use_parallel_residual", True)


TRACE_NAMES = (
    "resid_pre attn_out resid_mid mlp_out resid_post pattern value value_bias head_out neuron_pre neuron_post attn_sink"
    " attn_out_scale mlp_out_scale resid_mid_scale resid_post_scale expert_index expert_weight expert_out shared_out"
).split()


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
    contrast["logit_difference"] = run["uncapped"][target, a] - run["uncapped"][target, b]
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
