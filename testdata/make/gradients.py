"""Golden gradients and relevance: what torch differentiates through Hugging Face's modules in float64.

    python gradients.py      writes ../goldens/gradients/<model>.safetensors for the models below (goldens.py makes them)

The number is logit(answer) - logit(distractor) at one position before the last, answer and distractor as in
routes.json. Relevance is the gradient of a forward pass with the same values whose derivatives are the rules: what a
rule holds constant is detached.
"""

import json
import sys

import goldens  # first: it settles how torch computes
import numpy as np
import torch
from goldens import ROOT, load, parts, save, trace

MODELS = [
    "gpt2-erf-gelu", "gpt2-inverse-layer-scale", "opt-biased", "llama-gqa-head-dim", "mistral-sliding-window",
    "qwen3-biased-windows", "starcoder2",
]
ALPHA = 0.2
MADE_BY = f"torch {torch.__version__} through Hugging Face transformers in float64"


def states(model, ids):
    """Runs with gradients: the tensors of every layer that something is read from, and the logits."""
    layers, _, _ = parts(model)
    seen, given, hooks = {}, {}, []

    def remember(module, arguments, result):
        seen[module] = arguments[0] if arguments else None
        given[module] = result[0] if isinstance(result, tuple) else result

    for layer in layers:
        hooks += [layer[part].register_forward_hook(remember) for part in ("block", "attn", "pre", "down")]
        hooks.append(second_norm(layer["block"]).register_forward_hook(remember))
    embedding = model.get_input_embeddings()
    hooks.append(embedding.register_forward_hook(remember))
    logits = model(torch.tensor([ids]), use_cache=False).logits[0]
    for hook in hooks:
        hook.remove()
    found = {"embedding": given[embedding]}
    for l, layer in enumerate(layers):
        found[f"layers.{l}.resid_pre"] = seen[layer["block"]] if l else given[embedding]
        found[f"layers.{l}.resid_mid"] = seen[second_norm(layer["block"])]
        found[f"layers.{l}.resid_post"] = given[layer["block"]]
        found[f"layers.{l}.neuron_pre"] = given[layer["pre"]]
        found[f"layers.{l}.neuron_post"] = seen[layer["down"]]
    return found, logits


def second_norm(block):
    return getattr(block, "ln_2", None) or getattr(block, "final_layer_norm", None) or block.post_attention_layernorm


def differentiate(model, ids, target, answer, distractor):
    found, logits = states(model, ids)
    value = logits[target, answer] - logits[target, distractor]
    gradients = torch.autograd.grad(value, list(found.values()))
    return {name: g.reshape(len(ids), -1).numpy() for name, g in zip(found, gradients)}, value.item()


def of_patterns(run, gradients):
    """The gradient of a term's weight: along the term itself, A[h, q, k] u[h, k]."""
    for l, at in enumerate(run["layers"]):
        product = np.einsum("qe,hke->hqk", gradients[f"layers.{l}.resid_mid"], at["u"])
        gradients[f"layers.{l}.pattern"] = np.tril(product)


# ---- relevance: the same values, other derivatives ------------------------------------------------------------------------


def as_constant(x, scale):
    return x * scale.detach()


def relevance_norm(module):
    def forward(x):
        centred = isinstance(module, torch.nn.LayerNorm)
        epsilon = module.eps if centred else module.variance_epsilon
        x = x - x.mean(-1, keepdim=True) if centred else x
        normed = as_constant(x, (x.pow(2).mean(-1, keepdim=True) + epsilon).rsqrt())
        normed = normed if module.weight is None else normed * module.weight
        return normed + module.bias if centred and module.bias is not None else normed

    return forward


def relevance_activation(f):
    def forward(x):
        x0 = x.detach().clone().requires_grad_()
        y = f(x0)
        (slope,) = torch.autograd.grad(y.sum(), x0)
        return as_constant(x, torch.where(x0 == 0, slope, y / x0))

    return forward


def relevance_gated(mlp):
    def forward(x):
        gate, up = mlp.act_fn(mlp.gate_proj(x)), mlp.up_proj(x)
        return mlp.down_proj(Halved.apply(gate, up))

    return forward


class Halved(torch.autograd.Function):
    """A product that hands half of its gradient to each factor."""

    @staticmethod
    def forward(context, a, b):
        context.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(context, gradient):
        a, b = context.saved_tensors
        return gradient * b / 2, gradient * a / 2


def relevance_attention(plain):
    """Values get 1 - alpha of what attention gave, patterns alpha."""

    def attend(module, query, key, value, *arguments, **options):
        frozen, _ = plain(module, query.detach(), key.detach(), value, *arguments, **options)
        by_pattern, weights = plain(module, query, key, value.detach(), *arguments, **options)
        return frozen * (1 - ALPHA) + by_pattern * ALPHA, weights

    return attend


def with_rules(model):
    """Puts the rules of relevance into a model."""
    for module in model.modules():
        if isinstance(module, torch.nn.LayerNorm) or type(module).__name__.endswith("RMSNorm"):
            module.forward = relevance_norm(module)
    layers, _, _ = parts(model)
    for layer in layers:
        holder = next(m for m in layer["block"].modules() if hasattr(m, "activation_fn") or hasattr(m, "act") or hasattr(m, "act_fn"))
        for m in layer["block"].modules():
            for name in ("act", "act_fn", "activation_fn"):
                if hasattr(m, name):
                    f = getattr(m, name)
                    delattr(m, name)
                    setattr(m, name, relevance_activation(f))
        if hasattr(holder, "gate_proj"):
            holder.forward = relevance_gated(holder)
        code = sys.modules[type(layer["attn"]).__module__]
        if not hasattr(code, "plain_attention"):
            code.plain_attention = code.eager_attention_forward
        code.eager_attention_forward = relevance_attention(code.plain_attention)
    return model


def without_rules(model):
    for layer in parts(model)[0]:
        code = sys.modules[type(layer["attn"]).__module__]
        code.eager_attention_forward = code.plain_attention


def relevance(directory, run, ids, target, answer, distractor, value):
    model = with_rules(load(directory))
    given, same = differentiate(model, ids, target, answer, distractor)
    without_rules(model)
    assert abs(same - value) < 1e-5 * max(1, abs(value)), f"the rules change the value: {same}, not {value}"
    of_patterns(run, given)
    with torch.no_grad():
        embedded = model.get_input_embeddings()(torch.tensor(ids)).numpy()
    scores = {"relevance.tokens": (given["embedding"] * embedded).sum(-1)}
    for l, at in enumerate(run["layers"]):
        scores[f"relevance.layers.{l}.attention"] = (at["pattern"] * given[f"layers.{l}.pattern"]).transpose(1, 2, 0)
        scores[f"relevance.layers.{l}.mlp_out"] = (at["mlp_out"] * given[f"layers.{l}.resid_post"]).sum(-1)
    return scores


def write(name):
    directory = ROOT / name
    ids = json.loads((directory / "reference.json").read_text())[0]["input_ids"]
    contrast = json.loads((directory / "routes.json").read_text())["contrast"]
    answer, distractor = contrast["answer"], contrast["distractor"]
    target = len(ids) - 2
    model = load(directory)
    run = trace(model, ids)
    gradients, value = differentiate(model, ids, target, answer, distractor)
    of_patterns(run, gradients)
    tensors = {f"gradient.{key}": tensor for key, tensor in gradients.items()}
    tensors |= relevance(directory, run, ids, target, answer, distractor, value)
    tensors["value"] = np.array([value])
    single = {key: torch.from_numpy(tensor.astype(np.float32)) for key, tensor in tensors.items()}
    single |= {key: torch.tensor(number) for key, number in dict(position=[target], answer=[answer], distractor=[distractor]).items()}
    save(ROOT / "gradients" / f"{name}.safetensors", single, {"made_by": MADE_BY, "alpha": str(ALPHA)})
    print(f"{name:26s} {value:+.5f}", flush=True)


def main():
    torch.use_deterministic_algorithms(True)
    (ROOT / "gradients").mkdir(exist_ok=True)
    for name in MODELS:
        write(name)


if __name__ == "__main__":
    main()
