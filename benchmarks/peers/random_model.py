"""Writes a model of a well-known shape with random weights.

    python random_model.py gpt2 FOLDER [--width 768] [--positions 1024]       GPT-2, 124 M parameters, F32
    python random_model.py llama-2-7b FOLDER                                 Llama-2-7B, BF16, 13.5 GB, with a tokenizer
    python random_model.py gemma-2-2b FOLDER                                 Gemma-2-2B, BF16, 5.2 GB
    python random_model.py pythia-1.4b FOLDER                                Pythia-1.4B, BF16, 2.8 GB
    python random_model.py mixtral-1b FOLDER                                 Mixtral made narrow: 8 experts, BF16, 2 GB
    python random_model.py mixtral-7-layers FOLDER                           the first 7 of Mixtral-8x7B's 32 layers, BF16, 20.8 GB
"""

import argparse
import json
import re
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

GPT2 = {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_layer": 12, "n_head": 12, "n_embd": 768,
        "n_positions": 1024, "vocab_size": 50257, "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new",
        "bos_token_id": 50256, "eos_token_id": 50256, "tie_word_embeddings": True}
LLAMA = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_hidden_layers": 32,
         "num_attention_heads": 32, "num_key_value_heads": 32, "hidden_size": 4096, "intermediate_size": 11008,
         "max_position_embeddings": 4096, "vocab_size": 32000, "rms_norm_eps": 1e-5, "hidden_act": "silu",
         "bos_token_id": 1, "eos_token_id": 2, "tie_word_embeddings": False, "torch_dtype": "bfloat16"}

# Of these the names and shapes of weights are those of Hugging Face's own modules.
FAMILIES = {
    "gemma-2-2b": {"architectures": ["Gemma2ForCausalLM"], "model_type": "gemma2", "num_hidden_layers": 26, "num_attention_heads": 8,
                   "num_key_value_heads": 4, "head_dim": 256, "hidden_size": 2304, "intermediate_size": 9216, "vocab_size": 256000,
                   "max_position_embeddings": 8192, "rms_norm_eps": 1e-6, "hidden_activation": "gelu_pytorch_tanh", "sliding_window": 4096,
                   "query_pre_attn_scalar": 256, "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0, "rope_theta": 10000.0,
                   "tie_word_embeddings": True, "bos_token_id": 2, "eos_token_id": 1, "pad_token_id": 0},
    "pythia-1.4b": {"architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "num_hidden_layers": 24, "num_attention_heads": 16,
                    "hidden_size": 2048, "intermediate_size": 8192, "vocab_size": 50304, "max_position_embeddings": 2048,
                    "layer_norm_eps": 1e-5, "hidden_act": "gelu", "rotary_pct": 0.25, "rotary_emb_base": 10000, "use_parallel_residual": True,
                    "tie_word_embeddings": False, "bos_token_id": 0, "eos_token_id": 0},
    "mixtral-1b": {"architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "num_hidden_layers": 10, "num_attention_heads": 8,
                   "num_key_value_heads": 2, "hidden_size": 1024, "intermediate_size": 3584, "vocab_size": 32000, "num_local_experts": 8,
                   "num_experts_per_tok": 2, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "rope_theta": 1000000.0,
                   "sliding_window": None, "hidden_act": "silu", "tie_word_embeddings": False, "bos_token_id": 1, "eos_token_id": 2},
}
FAMILIES["mixtral-7-layers"] = FAMILIES["mixtral-1b"] | {
    "num_hidden_layers": 7, "num_attention_heads": 32, "num_key_value_heads": 8, "hidden_size": 4096, "intermediate_size": 14336}


def family(config):
    """Yields the tensors of one layer after the other, and of what is in no layer first."""
    from transformers import AutoConfig, AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**config))
    shapes = {name: tuple(weight.shape) for name, weight in model.named_parameters()}
    layer = lambda name: re.search(r"\.layers\.(\d+)\.", name)
    yield {name: shape for name, shape in shapes.items() if not layer(name)}
    for l in range(config["num_hidden_layers"]):
        yield {name: shape for name, shape in shapes.items() if layer(name) and layer(name)[1] == str(l)}


def gpt2(d, positions):
    """Yields the shards' tensors: name, shape."""
    yield {"transformer.wte.weight": (50257, d), "transformer.wpe.weight": (positions, d),
           "transformer.ln_f.weight": (d,), "transformer.ln_f.bias": (d,)}
    for l in range(12):
        block = {"ln_1.weight": (d,), "ln_1.bias": (d,), "attn.c_attn.weight": (d, 3 * d), "attn.c_attn.bias": (3 * d,),
                 "attn.c_proj.weight": (d, d), "attn.c_proj.bias": (d,), "ln_2.weight": (d,), "ln_2.bias": (d,),
                 "mlp.c_fc.weight": (d, 4 * d), "mlp.c_fc.bias": (4 * d,), "mlp.c_proj.weight": (4 * d, d),
                 "mlp.c_proj.bias": (d,)}
        yield {f"transformer.h.{l}.{name}": shape for name, shape in block.items()}


def llama():
    d, f = 4096, 11008
    yield {"model.embed_tokens.weight": (32000, d), "lm_head.weight": (32000, d), "model.norm.weight": (d,)}
    for l in range(32):
        block = {f"self_attn.{p}_proj.weight": (d, d) for p in "qkvo"}
        block |= {"mlp.gate_proj.weight": (f, d), "mlp.up_proj.weight": (f, d), "mlp.down_proj.weight": (d, f),
                  "input_layernorm.weight": (d,), "post_attention_layernorm.weight": (d,)}
        yield {f"model.layers.{l}.{name}": shape for name, shape in block.items()}


def tensor(name, shape, dtype, generator):
    if len(shape) == 1:
        return torch.full(shape, 0.0 if name.endswith("bias") else 1.0, dtype=dtype)
    made = torch.empty(shape, dtype=dtype)
    for part in made if len(shape) == 3 else [made]:  # experts one by one: numbers are made in float32, of twice the size
        part.copy_(torch.randn(part.shape, generator=generator).mul_(0.02))
    return made


def write_tokenizer(config, folder):
    """One token for each byte; the other ids of the vocabulary have names and come of no text."""
    special = {config["bos_token_id"]: "<s>", config["eos_token_id"]: "</s>"}
    ids = [i for i in range(config["vocab_size"]) if i not in special]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    names = letters + [f"<{i}>" for i in ids[len(letters):]]
    vocabulary = dict(zip(names, ids)) | {name: i for i, name in special.items()}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(name) for name in special.values()])
    tokenizer.save(str(folder / "tokenizer.json"))
    flags = {"add_bos_token": True, "bos_token": special[config["bos_token_id"]]}
    (folder / "tokenizer_config.json").write_text(json.dumps(flags, indent=1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["gpt2", "llama-2-7b", *FAMILIES])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--width", type=int, default=768, help="of GPT-2's residual stream; its heads stay 64 wide")
    parser.add_argument("--positions", type=int, default=1024, help="that GPT-2 holds")
    asked = parser.parse_args()
    folder = asked.folder
    if asked.kind == "gpt2":
        config = GPT2 | {"n_embd": asked.width, "n_head": asked.width // 64, "n_positions": asked.positions}
        shards, dtype = list(gpt2(asked.width, asked.positions)), torch.float32
    elif asked.kind == "llama-2-7b":
        config, shards, dtype = LLAMA, list(llama()), torch.bfloat16
    else:
        config, dtype = FAMILIES[asked.kind], torch.bfloat16
        shards = list(family(config))
    folder.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(0)
    index, total = {}, 0
    for i, shard in enumerate(shards):
        file = f"model-{i + 1:05d}-of-{len(shards):05d}.safetensors"
        tensors = {name: tensor(name, shape, dtype, generator) for name, shape in shard.items()}
        save_file(tensors, folder / file, {"format": "pt"})
        index |= {name: file for name in tensors}
        total += sum(t.numel() * t.element_size() for t in tensors.values())
    weights = {"metadata": {"total_size": total}, "weight_map": index}
    (folder / "model.safetensors.index.json").write_text(json.dumps(weights, indent=1))
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    if config["vocab_size"] == 32000:
        write_tokenizer(config, folder)


if __name__ == "__main__":
    main()
