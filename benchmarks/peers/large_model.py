"""Compares what Limpid predicts with a Llama that may be larger than the memory, one layer at a time.

    limpid explain --model FOLDER TEXT --json > explained.json
    python large_model.py FOLDER explained.json

Runs Hugging Face's own layers in float32 and prints the largest difference of the logits that Limpid printed.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaDecoderLayer, LlamaRMSNorm, LlamaRotaryEmbedding

folder, explained = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
config = LlamaConfig.from_pretrained(folder, attn_implementation="eager")
files = json.loads((folder / "model.safetensors.index.json").read_text())["weight_map"]


def weight(name):
    with safe_open(folder / files[name], "pt") as file:
        return file.get_tensor(name).float()


def block(index):
    with torch.device("meta"):
        layer = LlamaDecoderLayer(config, index)
    prefix = f"model.layers.{index}."
    state = {name[len(prefix):]: weight(name) for name in files if name.startswith(prefix)}
    layer.load_state_dict(state, strict=True, assign=True)
    return layer.eval()


with torch.no_grad():
    ids = torch.tensor([[token["id"] for token in explained["tokens"]]])
    count = ids.shape[1]
    states = weight("model.embed_tokens.weight")[ids]
    angles = LlamaRotaryEmbedding(config)(states, torch.arange(count)[None])
    mask = torch.full((count, count), torch.finfo(torch.float32).min).triu(1)[None, None]
    for index in range(config.num_hidden_layers):
        out = block(index)(states, attention_mask=mask, position_embeddings=angles)
        states = out[0] if isinstance(out, tuple) else out
    norm = LlamaRMSNorm(config.hidden_size, config.rms_norm_eps)
    norm.weight.data = weight("model.norm.weight")
    logits = (norm(states) @ weight("lm_head.weight").T)[0, explained["position"]]

ours = {p["id"]: p["logit"] for p in explained["predictions"]}
worst = max(abs(logits[i].item() - logit) for i, logit in ours.items())
print(json.dumps({
    "top": logits.topk(len(ours)).indices.tolist(),
    "top_limpid": list(ours),
    "difference": worst,
    "largest": logits.abs().max().item(),
}))
