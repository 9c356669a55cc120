(* A calculator for text: a tokeniser by string patterns, a parser and an evaluator by rules. *)

(* Text to tokens. *)
tokens[s_String] := StringCases[s, {
  n : (DigitCharacter .. ~~ ("." ~~ DigitCharacter ..) | "") :> number[ToExpression[n]],
  w : (LetterCharacter ~~ WordCharacter ...) :> name[w],
  o : ("+" | "-" | "*" | "/" | "^" | "(" | ")" | "=") :> op[o]}]
Print[tokens["area = 3*(w + 2.5)"]];

(* Tokens to a tree: rules over a list, the tightest operators first. *)
inner = {a___, op["("], b : Except[op["("] | op[")"]] .., op[")"], c___} :> {a, parse[{b}], c};
leaf[e_] := MatchQ[e, _number | _name | _node]
steps = {
  {a___, x_?leaf, op["^"], y_?leaf} :> {a, node["^", x, y]},
  {a___, x_?leaf, o : op["*" | "/"], y_?leaf, b___} :> {a, node[First[o], x, y], b},
  {op["-"], x_?leaf, b___} :> {node["-", number[0], x], b},
  {a___, x_?leaf, o : op["+" | "-"], y_?leaf, b___} :> {a, node[First[o], x, y], b}};

parse[{e_?leaf}] := e
parse[list_List] := Module[{flat = list //. inner},
  Do[flat = flat //. rule, {rule, steps}];
  If[MatchQ[flat, {_?leaf}], First[flat], failure[flat]]]

Print[parse[tokens["1 + 2*3"]]];
Print[parse[tokens["(1 + 2)*3"]]];
Print[parse[tokens["8 - 3 - 2"]]];
Print[parse[tokens["2 + * 3"]]];

(* Tree to value, with an environment of names. *)
value[number[n_], _] := n
value[name[s_], env_] := Lookup[env, s, Throw["unknown name " <> s, "calculator"]]
value[node[o_, x_, y_], env_] := apply[o, value[x, env], value[y, env]]
value[_failure, _] := Throw["syntax error", "calculator"]
apply["+", a_, b_] := a + b
apply["-", a_, b_] := a - b
apply["*", a_, b_] := a b
apply["/", _, 0] := Throw["division by zero", "calculator"]
apply["/", a_, b_] := a/b
apply["^", a_, b_] := a^b

environment = <||>;
run[s_String] := Catch[
  Replace[tokens[s], {
    {name[v_], op["="], rest__} :> (environment[v] = value[parse[{rest}], environment]),
    all_ :> value[parse[all], environment]}],
  "calculator"]

Scan[Print[#, "  ->  ", run[#]] &, {
  "1 + 2*3", "(1 + 2)*3", "8 - 3 - 2", "1/3 + 1/6", "2^(1 + 3)", "-4 + 10",
  "w = 7", "h = w - 2", "w*h/2", "w*x", "1/(h - 5)", "3 +"}];
Print[environment];

(* The tree as postfix text, and how deep it is. *)
postfix[number[n_]] := ToString[n]
postfix[name[s_]] := s
postfix[node[o_, x_, y_]] := StringRiffle[{postfix[x], postfix[y], o}]
tree = parse[tokens["(a + 1)*(b - 2*c)"]];
Print[postfix[tree]];
Print[{Depth[tree], Count[tree, _node, {0, Infinity}], Cases[tree, name[s_] :> s, Infinity]}];
