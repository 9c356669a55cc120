(* A symbolic differentiator and simplifier from rules, checked against D. *)

ClearAll[d, tidy];

d[c_, x_] /; FreeQ[c, x] := 0
d[x_, x_] := 1
d[u_ + v_, x_] := d[u, x] + d[v, x]
d[u_ v_, x_] := d[u, x] v + u d[v, x]
d[u_^n_, x_] /; FreeQ[n, x] := n u^(n - 1) d[u, x]
d[a_^u_, x_] /; FreeQ[a, x] := a^u Log[a] d[u, x]
d[Sin[u_], x_] := Cos[u] d[u, x]
d[Cos[u_], x_] := -Sin[u] d[u, x]
d[Log[u_], x_] := d[u, x]/u

Print[d[x^3 + 2 x, x]];
Print[d[Sin[a x], x]];
Print[d[x^2 Sin[x], x]];
Print[d[f[x], x]];

tests = {x^5, 3 x^2 - x, x Log[x], Sin[Cos[x]], Sin[x]^2, 2^x, Exp[x^2], x^2 Exp[-x], 1/(1 + x), Log[Sin[x]]};
Print[And @@ (Simplify[d[#, x] - D[#, x]] === 0 & /@ tests)];

(* Long sums: 200 terms. *)
sum = Sum[x^k, {k, 1, 200}];
Print[(d[sum, x] /. x -> 1) == 200 201/2];

(* Higher derivatives by nesting. *)
Print[NestList[d[#, x] &, x^4, 5]];
taylor[f_, x_, n_] := Module[{terms = NestList[d[#, x] &, f, n] /. x -> 0},
  Total[terms x^Range[0, n]/Range[0, n]!]]
Print[taylor[Cos[x], x, 6]];
Print[taylor[Log[1 + x], x, 4]];

(* A simplifier for expressions that do not evaluate: held heads plus, times, power. *)
rules = {
  plus[a_, 0] | plus[0, a_] :> a,
  times[_, 0] | times[0, _] :> 0,
  times[a_, 1] | times[1, a_] :> a,
  power[a_, 1] :> a,
  power[_, 0] :> 1,
  plus[a_Integer, b_Integer] :> a + b,
  times[a_Integer, b_Integer] :> a b,
  plus[a_, a_] :> times[2, a],
  plus[times[m_Integer, a_], times[n_Integer, a_]] :> times[m + n, a]};
tidy[e_] := e //. rules
Print[tidy[plus[times[1, x], times[0, y]]]];
Print[tidy[plus[plus[x, 0], x]]];
Print[tidy[power[plus[times[2, x], times[-1, x]], plus[3, -2]]]];

(* Which rules can act on a term, and all ways to act. *)
Print[ReplaceList[{1, 2, 3}, {a__, b__} :> {{a}, {b}}]];
Print[Cases[x^2 + 3 y^3 + z, c_. v_^n_ :> {c, v, n}]];

(* Newton's method with the derivative of our own. *)
root[f_, x_, x0_] := With[{g = x - f/d[f, x]}, FixedPoint[N[g /. x -> #] &, x0, 50]]
Print[NumberForm[root[x^2 - 2, x, 1.], 10]];
