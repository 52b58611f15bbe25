/* One step of the classic experiment (one stream, Adagrad, clipping) as plain C loops: what a compiler makes of them.

   Row vectors, as in charrnn/network/rnn.py. p, g and m hold W_xh (V,H), W_hh (H,H), W_hy (H,V), b_h, b_y one after
   the other. h has T + 1 rows, the first being the state before; dy has T rows of V, dz T + 1 rows of H. */

#include <math.h>
#include <string.h>

static float forward(int T, int V, int H, const int *restrict x, const int *restrict target, const float *restrict p,
                     float *restrict h, float *restrict dy) {
    const float *W_xh = p, *W_hh = W_xh + V * H, *W_hy = W_hh + H * H, *b_h = W_hy + H * V, *b_y = b_h + H;
    float loss = 0;
    for (int t = 0; t < T; t++) {
        float *before = h + t * H, *after = before + H, *y = dy + t * V;
        for (int j = 0; j < H; j++) after[j] = W_xh[x[t] * H + j] + b_h[j];
        for (int i = 0; i < H; i++)
            for (int j = 0; j < H; j++) after[j] += before[i] * W_hh[i * H + j];
        for (int j = 0; j < H; j++) after[j] = tanhf(after[j]);
        for (int k = 0; k < V; k++) y[k] = b_y[k];
        for (int j = 0; j < H; j++)
            for (int k = 0; k < V; k++) y[k] += after[j] * W_hy[j * V + k];
        float top = y[0], total = 0;
        for (int k = 1; k < V; k++) top = y[k] > top ? y[k] : top;
        for (int k = 0; k < V; k++) total += y[k] = expf(y[k] - top);
        for (int k = 0; k < V; k++) y[k] /= total;
        loss -= logf(y[target[t]]);
        y[target[t]] -= 1;
    }
    return loss;
}

static void backward(int T, int V, int H, const int *restrict x, const float *restrict p, float *restrict g,
                     const float *restrict h, const float *restrict dy, float *restrict dz) {
    const float *W_hh = p + V * H, *W_hy = W_hh + H * H;
    float *dW_xh = g, *dW_hh = dW_xh + V * H, *dW_hy = dW_hh + H * H, *db_h = dW_hy + H * V, *db_y = db_h + H;
    memset(g, 0, sizeof(float) * (2 * V * H + H * H + H + V));
    memset(dz + T * H, 0, sizeof(float) * H);
    for (int t = T - 1; t >= 0; t--) {
        const float *before = h + t * H, *after = before + H, *dyt = dy + t * V, *later = dz + (t + 1) * H;
        float *dzt = dz + t * H;
        for (int j = 0; j < H; j++) {
            float dh = 0;
            for (int k = 0; k < V; k++) dh += dyt[k] * W_hy[j * V + k];
            for (int i = 0; i < H; i++) dh += later[i] * W_hh[j * H + i];
            dzt[j] = dh * (1 - after[j] * after[j]);
        }
        for (int j = 0; j < H; j++)
            for (int k = 0; k < V; k++) dW_hy[j * V + k] += after[j] * dyt[k];
        for (int i = 0; i < H; i++)
            for (int j = 0; j < H; j++) dW_hh[i * H + j] += before[i] * dzt[j];
        for (int j = 0; j < H; j++) dW_xh[x[t] * H + j] += dzt[j];
        for (int j = 0; j < H; j++) db_h[j] += dzt[j];
        for (int k = 0; k < V; k++) db_y[k] += dyt[k];
    }
}

float step(int T, int V, int H, const int *restrict x, const int *restrict target, float *restrict p, float *restrict g,
           float *restrict m, float *restrict h, float *restrict dy, float *restrict dz, float rate, float clip) {
    int size = 2 * V * H + H * H + H + V;
    float loss = forward(T, V, H, x, target, p, h, dy);
    backward(T, V, H, x, p, g, h, dy, dz);
    for (int i = 0; i < size; i++) {
        float c = g[i] > clip ? clip : g[i] < -clip ? -clip : g[i];
        m[i] += c * c;
        p[i] -= rate * c / sqrtf(m[i] + 1e-8f);
    }
    memcpy(h, h + T * H, sizeof(float) * H); /* carry the state */
    return loss;
}
