"""Contributions, routes and contrast flow in plain float64, written down from the definitions and not from any other code.

Nothing is clever here: every part is built and measured, so that a reader can check it line by line.
"""

import numpy as np

TAU = 0.04
CANCELLING = 1e-6  # a node whose positive proximities sum to less than this share of ||y||_1 has no parts that built it


def l1(x):
    return np.abs(x).sum(-1)


def shares(y, parts, floor=0.0):
    """Contribution of each row of parts to y, and whether the node is cancelling (then all are 0)."""
    proximity = l1(y) - l1(y - parts)
    if proximity[proximity > 0].sum() <= CANCELLING * l1(y):
        return np.zeros(len(parts)), True
    clipped = np.maximum(proximity, floor)
    return clipped / clipped.sum(), False


def contributions(trace, separate):
    """Per layer a dict of arrays named as in contributions files; and the ids of the cancelling nodes."""
    layers, cancelling = [], []
    for l, at in enumerate(trace["layers"]):
        heads, n, _ = at["u"].shape
        out = {name: np.zeros(n) for name in ("attention_residual", "attention_unexplained", "mlp", "mlp_residual", "mlp_unexplained")}
        out["attention"] = np.zeros((n, n, heads))
        if separate:
            out["attention_bias"], out["mlp_bias"] = np.zeros(n), np.zeros(n)
        for q in range(n):
            y = at["resid_mid"][q]
            terms = (at["pattern"][:, q, : q + 1, None] * at["u"][:, : q + 1]).reshape(heads * (q + 1), -1)
            parts = np.vstack([at["resid_pre"][q], terms] + ([at["beta"]] if separate else []))
            share, cancels = shares(y, parts)
            out["attention_residual"][q] = share[0]
            out["attention"][q, : q + 1] = share[1 : 1 + len(terms)].reshape(heads, q + 1).T
            if separate:
                out["attention_bias"][q] = share[-1]
            out["attention_unexplained"][q] = l1(y - at["resid_pre"][q] - terms.sum(0) - at["beta"]) / l1(y)
            cancelling += [f"A{l}_{q}"] if cancels else []
        for t in range(n):
            y, mlp, mid, bias = at["resid_post"][t], at["mlp_out"][t], at["resid_mid"][t], at["b_out"]
            share, cancels = shares(y, np.array([mid, mlp - bias, bias] if separate else [mid, mlp]))
            out["mlp_residual"][t], out["mlp"][t] = share[:2]
            if separate:
                out["mlp_bias"][t] = share[2]
            out["mlp_unexplained"][t] = l1(y - mid - mlp) / l1(y)
            cancelling += [f"I{l}_{t}"] if cancels else []
        layers.append(out)
    return layers, cancelling


# ---- routes ---------------------------------------------------------------------------------------------------------


def renormalised(layer, tau):
    """Drop parts <= tau, divide the others by their sum, position by position."""
    attention = np.where(layer["attention"] > tau, layer["attention"], 0.0)
    residual = np.where(layer["attention_residual"] > tau, layer["attention_residual"], 0.0)
    mlp = np.where(layer["mlp"] > tau, layer["mlp"], 0.0)
    mid = np.where(layer["mlp_residual"] > tau, layer["mlp_residual"], 0.0)
    a_sum, m_sum = residual + attention.sum((1, 2)), mlp + mid
    a_sum[a_sum == 0] = m_sum[m_sum == 0] = 1.0  # nothing survives: the node is stopped, its edges stay 0
    heads = attention / a_sum[:, None, None]
    return {"heads": heads, "attention": heads.sum(2), "residual": residual / a_sum, "mlp": mlp / m_sum, "mid": mid / m_sum}


def raw(layer, tau):
    """Sum the heads, drop connections <= tau; the residual and the self-attention edge stand or fall together."""
    summed, residual = layer["attention"].sum(2), layer["attention_residual"]
    own = np.diag(summed) + residual > tau
    kept = np.where(np.eye(len(own), dtype=bool), own[:, None], summed > tau)
    return {
        "attention": np.where(kept, summed, 0.0),
        "residual": np.where(own, residual, 0.0),
        "mlp": np.where(layer["mlp"] > tau, layer["mlp"], 0.0),
        "mid": np.where(layer["mlp_residual"] > tau, layer["mlp_residual"], 0.0),
    }


def down(weights, amount):
    """Carry an amount [T] at the AFTER_MLP nodes of one layer to the states below; also what its A nodes held."""
    after_attention = amount * (weights["mlp"] + weights["mid"])
    return after_attention, after_attention * weights["residual"] + after_attention @ weights["attention"]


def route(layers, mode, tau, target):
    """Nodes and edges that reach AFTER_MLP(last layer, target), each node's flow, and where flow ended."""
    weights = [mode(layer, tau) for layer in layers]
    n = len(weights[0]["residual"])
    flow = np.zeros(n)
    flow[target] = 1.0
    nodes, edges, stopped, stopped_flow = {}, [], [], 0.0
    for l in reversed(range(len(weights))):
        w = weights[l]
        above = flow
        after_attention, flow = down(w, above)
        for t in np.flatnonzero(above):
            nodes[f"I{l}_{t}"] = (l, 2, int(t), above[t])
            if w["mlp"][t] + w["mid"][t] == 0:
                stopped.append(f"I{l}_{t}")
                stopped_flow += above[t]
            if w["mid"][t] > 0:
                edges.append((l, 2, int(t), int(t), "residual", f"A{l}_{t}", f"I{l}_{t}", w["mid"][t], None))
            if w["mlp"][t] > 0:
                nodes[f"M{l}_{t}"] = (l, 1, int(t), above[t] * w["mlp"][t])
                edges.append((l, 1, int(t), int(t), "mlp_in", f"A{l}_{t}", f"M{l}_{t}", w["mlp"][t], None))
                edges.append((l, 2, int(t), int(t), "mlp_out", f"M{l}_{t}", f"I{l}_{t}", w["mlp"][t], None))
        for q in np.flatnonzero(after_attention):
            nodes[f"A{l}_{q}"] = (l, 0, int(q), after_attention[q])
            if w["residual"][q] + w["attention"][q].sum() == 0:
                stopped.append(f"A{l}_{q}")
                stopped_flow += after_attention[q]
            if w["residual"][q] > 0:
                edges.append((l, 0, int(q), int(q), "residual", below(l, q), f"A{l}_{q}", w["residual"][q], None))
            for k in np.flatnonzero(w["attention"][q]):
                heads = None
                if "heads" in w:
                    heads = [[int(h), w["heads"][q, k, h]] for h in np.flatnonzero(w["heads"][q, k])]
                edges.append((l, 0, int(q), int(k), "attention", below(l, k), f"A{l}_{q}", w["attention"][q, k], heads))
    for t in np.flatnonzero(flow):
        nodes[f"X0_{t}"] = (-1, 0, int(t), flow[t])
    result = {"source_flow": flow, "lost": 1.0 - flow.sum()}
    if mode is renormalised:
        result |= {"stopped": sorted(stopped), "stopped_flow": stopped_flow}
    result["nodes"] = {name: node[3] for name, node in sorted(nodes.items(), key=lambda item: item[1][:3])}
    result["edges"] = []
    for *_, kind, source, to, weight, heads in sorted(edges, key=lambda edge: edge[:5]):
        result["edges"].append([source, to, kind, weight] + ([heads] if heads else []))
    return result


def below(l, t):
    return f"X0_{t}" if l == 0 else f"I{l - 1}_{t}"


def nearest_to_threshold(layers, tau):
    """How close any tested quantity comes to tau: too close, and float32 could rightly decide otherwise."""
    tested = []
    for layer in layers:
        summed = layer["attention"].sum(2)
        tested += [layer["attention"], layer["attention_residual"], layer["mlp"], layer["mlp_residual"]]
        tested += [summed, np.diag(summed) + layer["attention_residual"]]
    return min(np.abs(values - tau).min() for values in tested)


# ---- contrast: the signed amounts behind one logit difference -----------------------------------------------------------


def contrast(trace, layers, a, b, target):
    """Direct attribution of logit(a) - logit(b), and the same amounts carried down to the tokens."""
    final = trace["final"]
    w = (final["unembed"][a] - final["unembed"][b]) * final["gain"]
    last = trace["layers"][-1]["resid_post"][target]
    if final["centred"]:
        w = w - w.mean()
        scale = 1 / np.sqrt(last.var() + final["eps"])
    else:
        scale = 1 / np.sqrt((last**2).mean() + final["eps"])
    w = w * scale
    n = target + 1
    bias = (final["unembed"][a] - final["unembed"][b]) @ final["bias"]
    heads, mlps = [], []
    arriving = {sign: np.zeros(len(trace["tokens"])) for sign in (1, -1)}  # positive and negative amounts travel apart
    for l in reversed(range(len(layers))):
        at, weights = trace["layers"][l], renormalised(layers[l], 0.0)
        mlp = w @ (at["mlp_out"][target] - at["b_out"])
        g = at["pattern"][:, target, :n] * (at["u"][:, :n] @ w)  # [H, keys]
        bias += w @ (at["beta"] + at["b_out"])
        mlps.insert(0, mlp)
        heads.insert(0, g.sum(1))
        for sign in arriving:
            after_attention, _ = down(weights, arriving[sign])
            after_attention[target] += max(0.0, sign * mlp)
            arriving[sign] = after_attention * weights["residual"] + after_attention @ weights["attention"]
            arriving[sign][:n] += np.maximum(0.0, sign * g).sum(0)
    embedding = w @ trace["layers"][0]["resid_pre"][target]
    for sign in arriving:
        arriving[sign][target] += max(0.0, sign * embedding)
    pieces = {"embedding": embedding, "heads": np.array(heads), "mlp": np.array(mlps), "bias": bias}
    return {"answer": int(a), "distractor": int(b)} | pieces | {"towards": arriving[1], "away": arriving[-1]}
