(* Cellular automata: elementary rules in one dimension, Conway's Life in two. *)

(* A rule number's binary digits say what becomes of each of the eight neighbourhoods. *)
ruleTable[n_Integer] := Thread[Tuples[{1, 0}, 3] -> IntegerDigits[n, 2, 8]]
Print[ruleTable[30]];

step[rule_][row_List] := Partition[row, 3, 1, {2, 2}] /. rule
run[n_, row_, t_] := NestList[step[ruleTable[n]], row, t]
show[rows_] := Scan[Print[StringJoin[# /. {0 -> ".", 1 -> "#"}]] &, rows]

start[width_] := ReplacePart[ConstantArray[0, width], Ceiling[width/2] -> 1]
show[run[90, start[15], 7]];

(* Rule 90 is Pascal's triangle modulo 2. *)
ones = Total /@ run[90, start[33], 15];
Print[ones];
Print[ones === Table[2^Total[IntegerDigits[t, 2]], {t, 0, 15}]];

(* Rule 30 in the middle column; CellularAutomaton is not needed for that. *)
Print[run[30, start[25], 11][[All, 13]]];

(* Rule 184 moves cars on a ring: their number stays. *)
road = {1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0};
traffic = run[184, road, 6];
show[traffic];
Print[Union[Total /@ traffic]];

(* Life: a cell with three neighbours lives; one with two stays as it is. *)
neighbours[g_] := Total[RotateLeft[g, #] & /@ DeleteCases[Tuples[{-1, 0, 1}, 2], {0, 0}]]
life[g_] := MapThread[If[#2 == 3 || (#1 == 1 && #2 == 2), 1, 0] &, {g, neighbours[g]}, 2]

blinker = ReplacePart[ConstantArray[0, {5, 5}], {{3, 2}, {3, 3}, {3, 4}} -> 1];
show[life[blinker]];
Print[life[life[blinker]] === blinker];

(* A glider moves by one cell to the right and down in four steps. *)
glider = SparseArray[{{1, 2}, {2, 3}, {3, 1}, {3, 2}, {3, 3}} -> 1, {8, 8}] // Normal;
Print[Nest[life, glider, 4] === RotateRight[glider, {1, 1}]];
Print[Nest[life, glider, 32] === glider];

(* When a history comes back: length of the way in, and of the circle. *)
cycle[f_, x_] := Module[{seen = <||>, state = x, t = 0},
  While[! KeyExistsQ[seen, state], seen[state] = t++; state = f[state]];
  {seen[state], t - seen[state]}]
Print[cycle[life, blinker]];
Print[cycle[life, glider]];
Print[cycle[step[ruleTable[184]], road]];
