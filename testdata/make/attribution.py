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
    """Per layer a dict of arrays named as in contributions files; and the ids of the cancelling nodes.

    A layer says what its states are sums of: `terms` [H, T, T, D] by t * pattern and u, `beta`, `residual`; then `mlp_part`
    with `mlp_bias` in it, `outer` (in no part, unless biases are apart) and `mlp_residual`. Side by side it is one sum.
    """
    layers, cancelling = [], []
    for l, at in enumerate(trace["layers"]):
        heads, n, _ = at["u"].shape
        parallel = at["parallel"]
        out = {name: np.zeros(n) for name in ("attention_residual", "attention_unexplained", "mlp")}
        out |= {} if parallel else {"mlp_residual": np.zeros(n), "mlp_unexplained": np.zeros(n)}
        out["attention"] = np.zeros((n, n, heads))
        if separate:
            out["attention_bias"], out["mlp_bias"] = np.zeros(n), np.zeros(n)
        for q in range(n):
            y = at["resid_post" if parallel else "resid_mid"][q]
            weights = at["t"][q] * at["pattern"][:, q, : q + 1, None]
            terms = (weights * at["u"][:, : q + 1]).reshape(heads * (q + 1), -1)
            mlp, bias = at["mlp_part"][q], at["mlp_bias"][q]
            of_mlp = ([mlp - bias, bias + at["outer"][q]] if separate else [mlp]) if parallel else []
            parts = np.vstack([at["residual"][q], terms] + of_mlp + ([at["beta"][q]] if separate else []))
            share, cancels = shares(y, parts)
            out["attention_residual"][q] = share[0]
            out["attention"][q, : q + 1] = share[1 : 1 + len(terms)].reshape(heads, q + 1).T
            if parallel:
                out["mlp"][q] = share[1 + len(terms)]
            if separate:
                out["attention_bias"][q] = share[-1]
                if parallel:
                    out["mlp_bias"][q] = share[2 + len(terms)]
            rest = y - at["residual"][q] - terms.sum(0) - at["beta"][q] - (mlp if parallel else 0)
            out["attention_unexplained"][q] = l1(rest) / l1(y)
            cancelling += [f"{'I' if parallel else 'A'}{l}_{q}"] if cancels else []
        for t in range(0 if parallel else n):
            y, mlp, mid, bias = at["resid_post"][t], at["mlp_part"][t], at["mlp_residual"][t], at["mlp_bias"][t]
            outer = at["outer"][t]
            share, cancels = shares(y, np.array([mid, mlp - bias, bias + outer] if separate else [mid, mlp]))
            out["mlp_residual"][t], out["mlp"][t] = share[:2]
            if separate:
                out["mlp_bias"][t] = share[2]
            out["mlp_unexplained"][t] = l1(y - mid - mlp - outer) / l1(y)
            cancelling += [f"I{l}_{t}"] if cancels else []
        if "experts" in at and not separate:
            columns = at["experts"].shape[1]  # [T, E, D], the shared one last
            out["experts"], out["experts_residual"] = np.zeros((n, columns)), np.zeros(n)
            for t in range(n):
                share, _ = shares(at["resid_post"][t], np.vstack([at["mlp_residual"][t], at["experts"][t]]))
                out["experts_residual"][t], out["experts"][t] = share[0], share[1:]
        layers.append(out)
    return layers, cancelling


# ---- routes ---------------------------------------------------------------------------------------------------------


def renormalised(layer, tau):
    """Drop parts <= tau, divide the others by their sum, position by position."""
    attention = np.where(layer["attention"] > tau, layer["attention"], 0.0)
    residual = np.where(layer["attention_residual"] > tau, layer["attention_residual"], 0.0)
    mlp = np.where(layer["mlp"] > tau, layer["mlp"], 0.0)
    if "mlp_residual" not in layer:  # attention and MLP side by side: one sum
        one = residual + attention.sum((1, 2)) + mlp
        one[one == 0] = 1.0
        heads = attention / one[:, None, None]
        return {"heads": heads, "attention": heads.sum(2), "residual": residual / one, "mlp": mlp / one}
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
    weights = {
        "attention": np.where(kept, summed, 0.0),
        "residual": np.where(own, residual, 0.0),
        "mlp": np.where(layer["mlp"] > tau, layer["mlp"], 0.0),
    }
    if "mlp_residual" in layer:
        weights["mid"] = np.where(layer["mlp_residual"] > tau, layer["mlp_residual"], 0.0)
    return weights


def down(weights, amount):
    """Carry an amount [T] at the AFTER_MLP nodes of one layer to the states below; also what its A nodes held: none where
    attention and MLP stand side by side, and the MLP hands its amount to the state that attention reads."""
    if "mid" not in weights:
        return np.zeros(len(amount)), amount * (weights["residual"] + weights["mlp"]) + amount @ weights["attention"]
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
        parallel = "mid" not in w
        for t in np.flatnonzero(above):
            nodes[f"I{l}_{t}"] = (l, 2, int(t), above[t])
            if parallel:
                if w["residual"][t] + w["attention"][t].sum() + w["mlp"][t] == 0:
                    stopped.append(f"I{l}_{t}")
                    stopped_flow += above[t]
                add_attention(edges, w, l, int(t), 2, f"I{l}_{t}")
                if w["mlp"][t] > 0:
                    nodes[f"M{l}_{t}"] = (l, 1, int(t), above[t] * w["mlp"][t])
                    edges.append((l, 1, int(t), int(t), "mlp_in", below(l, t), f"M{l}_{t}", w["mlp"][t], None))
                    edges.append((l, 2, int(t), n + int(t), "mlp_out", f"M{l}_{t}", f"I{l}_{t}", w["mlp"][t], None))
                continue
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
            add_attention(edges, w, l, int(q), 0, f"A{l}_{q}")
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


def add_attention(edges, w, l, q, order, to):
    """The residual edge and those of attention into a state."""
    if w["residual"][q] > 0:
        edges.append((l, order, q, q, "residual", below(l, q), to, w["residual"][q], None))
    for k in np.flatnonzero(w["attention"][q]):
        heads = None
        if "heads" in w:
            heads = [[int(h), w["heads"][q, k, h]] for h in np.flatnonzero(w["heads"][q, k])]
        edges.append((l, order, q, int(k), "attention", below(l, k), to, w["attention"][q, k], heads))


def below(l, t):
    return f"X0_{t}" if l == 0 else f"I{l - 1}_{t}"


def nearest_to_threshold(layers, tau):
    """How close any tested quantity comes to tau: too close, and float32 could rightly decide otherwise."""
    tested = []
    for layer in layers:
        summed = layer["attention"].sum(2)
        tested += [layer[name] for name in ("attention", "attention_residual", "mlp", "mlp_residual") if name in layer]
        tested += [summed, np.diag(summed) + layer["attention_residual"]]
    return min(np.abs(values - tau).min() for values in tested)


# ---- contrast: the signed amounts behind one logit difference -----------------------------------------------------------


def contrast(trace, layers, a, b, target):
    """Direct attribution of logit(a) - logit(b), before any cap, and the same amounts carried down to the tokens."""
    final = trace["final"]
    w = final["scale"] * (final["unembed"][a] - final["unembed"][b])
    bias = w @ final["norm"]["bias"] + final["head_bias"][a] - final["head_bias"][b]
    w = through(final["norm"], trace["layers"][-1]["resid_post"][target], w)
    n = target + 1
    heads, mlps = [], []
    arriving = {sign: np.zeros(len(trace["tokens"])) for sign in (1, -1)}  # positive and negative amounts travel apart
    for l in reversed(range(len(layers))):
        at, weights = trace["layers"][l], renormalised(layers[l], 0.0)
        mlp = w @ (at["mlp_part"][target] - at["mlp_bias"][target])
        bias += w @ (at["mlp_bias"][target] + at["outer"][target])
        mid = through(at["sum_norm"], at["mlp_sum"][target], w) if "sum_norm" in at else w
        g = at["t"][target] * at["pattern"][:, target, :n] * (at["u"][:, :n] @ mid)  # [H, keys]
        bias += mid @ at["beta"][target]
        w = through(at["first_norm"], at["attention_sum"][target], mid) if "sum_norm" in at else w
        mlps.insert(0, mlp)
        heads.insert(0, g.sum(1))
        for sign in arriving:
            if at["parallel"]:
                _, carried = down(weights, arriving[sign])
                carried[target] += max(0.0, sign * mlp)
                arriving[sign] = carried
            else:
                after_attention, _ = down(weights, arriving[sign])
                after_attention[target] += max(0.0, sign * mlp)
                arriving[sign] = after_attention * weights["residual"] + after_attention @ weights["attention"]
            arriving[sign][:n] += np.maximum(0.0, sign * g).sum(0)
    embedding = w @ trace["layers"][0]["resid_pre"][target]
    for sign in arriving:
        arriving[sign][target] += max(0.0, sign * embedding)
    pieces = {"embedding": embedding, "heads": np.array(heads), "mlp": np.array(mlps), "bias": bias}
    return {"answer": int(a), "distractor": int(b)} | pieces | {"towards": arriving[1], "away": arriving[-1]}


def scale(norm, x):
    """What a norm multiplies x [.., D] with, beside its gain; 1 where there is none."""
    if norm["kind"] == "none":
        return np.ones(x.shape[:-1])
    centred = x - x.mean(-1, keepdims=True) if norm["kind"] == "layer" else x
    return 1 / np.sqrt((centred**2).mean(-1) + norm["eps"])


def linear(norm, x):
    """The linear map of a norm: x, centred for a LayerNorm, times the gain."""
    if norm["kind"] == "none":
        return x
    return (x - x.mean(-1, keepdims=True) if norm["kind"] == "layer" else x) * norm["gain"]


def through(norm, x, w):
    """A direction w behind a norm, seen from in front of it at x: s(x) lin^T w."""
    if norm["kind"] == "none":
        return w
    w = w * norm["gain"]
    return scale(norm, x) * (w - w.mean() if norm["kind"] == "layer" else w)
