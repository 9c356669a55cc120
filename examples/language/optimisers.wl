(* Optimisers by hand: gradient descent, Newton's method, bisection, a line of least squares. *)

(* 1. Gradient descent on a bowl with minimum (3, -1). *)
bowl[{x_, y_}] := (x - 3)^2 + 2 (y + 1)^2
gradient = Grad[bowl[{x, y}], {x, y}];
Print[gradient];
descend[rate_][p_] := p - rate (gradient /. Thread[{x, y} -> p])
path = NestList[descend[1/4], {0, 0}, 4];
Print[path];
Print[bowl /@ path];
end = FixedPoint[descend[0.25], {0., 0.}, SameTest -> (Norm[#1 - #2] < 10^-10 &)];
Print[Round[end, 10.^-6] == {3, -1}];

(* 2. Newton's method: digits double. *)
newton[f_, x0_, n_] := NestList[# - f[#]/f'[#] &, x0, n]
Print[newton[#^2 - 2 &, 1, 4]];
Print[N[Last[newton[#^2 - 2 &, 1, 5]], 20]];
errors = Abs[newton[#^2 - 2 &, 1`50, 5] - Sqrt[2]];
Print[Floor[-Log10[errors]]];

(* 3. Newton's method in two dimensions with the matrix of second derivatives. *)
f = x^4 + x y + (1 + y)^2;
hessian = D[f, {{x, y}, 2}];
Print[hessian];
newtonStep[p_] := With[{at = Thread[{x, y} -> p]}, p - LinearSolve[hessian /. at, D[f, {{x, y}}] /. at]]
best = FixedPoint[newtonStep, {1., -1.}, 30];
Print[Norm[D[f, {{x, y}}] /. Thread[{x, y} -> best]] < 10^-9];
Print[PositiveDefiniteMatrixQ[hessian /. Thread[{x, y} -> best]]];

(* 4. Bisection with While, and how many steps it takes. *)
bisect[f_, {low_, high_}, eps_] := Module[{a = low, b = high, m, steps = 0},
  While[b - a > eps,
    m = (a + b)/2;
    If[Sign[f[m]] == Sign[f[a]], a = m, b = m];
    steps++];
  {a, b, steps}]
Print[bisect[#^3 - 2 &, {1, 2}, 1/100]];

(* 5. A line through points: by the normal equations, and by Fit. *)
points = {{0, 1}, {1, 3}, {2, 4}, {3, 8}};
design = {1, #} & /@ points[[All, 1]];
coefficients = LinearSolve[Transpose[design] . design, Transpose[design] . points[[All, 2]]];
Print[coefficients];
Print[LeastSquares[design, points[[All, 2]]] === coefficients];
Print[Chop[Fit[points, {1, t}, t] - (coefficients . {1, t}), 10^-8]];
residuals = points[[All, 2]] - design . coefficients;
Print[{residuals, Total[residuals], residuals . residuals}];

(* 6. Golden section: the smallest value of a function of one variable. *)
golden[f_, {a_, b_}] := Module[{g = (Sqrt[5.] - 1)/2, l = N[a], r = N[b]},
  Do[If[f[r - g (r - l)] < f[l + g (r - l)], r = l + g (r - l), l = r - g (r - l)], {40}];
  (l + r)/2]
Print[Round[golden[(# - 2)^2 + 1 &, {0, 5}], 0.001]];
