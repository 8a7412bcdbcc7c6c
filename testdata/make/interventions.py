"""Golden interventions: what Hugging Face's modules in float64 predict when hooks change them.

    python interventions.py      writes ../goldens/interventions/<model>.json for the models below (goldens.py makes them)

Each case changes one site, so that what it is changed from are the values of the unchanged run; everything after it is
computed by the modules themselves. The logits are those of the last position.
"""

import json

import goldens  # first: it settles how torch computes
import numpy as np
import torch
from goldens import ROOT, load, parts, save_json, trace
from gradients import MODELS

VECTOR = 0.5  # the components of a vector that is added


def run(model, ids, layer, where, change):
    """The last logits when one tensor of one layer is changed: in_block, attention, neurons or out_block."""
    at = parts(model)[0][layer]

    def of_arguments(module, arguments, options):
        if arguments:
            return (changed(arguments[0]), *arguments[1:]), options
        return arguments, options | {"hidden_states": changed(options["hidden_states"])}

    def of_result(module, arguments, result):
        return (changed(result[0]), *result[1:]) if isinstance(result, tuple) else changed(result)

    def changed(tensor):
        copy = tensor.clone()
        change(copy.reshape(len(ids), -1))
        return copy

    hook = {
        "in_block": lambda: at["block"].register_forward_pre_hook(of_arguments, with_kwargs=True),
        "neurons": lambda: at["down"].register_forward_pre_hook(of_arguments, with_kwargs=True),
        "attention": lambda: at["attn"].register_forward_hook(of_result),
        "out_block": lambda: at["block"].register_forward_hook(of_result),
    }[where]()
    with torch.no_grad():
        logits = model(torch.tensor([ids]), use_cache=False).logits[0, -1]
    hook.remove()
    return logits.numpy()


def term(run, layer, head, query, key):
    at = run["layers"][layer]
    return at["pattern"][head, query, key] * at["u"][head, key]


def dropped(run, layer, head, query, key):
    """What a head writes when one key is as if its score were minus infinity."""
    row = run["layers"][layer]["pattern"][head, query].copy()
    row[key] = 0
    return (row / row.sum() if row.sum() > 0 else row) @ run["layers"][layer]["u"][head]


def cases(model, ids, base, source):
    last, q = len(base["layers"]) - 1, len(ids) - 1
    l0, l1 = base["layers"][0], base["layers"][last]
    head = l0["pattern"].shape[0] - 1
    seen = lambda at, h: int(at["pattern"][h, q, :q].argmax())  # the key before q that matters most
    read = seen(l1, head)
    vector = [VECTOR * (-1) ** i for i in range(l0["resid_pre"].shape[1])]
    neuron = int(np.abs(l0["neuron_post"][q]).argmax())

    def add(where, layer, position, delta, **said):
        def change(rows):
            rows[position] += torch.from_numpy(np.asarray(delta))

        found = run(model, ids, layer, where, change)
        return said | {"layer": layer, "position": position, "logits": [round(float(x), 9) for x in found]}

    def halve(rows):
        rows[q, neuron] *= 0.5

    yield add("attention", 0, read, -l0["head_out"][head, read], site="head_out", head=head, do="zero")
    other = source["layers"][last]["head_out"][0, q] - l1["head_out"][0, q]
    yield add("attention", last, q, other, site="head_out", head=0, do="patch")
    yield add("attention", last, q, -term(base, last, head, q, read), site="attention", head=head, key=read, do="zero")
    key = int(l0["pattern"][head, q].argmax())
    gone = dropped(base, 0, head, q, key) - l0["head_out"][head, q]
    yield add("attention", 0, q, gone, site="attention", head=head, key=key, do="zero", renormalise=True)
    key = seen(l0, 0)
    other = term(source, 0, 0, q, key) - term(base, 0, 0, q, key)
    yield add("attention", 0, q, other, site="attention", head=0, key=key, do="patch")
    yield add("in_block", last, read, vector, site="resid_pre", do="add", vector=vector)
    yield add("attention", 0, q, vector, site="resid_mid", do="add", vector=vector)
    other = source["layers"][0]["resid_post"][read] - l0["resid_post"][read]
    yield add("out_block", 0, read, other, site="resid_post", do="patch")
    yield add("out_block", 0, q, -l0["mlp_out"][q], site="mlp_out", do="zero")
    yield add("attention", last, q, -l1["attn_out"][q], site="attn_out", do="zero")
    found = run(model, ids, 0, "neurons", halve)
    yield {"site": "neuron_post", "neuron": neuron, "do": "scale", "factor": 0.5, "layer": 0, "position": q,
           "logits": [round(float(x), 9) for x in found]}


def write(name):
    directory = ROOT / name
    ids = json.loads((directory / "reference.json").read_text())[0]["input_ids"]
    other = ids[::-1]
    model = load(directory)
    base, source = trace(model, ids), trace(model, other)
    found = list(cases(model, ids, base, source))
    moved = [float(np.abs(np.array(case["logits"]) - base["logits"][-1]).max()) for case in found]
    assert min(moved) > 1e-5, f"{name}: a change that changes nothing: {moved}"
    save_json(ROOT / "interventions" / f"{name}.json", {"tokens": ids, "source": other, "cases": found})
    print(f"{name:26s} moves the logits by {min(moved):.1e} to {max(moved):.1e}", flush=True)


def main():
    torch.use_deterministic_algorithms(True)
    (ROOT / "interventions").mkdir(exist_ok=True)
    for name in MODELS:
        write(name)


if __name__ == "__main__":
    main()
