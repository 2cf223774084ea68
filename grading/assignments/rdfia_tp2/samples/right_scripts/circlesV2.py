# -*- coding: utf-8 -*-
# TP 2-ab, deuxième partie : autograd
import torch
from tme5 import CirclesData
from circlesV1 import forward, loss_accuracy


def init_params(nx, nh, ny):
    params = {}
    params["Wh"] = torch.empty(nx, nh).normal_(0, 0.3)
    params["bh"] = torch.zeros(nh)
    params["Wy"] = torch.empty(nh, ny).normal_(0, 0.3)
    params["by"] = torch.zeros(ny)
    for nom in params:
        params[nom].requires_grad = True
    return params


def sgd(params, eta):
    with torch.no_grad():
        for p in params.values():
            p.sub_(eta * p.grad)
            p.grad.zero_()
    return params


if __name__ == "__main__":
    data = CirclesData()
    params = init_params(2, 10, 2)
    for iteration in range(150):
        perm = torch.randperm(200)
        for j in range(20):
            lot = perm[j * 10:(j + 1) * 10]
            Yhat, _ = forward(params, data.Xtrain[lot])
            L, _ = loss_accuracy(Yhat, data.Ytrain[lot])
            L.backward()
            params = sgd(params, 0.03)
    print(loss_accuracy(forward(params, data.Xtest)[0], data.Ytest))
    input("fini")
