"""Writes a GGUF file of Llama-3-8B's shape with random blocks, as its Q4_K_M files are mixed: 4.9 GB, a tensor at a time.

    python random_gguf.py FILE [--layers 32]

Needs the package gguf. There is no tokenizer in the file: ask with --tokens.
"""

import argparse

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFWriter

D, F, HEADS, KEYS, V = 4096, 14336, 32, 8, 128256
WIDTH = D // HEADS


def half(values):
    return np.asarray(values, dtype=np.float16).view(np.uint8)


def blocks(type, rows, columns, rng):
    """Bytes at random, under scales that make the elements about 0.02 large, as a trained model's are."""
    n = rows * columns // 256
    noise = lambda count: np.frombuffer(rng.bytes(n * count), dtype=np.uint8).reshape(n, count)
    spread = rng.uniform(0.5, 1.5, (n, 1))
    if type == Type.Q4_K:  # d, dmin, scales, quants; the minimum takes off the mean
        parts = [half(spread * 0.02 / 260), half(7.5 * spread * 0.02 / 260), noise(12), noise(128)]
    else:  # Q6_K: low bits, high bits, scales, d
        parts = [noise(128), noise(64), noise(16), half(spread * 0.02 / 1370)]
    return np.concatenate(parts, axis=1).reshape(rows, -1)


def tensors(layers):
    """Yields name, shape and type; of a half of the layers two matrices are in Q6_K, as llama.cpp has it."""
    yield "token_embd", (V, D), Type.Q4_K
    for l in range(layers):
        better = Type.Q6_K if l < layers // 8 or l >= 7 * layers // 8 or (l - layers // 8) % 3 == 2 else Type.Q4_K
        for name, shape, type in (
            ("attn_norm", (D,), Type.F32), ("attn_q", (D, D), Type.Q4_K), ("attn_k", (KEYS * WIDTH, D), Type.Q4_K), ("attn_v", (KEYS * WIDTH, D), better),
            ("attn_output", (D, D), Type.Q4_K), ("ffn_norm", (D,), Type.F32), ("ffn_gate", (F, D), Type.Q4_K), ("ffn_up", (F, D), Type.Q4_K),
            ("ffn_down", (D, F), better),
        ):  # fmt: skip
            yield f"blk.{l}.{name}", shape, type
    yield "output_norm", (D,), Type.F32
    yield "output", (V, D), Type.Q6_K


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--layers", type=int, default=32)
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    writer = GGUFWriter(asked.file, "llama")
    writer.add_context_length(8192)
    writer.add_embedding_length(D)
    writer.add_block_count(asked.layers)
    writer.add_feed_forward_length(F)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEYS)
    writer.add_rope_dimension_count(WIDTH)
    writer.add_rope_freq_base(500000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(V)
    bytes_of = {Type.Q4_K: 144 / 256, Type.Q6_K: 210 / 256, Type.F32: 4}
    for name, shape, type in tensors(asked.layers):
        size = int(np.prod(shape) * bytes_of[type])
        stored = shape if type == Type.F32 else (*shape[:-1], int(shape[-1] * bytes_of[type]))
        dtype = np.dtype(np.float32 if type == Type.F32 else np.uint8)
        writer.add_tensor_info(name + ".weight", stored, dtype, size, raw_dtype=type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for _, shape, type in tensors(asked.layers):
        writer.write_tensor_data(np.ones(shape, dtype=np.float32) if type == Type.F32 else blocks(type, *shape, rng))
    writer.close()


if __name__ == "__main__":
    main()
