"""A witness for loss and gradients that knows neither NumPy's products nor rnn.py: sums over single numbers.

Differentiates h_t[j] = tanh(W_xh[x_t][j] + sum_i h_{t-1}[i] W_hh[i][j] + b_h[j]) and what follows from it by hand.
"""

from math import exp, log, tanh


def window(parameters, inputs, targets, hidden):
    """Loss and gradients (five nested lists), means over streams, and the states after: inputs, targets (T, B)."""
    B = len(hidden)
    streams = [stream(parameters, [row[b] for row in inputs], [row[b] for row in targets], hidden[b]) for b in range(B)]
    loss = sum(each[0] for each in streams) / B
    gradients = [mean([each[1][i] for each in streams]) for i in range(5)]
    return loss, gradients, [each[2] for each in streams]


def mean(nested):
    """Entry by entry over a list of nested lists of one shape."""
    if isinstance(nested[0], list):
        return [mean(list(parts)) for parts in zip(*nested, strict=True)]
    return sum(nested) / len(nested)


def stream(parameters, inputs, targets, hidden):
    W_xh, W_hh, W_hy, b_h, b_y = (array.tolist() for array in parameters)
    V, H, T = len(W_xh), len(b_h), len(inputs)
    h, p, loss = [list(map(float, hidden))], [], 0.0
    for t in range(T):
        h.append([tanh(W_xh[inputs[t]][j] + sum(h[t][i] * W_hh[i][j] for i in range(H)) + b_h[j]) for j in range(H)])
        y = [sum(h[t + 1][i] * W_hy[i][k] for i in range(H)) + b_y[k] for k in range(V)]
        total = sum(exp(value) for value in y)
        p.append([exp(value) / total for value in y])
        loss -= log(p[t][targets[t]])

    dW_xh, dW_hh, dW_hy = [[0.0] * H for _ in range(V)], [[0.0] * H for _ in range(H)], [[0.0] * V for _ in range(H)]
    db_h, db_y = [0.0] * H, [0.0] * V
    dz_later = [0.0] * H
    for t in reversed(range(T)):
        dy = [p[t][k] - (k == targets[t]) for k in range(V)]
        dh = [
            sum(dy[k] * W_hy[j][k] for k in range(V)) + sum(dz_later[i] * W_hh[j][i] for i in range(H))
            for j in range(H)
        ]
        dz = [dh[j] * (1 - h[t + 1][j] ** 2) for j in range(H)]
        for j in range(H):
            dW_xh[inputs[t]][j] += dz[j]
            db_h[j] += dz[j]
            for i in range(H):
                dW_hh[i][j] += h[t][i] * dz[j]
            for k in range(V):
                dW_hy[j][k] += h[t + 1][j] * dy[k]
        for k in range(V):
            db_y[k] += dy[k]
        dz_later = dz
    return loss, [dW_xh, dW_hh, dW_hy, db_h, db_y], h[-1]
