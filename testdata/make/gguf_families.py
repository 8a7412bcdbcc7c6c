"""Golden GGUF files of the families: tiny random models as llama.cpp's converter would write them, and what Hugging Face computes.

    python gguf_families.py       writes ../goldens/gguf/families/ and ../goldens/gguf/gpt-oss-mxfp4/

Names are those of the table in the package `gguf`; keys and the order of rows are llama.cpp's, as ../../docs say. Tensors are
quantised first, row by row, and Hugging Face gets what the package decodes of them: so its logits in float64 are the truth of the
file, whatever type a tensor has.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", ATEN_CPU_CAPABILITY="default", MKL_CBWR="COMPATIBLE", OPENBLAS_CORETYPE="Haswell")

import math
import shutil
import zlib
from pathlib import Path

import numpy as np
import torch
import transformers
from gguf import MODEL_ARCH, MODEL_ARCH_NAMES, GGUFWriter, RopeScalingType, dequantize, get_tensor_name_map, quantize
from gguf import GGMLQuantizationType as Type

import goldens
from goldens import Spec, llama

ROOT = Path(__file__).resolve().parent.parent / "goldens" / "gguf" / "families"
ARCHITECTURES = {name: arch for arch, name in MODEL_ARCH_NAMES.items()}

# In turn, so that every architecture has several.
TYPES = [Type.Q8_0, Type.F16, Type.Q5_1, Type.Q8_0, Type.F32, Type.Q5_0, Type.BF16, Type.Q4_1]


def kin(model_type, hf, layers=2, **more):
    config = llama(32, 4, 64, layers, positions=32, num_key_value_heads=2, rms_norm_eps=1e-5, rope_theta=500.0)
    return config | {"model_type": model_type, "architectures": [hf + "ForCausalLM"], "tie_word_embeddings": False} | more


YARN = {"rope_theta": 500.0, "rope_type": "yarn", "factor": 4.0, "beta_fast": 8.0, "beta_slow": 1.0, "original_max_position_embeddings": 8}
PLAIN = {"rope_theta": 500.0, "rope_type": "default"}

FAMILIES = {
    # name: (architecture, what a model of it has that the others have not, config.json)
    "pythia": ("gptneox", {"model_type": "gpt_neox", "architectures": ["GPTNeoXForCausalLM"], "vocab_size": 61, "hidden_size": 32, "num_hidden_layers": 2,
        "num_attention_heads": 2, "max_position_embeddings": 32, "intermediate_size": 64, "hidden_act": "gelu", "layer_norm_eps": 1e-5, "rotary_pct": 0.25,
        "use_parallel_residual": True, "tie_word_embeddings": False}),
    "bloom": ("bloom", {"model_type": "bloom", "architectures": ["BloomForCausalLM"], "vocab_size": 61, "hidden_size": 32, "n_layer": 2, "n_head": 4}),
    "falcon": ("falcon", {"model_type": "falcon", "architectures": ["FalconForCausalLM"], "vocab_size": 61, "hidden_size": 32, "num_hidden_layers": 2,
        "num_attention_heads": 4, "max_position_embeddings": 32, "ffn_hidden_size": 64, "multi_query": True, "parallel_attn": True,
        "new_decoder_architecture": False, "alibi": False, "bias": False, "tie_word_embeddings": False}),
    "falcon-40b": ("falcon", {"model_type": "falcon", "architectures": ["FalconForCausalLM"], "vocab_size": 61, "hidden_size": 32, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_kv_heads": 2, "max_position_embeddings": 32, "ffn_hidden_size": 64, "new_decoder_architecture": True, "alibi": False,
        "bias": False}),
    "starcoder": ("starcoder", {"model_type": "gpt_bigcode", "architectures": ["GPTBigCodeForCausalLM"], "vocab_size": 61, "n_positions": 32, "n_embd": 32,
        "n_layer": 2, "n_head": 4, "n_inner": 64, "multi_query": True, "activation_function": "gelu_pytorch_tanh"}),
    "phi": ("phi2", kin("phi", "Phi", partial_rotary_factor=0.5, layer_norm_eps=1e-5, hidden_act="gelu_new", num_key_value_heads=4)),
    "phi3": ("phi3", kin("phi3", "Phi3", sliding_window=5, original_max_position_embeddings=32, pad_token_id=0)),
    "phi3-longrope": ("phi3", kin("phi3", "Phi3", sliding_window=None, original_max_position_embeddings=8, pad_token_id=0, tie_word_embeddings=True,
        rope_scaling={"type": "longrope", "short_factor": [1.0, 1.2, 1.9, 2.2], "long_factor": [1.1, 2.5, 5.0, 9.0]})),
    "llama-fused": ("llama", kin("llama", "Llama", attention_bias=False)),
    "mixtral": ("llama", kin("mixtral", "Mixtral", num_local_experts=4, num_experts_per_tok=2)),
    "qwen2-moe": ("qwen2moe", kin("qwen2_moe", "Qwen2Moe", num_experts=5, num_experts_per_tok=2, moe_intermediate_size=32, shared_expert_intermediate_size=64,
        norm_topk_prob=False, decoder_sparse_step=1, mlp_only_layers=[])),
    "qwen3-moe": ("qwen3moe", kin("qwen3_moe", "Qwen3Moe", head_dim=16, num_experts=5, num_experts_per_tok=3, moe_intermediate_size=32, norm_topk_prob=True,
        decoder_sparse_step=1, mlp_only_layers=[])),
    "olmo": ("olmo", kin("olmo", "Olmo", clip_qkv=0.9, pad_token_id=0)),
    "olmo2": ("olmo2", kin("olmo2", "Olmo2", pad_token_id=0)),
    "olmo3": ("olmo2", kin("olmo3", "Olmo3", 4, pad_token_id=0, sliding_window=4, layer_types=3 * ["sliding_attention"] + ["full_attention"],
        rope_parameters={"full_attention": YARN, "sliding_attention": PLAIN})),
    "olmoe": ("olmoe", kin("olmoe", "Olmoe", num_experts=6, num_experts_per_tok=3, norm_topk_prob=False)),
    "granite": ("granite", kin("granite", "Granite", embedding_multiplier=3.0, residual_multiplier=0.4, attention_multiplier=0.2, logits_scaling=2.0)),
    "granite-moe": ("granitemoe", kin("granitemoe", "GraniteMoe", num_local_experts=5, num_experts_per_tok=2, embedding_multiplier=3.0, residual_multiplier=0.4,
        attention_multiplier=0.25, logits_scaling=2.0)),
    "granite-moe-shared": ("granitemoe", kin("granitemoeshared", "GraniteMoeShared", num_local_experts=4, num_experts_per_tok=2, shared_intermediate_size=32,
        embedding_multiplier=2.0, residual_multiplier=0.5, attention_multiplier=0.2, logits_scaling=1.5)),
    "smollm3": ("smollm3", kin("smollm3", "SmolLM3", 4, no_rope_layers=[1, 1, 1, 0], pad_token_id=0, tie_word_embeddings=True)),
    "stablelm": ("stablelm", kin("stablelm", "StableLm", use_qkv_bias=True, partial_rotary_factor=0.5, layer_norm_eps=1e-5)),
    "stablelm-12b": ("stablelm", kin("stablelm", "StableLm", qk_layernorm=True, use_parallel_residual=True, partial_rotary_factor=0.5, layer_norm_eps=1e-5)),
    "gemma": ("gemma", kin("gemma", "Gemma", head_dim=16, hidden_act="gelu_pytorch_tanh", pad_token_id=0, tie_word_embeddings=True)),
    "gemma2": ("gemma2", kin("gemma2", "Gemma2", head_dim=16, hidden_activation="gelu_pytorch_tanh", attn_logit_softcapping=2.5, final_logit_softcapping=5.0,
        query_pre_attn_scalar=16, sliding_window=4, pad_token_id=0, tie_word_embeddings=True)),
    "gemma3": ("gemma3", kin("gemma3_text", "Gemma3", 6, head_dim=16, hidden_activation="gelu_pytorch_tanh", query_pre_attn_scalar=16, sliding_window=4, pad_token_id=0,
        tie_word_embeddings=True, layer_types=5 * ["sliding_attention"] + ["full_attention"],
        rope_parameters={"full_attention": {"rope_theta": 5000.0, "rope_type": "linear", "factor": 4.0}, "sliding_attention": {"rope_theta": 10000.0, "rope_type": "default"}})),
    "cohere": ("command-r", kin("cohere", "Cohere", layer_norm_eps=1e-5, logit_scale=0.4, use_qk_norm=True, tie_word_embeddings=True, pad_token_id=0)),
    "cohere2": ("cohere2", kin("cohere2", "Cohere2", 4, head_dim=8, layer_norm_eps=1e-5, logit_scale=0.4, tie_word_embeddings=True, pad_token_id=0, sliding_window=4,
        layer_types=3 * ["sliding_attention"] + ["full_attention"])),
    "gpt-oss": ("gpt-oss", kin("gpt_oss", "GptOss", head_dim=16, intermediate_size=32, num_local_experts=4, num_experts_per_tok=2, sliding_window=4, swiglu_limit=7.0,
        swiglu_alpha=1.702, layer_types=["sliding_attention", "full_attention"], attention_bias=True, rope_parameters=YARN | {"truncate": False})),
}  # fmt: skip


# ---- tensors ----------------------------------------------------------------------------------------------------------


class Stored:
    """A tensor as the file holds it, rows along the axis in front of the last: all that is done to it moves rows."""

    def __init__(self, data, type):
        self.data, self.type = data, type

    def moved(self, how):
        return Stored(np.ascontiguousarray(how(self.data)), self.type)

    def decoded(self):
        if self.type == Type.F32:
            return self.data
        return dequantize(np.ascontiguousarray(self.data), self.type).astype(np.float32)


def store(values, type):
    values = np.ascontiguousarray(values, dtype=np.float32)
    if values.ndim == 1 or values.shape[-1] % 32:
        return Stored(values, Type.F32)
    if type in (Type.F32, Type.F16):
        return Stored(values.astype(np.float32 if type == Type.F32 else np.float16), type)
    return Stored(quantize(values, type), type)


def pairs(heads):
    """Row i of a head at 2i, row i + d/2 at 2i + 1."""
    return lambda rows: rows.reshape(heads, 2, len(rows) // heads // 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def by_kind(heads, keys, width):
    """Of each key head its queries, key and value; out: all queries, all keys, all values."""

    def move(rows):
        each = rows.reshape(keys, heads // keys + 2, width, *rows.shape[1:])
        kinds = (each[:, :-2], each[:, -2], each[:, -1])
        return np.concatenate([kind.reshape(-1, *rows.shape[1:]) for kind in kinds])

    return move


def converted(name, arch, config, tensors):
    """The tensors under the names and in the order of a GGUF file, and what Hugging Face is to compute with."""
    read = lambda *names, absent=None: next((config[n] for n in names if config.get(n) is not None), absent)
    heads = read("num_attention_heads", "n_head")
    keys = 1 if arch == "starcoder" or config.get("multi_query") and not config.get("new_decoder_architecture") else read("num_kv_heads", "num_key_value_heads", absent=heads)
    width = read("head_dim", absent=read("hidden_size", "n_embd") // heads)
    names = get_tensor_name_map(ARCHITECTURES[arch], read("num_hidden_layers", "n_layer"))
    types = iter(TYPES * 100)
    out, decoded, norms = {}, {}, {}

    def put(hf, stored, *moves):
        suffixes = (".weight", ".bias")
        whole = names.get_name(hf, try_suffixes=suffixes) or names.get_name(hf.removeprefix("transformer."), try_suffixes=suffixes)
        assert whole, hf
        whole += ".weight" if hf.endswith(".sinks") else ""
        for move in moves:
            stored = stored.moved(move)
        out[whole] = stored

    for hf, tensor in tensors.items():
        values = tensor.float().numpy()
        layer = hf.rsplit("layers.")[-1].split(".")[0]
        if "experts.gate_up_proj" in hf or "experts.down_proj" in hf:
            turned = arch == "gpt-oss" and not hf.endswith("_bias")
            type = Type.F32 if hf.endswith("_bias") else Type.MXFP4 if arch == "gpt-oss" else next(types)
            stored = store(values.swapaxes(1, 2) if turned else values, type)
            back = stored.decoded()
            decoded[hf] = back.swapaxes(1, 2) if turned else back
            suffix = ".bias" if hf.endswith("_bias") else ".weight"
            if "down_proj" in hf:
                out[f"blk.{layer}.ffn_down_exps{suffix}"] = stored
            else:
                n = stored.data.shape[1] // 2
                both = (lambda d: d[:, ::2], lambda d: d[:, 1::2]) if arch == "gpt-oss" else (lambda d: d[:, :n], lambda d: d[:, n:])
                for part, which in zip(("gate", "up"), both):
                    out[f"blk.{layer}.ffn_{part}_exps{suffix}"] = stored.moved(which)
            continue
        stored = store(values, next(types))
        decoded[hf] = stored.decoded()
        if "layernorm.norms." in hf:  # StableLM: one tensor for each head
            norms.setdefault((layer, hf.split("self_attn.")[1][0]), []).append((int(hf.split(".")[-2]), decoded[hf]))
        elif arch.startswith("gemma") and "norm" in hf:
            put(hf, Stored(stored.data + np.float32(1), Type.F32))
        elif hf.endswith("shared_mlp.input_linear.weight"):
            n = len(stored.data) // 2
            for part, rows in (("gate", slice(n)), ("up", slice(n, None))):
                out[f"blk.{layer}.ffn_{part}_shexp.weight"] = stored.moved(lambda d: d[rows])
        elif hf.endswith("block_sparse_moe.router.weight"):  # whose published name is another
            put(hf.replace("router", "router.layer"), stored)
        elif hf.endswith("shared_expert_gate.weight"):
            put(hf, Stored(decoded[hf].reshape(-1), Type.F32))
        elif arch in ("gptneox", "bloom", "falcon") and "query_key_value" in hf:
            put(hf, stored, by_kind(heads, keys, width))
        elif arch in ("llama", "olmo", "granite", "granitemoe", "smollm3") and (".q_proj" in hf or ".k_proj" in hf):
            put(hf, stored, pairs(heads if ".q_proj" in hf else keys))
        else:
            put(hf, stored)
    for (layer, kind), heads_of in norms.items():
        out[f"blk.{layer}.attn_{kind}_norm.weight"] = Stored(np.stack([gain for _, gain in sorted(heads_of, key=lambda g: g[0])]), Type.F32)
    if name == "llama-fused":  # as the converter does on request
        for layer in range(config["num_hidden_layers"]):
            parts = [out.pop(f"blk.{layer}.attn_{kind}.weight").decoded() for kind in "qkv"]
            out[f"blk.{layer}.attn_qkv.weight"] = Stored(np.concatenate(parts), Type.F32)
    return out, decoded, heads, keys, width


# ---- keys -------------------------------------------------------------------------------------------------------------


def write_keys(writer, arch, config, heads, keys, width):
    read = lambda *names, absent=None: next((config[n] for n in names if config.get(n) is not None), absent)
    d = read("hidden_size", "n_embd")
    writer.add_context_length(read("max_position_embeddings", "n_positions", absent=d))
    writer.add_embedding_length(d)
    writer.add_block_count(read("num_hidden_layers", "n_layer"))
    writer.add_feed_forward_length(read("ffn_hidden_size", "intermediate_size", "n_inner", absent=4 * d))
    writer.add_head_count(heads)
    if arch != "gptneox":
        writer.add_head_count_kv(keys)
    if "rms_norm_eps" in config and arch not in ("olmo", "phi2", "stablelm", "command-r", "cohere2"):
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    else:
        writer.add_layer_norm_eps(read("layer_norm_eps", "layer_norm_epsilon", absent=1e-5))
    writer.add_vocab_size(config["vocab_size"])
    if "head_dim" in config:
        writer.add_key_length(width)
        writer.add_value_length(width)
    if arch not in ("bloom", "starcoder"):
        writer.add_rope_dimension_count(int(width * read("rotary_pct", "partial_rotary_factor", absent=1)))
    by_type = config.get("rope_parameters", {})
    full = by_type.get("full_attention", by_type)
    if arch not in ("gptneox", "falcon", "bloom", "starcoder"):
        writer.add_rope_freq_base(full.get("rope_theta", config.get("rope_theta", 10000.0)))
    if full.get("rope_type") in ("linear", "yarn"):
        writer.add_rope_scaling_type(RopeScalingType(full["rope_type"]))
        writer.add_rope_scaling_factor(full["factor"])
    if full.get("rope_type") == "yarn":
        writer.add_rope_scaling_orig_ctx_len(full["original_max_position_embeddings"])
        writer.add_rope_scaling_yarn_beta_fast(full["beta_fast"])
        writer.add_rope_scaling_yarn_beta_slow(full["beta_slow"])
    if arch == "gptneox":
        writer.add_parallel_residual(config["use_parallel_residual"])
    if arch == "falcon":
        writer.add_tensor_data_layout("jploski")
    if arch == "phi3":
        writer.add_sliding_window(config["sliding_window"] or 0)
        scaling = config.get("rope_scaling")
        writer.add_rope_scaling_orig_ctx_len(config["original_max_position_embeddings"])
        if scaling:
            scale = config["max_position_embeddings"] / config["original_max_position_embeddings"]
            writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(scale) / math.log(config["original_max_position_embeddings"])))
            writer.add_tensor("rope_factors_long.weight", np.array(scaling["long_factor"], dtype=np.float32))
            writer.add_tensor("rope_factors_short.weight", np.array(scaling["short_factor"], dtype=np.float32))
    elif config.get("sliding_window"):
        writer.add_sliding_window(config["sliding_window"])
    if config["model_type"] == "olmo3":
        writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in config["layer_types"]])
    if arch == "olmo":
        writer.add_clamp_kqv(config["clip_qkv"])
    if arch == "stablelm":
        writer.add_parallel_residual(config.get("use_parallel_residual", True))
    if arch.startswith("granite"):
        writer.add_attention_scale(config["attention_multiplier"])
        writer.add_embedding_scale(config["embedding_multiplier"])
        writer.add_residual_scale(config["residual_multiplier"])
        writer.add_logit_scale(config["logits_scaling"])
    if arch in ("command-r", "cohere2"):
        writer.add_logit_scale(config["logit_scale"])
    if arch == "gemma2":
        writer.add_attn_logit_softcapping(config["attn_logit_softcapping"])
        writer.add_final_logit_softcapping(config["final_logit_softcapping"])
    count = read("num_experts", "num_local_experts")
    if count:
        writer.add_expert_count(count)
        writer.add_expert_used_count(config["num_experts_per_tok"])
        if arch == "gpt-oss":
            writer.add_expert_feed_forward_length(config["intermediate_size"])
        elif "moe_intermediate_size" in config:
            writer.add_expert_feed_forward_length(config["moe_intermediate_size"])
        shared = read("shared_expert_intermediate_size", "shared_intermediate_size")
        if shared:
            writer.add_expert_shared_feed_forward_length(shared)


# ---- files ------------------------------------------------------------------------------------------------------------


@torch.no_grad()
def write(name):
    arch, config = FAMILIES[name]
    directory = ROOT / name
    directory.mkdir(parents=True)
    tensors = goldens.random_tensors(Spec(name, "", config))
    out, decoded, heads, keys, width = converted(name, arch, config, tensors)
    writer = GGUFWriter(directory / "model.gguf", arch)
    writer.add_name(name)
    write_keys(writer, arch, config, heads, keys, width)
    for tensor, stored in out.items():
        writer.add_tensor(tensor, stored.data, raw_dtype=stored.type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    model = transformers.AutoModelForCausalLM.from_config(
        transformers.AutoConfig.for_model(**config), attn_implementation="sdpa" if arch == "falcon" else "eager", experts_implementation="eager", dtype=torch.float32
    )
    missing, unexpected = model.load_state_dict({hf: torch.from_numpy(np.ascontiguousarray(v)) for hf, v in decoded.items()}, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    model = model.double().eval()
    rng = np.random.default_rng(zlib.crc32(name.encode()) + 1)
    ids = rng.integers(0, config["vocab_size"], 12).tolist()
    logits = model(torch.tensor([ids]), use_cache=False).logits[0]
    assert torch.isfinite(logits).all() and logits.std() > 0.05, logits.std()
    made_by = f"Hugging Face transformers {transformers.__version__} in float64, with what the package gguf decodes"
    goldens.save(directory / "expected.safetensors", {"tokens": torch.tensor(ids), "logits": logits.float()}, {"made_by": made_by})


@torch.no_grad()
def write_mxfp4():
    """gpt-oss as it is published: blocks and scales in safetensors, of which Hugging Face's own unpacking makes the truth."""
    from transformers.integrations.mxfp4 import convert_moe_packed_tensors

    name = "gpt-oss-mxfp4"
    config = FAMILIES["gpt-oss"][1]
    directory = ROOT.parent / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    held, state = {}, {}
    for hf, tensor in goldens.random_tensors(Spec(name, "", config)).items():
        if hf.endswith(("experts.gate_up_proj", "experts.down_proj")):
            e, inputs, outputs = tensor.shape
            blocks = torch.from_numpy(rng.integers(0, 256, (e, outputs, inputs // 32, 16), dtype=np.uint8))
            scales = torch.from_numpy(rng.integers(122, 126, (e, outputs, inputs // 32), dtype=np.uint8))
            held[hf + "_blocks"], held[hf + "_scales"] = blocks, scales
            state[hf] = convert_moe_packed_tensors(blocks, scales, dtype=torch.float32)
            assert state[hf].shape == tensor.shape
        else:
            held[hf] = state[hf] = tensor
    method = {"quant_method": "mxfp4", "modules_to_not_convert": ["model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"]}
    goldens.save_json(directory / "config.json", config | {"quantization_config": method})
    goldens.save(directory / "model.safetensors", held, {"format": "pt"})
    model = transformers.AutoModelForCausalLM.from_config(
        transformers.AutoConfig.for_model(**config), attn_implementation="eager", experts_implementation="eager", dtype=torch.float32
    )
    assert not any(model.load_state_dict(state, strict=False))
    ids = rng.integers(0, config["vocab_size"], 12).tolist()
    logits = model.double().eval()(torch.tensor([ids]), use_cache=False).logits[0]
    assert torch.isfinite(logits).all() and logits.std() > 0.05
    made_by = f"Hugging Face transformers {transformers.__version__} in float64, blocks by its own unpacking"
    goldens.save(directory / "expected.safetensors", {"tokens": torch.tensor(ids), "logits": logits.float()}, {"made_by": made_by})


def main():
    write_mxfp4()
    shutil.rmtree(ROOT, ignore_errors=True)
    for name in FAMILIES:
        write(name)
        print(name, (ROOT / name / "model.gguf").stat().st_size // 1024, "KiB")


if __name__ == "__main__":
    main()
