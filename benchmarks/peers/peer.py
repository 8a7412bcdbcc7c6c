"""One peer of the comparison, as a process that is asked for one timing after the other.

    python peer.py MODEL_FOLDER NAME

Reads requests from stdin, one JSON document a line, {"task": "forward", "tokens": [...]}, and answers
each with {"seconds": ...}, of some tasks with the "values" they found, or {"error": ...}. So that both sides of a row
run alternately in one window of time, the process stays, with everything loaded and warm; it rests between requests,
and its threads do not spin.
"""

import json
import os
import subprocess
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch

# Of HuggingFace and Formula: cuda, where a card is measured.
DEVICE = os.environ.get("LIMPID_TORCH_DEVICE", "cpu")
BATCH = 48  # runs of a sweep at once: with 16 tokens each, the fastest of 16, 48 and 144


class HuggingFace:
    """The plain forward pass, with all states and attentions kept, and generation."""

    def __init__(self, folder, dtype=torch.float32):
        from transformers import AutoModelForCausalLM

        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager")
        self.model.eval().to(DEVICE)

    def forward(self, tokens):
        self.model(torch.tensor([tokens], device=DEVICE), output_hidden_states=True, output_attentions=True, use_cache=False)

    def plain(self, tokens):
        self.model(torch.tensor([tokens], device=DEVICE), use_cache=False)

    def generate(self, tokens, steps):
        ids = torch.tensor([tokens], device=DEVICE)
        self.model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=steps, min_new_tokens=steps,
            do_sample=False, use_cache=True, pad_token_id=0)


class HalfHuggingFace(HuggingFace):
    """The same with bf16 weights."""

    def __init__(self, folder):
        super().__init__(folder, torch.bfloat16)


class OpenVino:
    """OpenVINO on the same weights, arithmetic in f32: logits of every position, no states."""

    def __init__(self, folder):
        import openvino
        from transformers import AutoModelForCausalLM

        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        model.eval()

        class Logits(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.model = model

            def forward(self, ids):
                # With a mask of its own, as OpenVINO has no form of what makes one.
                t = ids.shape[1]
                mask = torch.full((t, t), float("-inf")).triu(1)[None, None]
                positions = torch.arange(t)[None]
                return self.model(input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=False).logits

        ids = torch.tensor([list(range(1, 17))])
        converted = openvino.convert_model(Logits(), example_input=ids, input=[openvino.PartialShape([1, -1])])
        self.compiled = openvino.Core().compile_model(converted, "CPU", {
            "INFERENCE_NUM_THREADS": torch.get_num_threads(), "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY"})
        for t in (3, 16):
            ids = torch.tensor([list(range(1, 1 + t))])
            found = torch.from_numpy(self.compiled(ids.numpy())[0])
            assert torch.allclose(found, model(ids, use_cache=False).logits, atol=1e-2), "another model than Hugging Face's"

    def plain(self, tokens):
        self.compiled(torch.tensor([tokens]).numpy())


class LlamaF32:
    """llama.cpp by its own benchmark, which computes the logits of the last position alone.

    LLAMA_BENCH names llama-bench, LLAMA_MODELS the folder with the model as f32.gguf and f16.gguf. Every timing is a
    process that loads the model, runs once to be warm, and then tells what the next run took.
    """

    weights = "f32"

    def __init__(self, folder):
        self.command = [os.environ["LLAMA_BENCH"], "-m", f"{os.environ['LLAMA_MODELS']}/{self.weights}.gguf",
                        "-t", str(torch.get_num_threads()), "-r", "1", "-o", "json"]

    def plain(self, tokens):
        return self.timed("-p", len(tokens), "-n", 0)

    def generate(self, tokens, steps):
        """Behind the prompt, whose own pass does not count."""
        return self.timed("-p", 0, "-n", steps, "-d", len(tokens))

    def timed(self, *arguments):
        done = subprocess.run([*self.command, *map(str, arguments)], capture_output=True, text=True, check=True)
        return {"seconds": json.loads(done.stdout)[0]["samples_ns"][0] / 1e9}


class LlamaF16(LlamaF32):
    """The same with weights in f16."""

    weights = "f16"


class Batches:
    """The forward pass over many prompts, in padded batches; attention as Hugging Face chooses it."""

    def __init__(self, folder):
        from transformers import AutoModelForCausalLM

        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        self.model.eval()

    def forward(self, tokens, prompts, size, last):
        """Padded on the left, so that the last position of every row is the last of its prompt."""
        for at in range(0, len(prompts), size):
            batch = prompts[at:at + size]
            longest = max(map(len, batch))
            ids = torch.tensor([[0] * (longest - len(p)) + p for p in batch])
            mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in batch])
            positions = (mask.cumsum(1) - 1).clamp(min=0)
            self.model(ids, attention_mask=mask, position_ids=positions, use_cache=False, logits_to_keep=1 if last else 0)


class Autograd(HuggingFace):
    """A forward pass and the gradient of one logit difference in the embeddings; no weight asks for one."""

    def __init__(self, folder):
        super().__init__(folder)
        self.model.requires_grad_(False)

    def gradient(self, tokens):
        with torch.enable_grad():
            embedded = self.model.get_input_embeddings()(torch.tensor([tokens])).detach().requires_grad_()
            logits = self.model(inputs_embeds=embedded, use_cache=False, logits_to_keep=1).logits[0, -1]
            (logits[3] - logits[5]).backward()


class Bridge:
    """TransformerLens 4: the bridge over the Hugging Face model."""

    def __init__(self, folder):
        from transformer_lens.model_bridge import TransformerBridge

        self.model = TransformerBridge.boot_transformers(folder, device="cpu")

    def forward(self, tokens):
        self.model.run_with_cache(torch.tensor([tokens]))

    def patch_heads(self, tokens, source, answer, distractor):
        """What every head at every position of another prompt makes of this one: [layer, head, position], flat.

        BATCH runs go through the model at once, each row patched by the hook at its own head and position, and logits
        are read of the last position alone.
        """
        _, cache = self.model.run_with_cache(torch.tensor([source]))
        config, rows = self.model.cfg, torch.tensor([tokens] * BATCH)
        values = []
        for layer in range(config.n_layers):
            name = f"blocks.{layer}.attn.hook_z"
            places = [(head, t) for head in range(config.n_heads) for t in range(len(tokens))]
            for at in range(0, len(places), BATCH):
                heads, positions = torch.tensor(places[at:at + BATCH]).T

                def patch(z, hook):
                    z[torch.arange(len(heads)), positions, heads] = cache[name][0, positions, heads]
                    return z

                logits = self.model.run_with_hooks(rows[:len(heads)], fwd_hooks=[(name, patch)], logits_to_keep=1)
                values += (logits[:, -1, answer] - logits[:, -1, distractor]).tolist()
        return values


class Hooked:
    """TransformerLens 2.18 as LM-TT runs it: nothing folded, results of every head."""

    def __init__(self, folder):
        from transformer_lens import HookedTransformer, HookedTransformerConfig
        from transformer_lens.pretrained.weight_conversions import convert_gpt2_weights
        from transformers import AutoModelForCausalLM

        model = AutoModelForCausalLM.from_pretrained(folder)
        facts = model.config  # loading by name would ask the hub
        config = HookedTransformerConfig(
            n_layers=facts.n_layer, d_model=facts.n_embd, n_heads=facts.n_head, d_head=facts.n_embd // facts.n_head,
            d_mlp=4 * facts.n_embd, n_ctx=facts.n_positions, d_vocab=facts.vocab_size, act_fn="gelu_new",
            eps=facts.layer_norm_epsilon, normalization_type="LN", use_attn_result=True, default_prepend_bos=False,
            original_architecture="GPT2LMHeadModel", device="cpu")
        self.model = HookedTransformer(config)
        self.model.load_state_dict(convert_gpt2_weights(model, config), strict=False)
        ids = torch.tensor([[1, 2, 3]])
        assert torch.allclose(self.model(ids), model(ids).logits, atol=1e-3), "another model than Hugging Face's"

    def forward(self, tokens):
        self.model.run_with_cache(torch.tensor([tokens]))


class Formula:
    """Contributions by broadcasting, the formula as LM-TT evaluates it: |y| - |y - term| for every term [T, T, H, D]."""

    def __init__(self, folder):
        self.peer = HuggingFace(folder)

    def prepare(self, tokens):
        """Keeps every layer's residuals, patterns and values from one pass; not timed."""
        model, layers, caught = self.peer.model, [], []
        blocks = model.transformer.h if hasattr(model, "transformer") else model.model.layers
        gpt2 = hasattr(model, "transformer")
        hooks = []
        for block in blocks:
            attention = block.attn if gpt2 else block.self_attn
            source = attention.c_attn if gpt2 else attention.v_proj
            hooks.append(source.register_forward_hook(lambda m, i, o: caught.append(o.detach()[0])))
        out = model(torch.tensor([tokens], device=DEVICE), output_hidden_states=True, output_attentions=True, use_cache=False)
        for hook in hooks:
            hook.remove()
        config = model.config
        heads = config.num_attention_heads
        for l, block in enumerate(blocks):
            attention = block.attn if gpt2 else block.self_attn
            values = caught[l][:, -config.hidden_size:] if gpt2 else caught[l]
            width = config.hidden_size // heads
            values = values.view(len(tokens), -1, width)
            values = values.repeat_interleave(heads // values.shape[1], 1)
            weight = attention.c_proj.weight if gpt2 else attention.o_proj.weight.T
            out_heads = torch.einsum("khd,hdm->khm", values, weight.view(heads, width, -1))
            layers.append((out.hidden_states[l][0], out.attentions[l][0], out_heads))
        self.layers = layers

    def contributions(self, tokens):
        for resid, pattern, heads in self.layers:
            terms = torch.einsum("hqk,khm->qkhm", pattern, heads)
            whole = resid + terms.sum(dim=(1, 2))
            size = whole.abs().sum(-1)
            distance = (whole[:, None, None, :] - terms).abs().sum(-1)
            near = torch.clamp(size[:, None, None] - distance, min=0)
            rest = torch.clamp(size - (whole - resid).abs().sum(-1), min=0)
            total = near.sum(dim=(1, 2)) + rest
            near / total[:, None, None], rest / total


def settle():
    """Waits until a card has done what it was asked for."""
    if DEVICE != "cpu":
        torch.cuda.synchronize()


def device():
    return torch.cuda.get_device_name() if DEVICE != "cpu" else "cpu"


def main():
    torch.set_num_threads(int(os.environ.get("LIMPID_THREADS", "2")))
    torch.set_grad_enabled(False)
    known = (HuggingFace, HalfHuggingFace, OpenVino, LlamaF32, LlamaF16, Batches, Autograd, Bridge, Hooked, Formula)
    peers = {c.__name__: c for c in known}
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not stand among the answers
    peer = peers[sys.argv[2]](sys.argv[1])
    print(json.dumps({"ready": torch.__version__, "device": device()}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        task = request.pop("task")
        try:
            if hasattr(peer, "prepare"):
                peer.prepare(request["tokens"])
            settle()
            began = time.perf_counter()
            found = getattr(peer, task)(**request)
            settle()
            answer = {"seconds": time.perf_counter() - began}
            if isinstance(found, dict):
                answer = found  # timed by the peer itself
            elif found is not None:
                answer["values"] = found
        except subprocess.CalledProcessError as e:
            answer = {"error": (e.stderr.strip().splitlines() or ["no word"])[-1]}
        except (RuntimeError, MemoryError) as e:
            answer = {"error": str(e).splitlines()[0]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
