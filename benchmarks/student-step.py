"""The training step of a student in PyTorch, held against ours: the same weights, batch, network and
optimizer, one thread each, one step in turn.

    python3 benchmarks/student-step.py EXAMPLE_BINARY [STEPS]

Losses must agree to 1e-4 before anything is timed.
"""
import math, statistics, subprocess, sys, tempfile, time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

torch.set_num_threads(1)
binary, steps = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 12
folder = tempfile.mkdtemp()
ours = subprocess.Popen([binary, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(ours.stdout.readline().strip())
w = {k: v.requires_grad_() for k, v in load_file(folder + "/weights.safetensors").items()}
b = load_file(folder + "/batch.safetensors")
layers, heads, side = b["shape"].tolist()
tokens, positions, readers, said = (b[k].long() for k in ("tokens", "positions", "readers", "said"))
rows, text = tokens.shape
patches, d = side * side, w["norm"].shape[1]


def norm(x, gain):
    return x / (x.pow(2).mean(1, keepdim=True) + 1e-6).sqrt() * gain


def loss():
    seen = F.relu(b["pixels"] @ w["image.patch.weight"] + w["image.patch.bias"]).square()
    seen = norm(seen, w["image.norm"]) @ w["image.mix.weight"] + w["image.mix.bias"]
    places = w["image.row"].view(side, 1, d) + w["image.column"].view(1, side, d)
    seen = seen.view(rows, patches, d) + places.reshape(1, patches, d)
    x = torch.cat([seen, F.embedding(tokens, w["text.token"]) + F.embedding(positions, w["text.position"])], 1)
    length = patches + text
    x = x.reshape(rows * length, d)
    for i in range(layers):
        p = f"layer.{i:02}."
        qkv = (norm(x, w[p + "attention.norm"]) @ w[p + "attention.in"]).view(rows, length, 3, heads, d // heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=b["mask"])
        x = x + a.transpose(1, 2).reshape(rows * length, d) @ w[p + "attention.out"]
        h = F.relu(norm(x, w[p + "perceptron.norm"]) @ w[p + "perceptron.in"]).square()
        x = x + h @ w[p + "perceptron.out"]
    x = norm(x[readers], w["norm"])
    return (F.cross_entropy(x @ w["head"], said, reduction="none") * b["counts"]).sum()


matrices = [t for t in w.values() if t.shape[0] > 1]
vectors = [t for t in w.values() if t.shape[0] == 1]
groups = [{"params": matrices, "weight_decay": 0.05}, {"params": vectors, "weight_decay": 0.0}]
optimizer = torch.optim.AdamW(groups, lr=2e-3, betas=(0.9, 0.98), eps=1e-8)
ratios, mine, theirs = [], [], []
for step in range(steps):
    ours.stdin.write("step\n")
    ours.stdin.flush()
    our_loss, our_time = map(float, ours.stdout.readline().split())
    for group in optimizer.param_groups:
        done = step / (3000 - 0)
        group["lr"] = 2e-3 * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done)))
    began = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    value = loss()
    value.backward()
    torch.nn.utils.clip_grad_norm_(list(w.values()), 1.0)
    optimizer.step()
    their_time = time.perf_counter() - began
    if step == 0 and abs(value.item() - our_loss) > 1e-4:
        sys.exit(f"the losses differ: {our_loss} here, {value.item()} in PyTorch {torch.__version__}")
    print(f"step {step}: loss {our_loss:.6f} / {value.item():.6f}, {our_time:.3f} s / {their_time:.3f} s")
    if step > 1:
        ratios.append(their_time / our_time)
        mine.append(our_time)
        theirs.append(their_time)
ours.stdin.close()
q = statistics.quantiles(ratios, n=4)
print(
    f"PyTorch {torch.__version__}: median step {statistics.median(mine):.3f} s here, {statistics.median(theirs):.3f} s there; "
    f"speed relative to PyTorch {q[1]:.2f}, quartiles {q[0]:.2f} to {q[2]:.2f}, {len(ratios)} pairs"
)
