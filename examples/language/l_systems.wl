(* L-systems: words that grow by rewriting, and the curves that a turtle draws from them. *)

(* Rewriting: all letters of a word are replaced at once. *)
grow[rules_, axiom_String, n_Integer] := Nest[StringReplace[#, rules] &, axiom, n]
generations[rules_, axiom_, n_] := NestList[StringReplace[#, rules] &, axiom, n]

(* 1. Lindenmayer's algae: lengths are Fibonacci numbers. *)
algae = {"A" -> "AB", "B" -> "A"};
words = generations[algae, "A", 6];
Print[Column[Take[words, 5]]];
lengths = StringLength /@ words;
Print[lengths];
Print[lengths === Fibonacci[Range[2, 8]]];

(* 2. Letters are counted without writing the word: a matrix does the same. *)
alphabet = {"A", "B"};
counts[word_String] := StringCount[word, #] & /@ alphabet;
matrix = Transpose[counts /@ (alphabet /. algae)];
Print[matrix];
Print[MatrixPower[matrix, 6] . counts["A"], " ", counts[Last[words]]];
Print[Total[MatrixPower[matrix, 50] . {1, 0}]];

(* 3. The turtle: F draws, + and - turn, [ and ] remember and return. *)
turtle[word_String, angle_] :=
  Module[{position = {0, 0}, heading = 0, stack = {}, lines = {}},
    Scan[
      Switch[#,
        "F", AppendTo[lines, {position, position += {Cos[heading], Sin[heading]}}],
        "+", heading += angle,
        "-", heading -= angle,
        "[", PrependTo[stack, {position, heading}],
        "]", {position, heading} = First[stack]; stack = Rest[stack]] &,
      Characters[word]];
    lines]

(* Koch's curve: a third of the length in each step, four times as many pieces. *)
koch = "F" -> "F+F--F+F";
Do[
  lines = turtle[grow[koch, "F", n], Pi/3];
  Print[{n, Length[lines], lines[[-1, 2]]}],
  {n, 0, 3}];

(* The dragon curve turns by right angles; its letters X and Y draw nothing. *)
dragon = {"X" -> "X+YF+", "Y" -> "-FX-Y"};
path = turtle[grow[dragon, "FX", 4], Pi/2];
Print[path[[All, 2]]];
Print[{Length[path], Length[Union[path[[All, 2]]]]}];

(* 4. A plant: the stack of the turtle makes branches. *)
plant = {"X" -> "F[+X][-X]FX", "F" -> "FF"};
tree = grow[plant, "X", 3];
Print[{StringLength[tree], StringCount[tree, "F"], StringCount[tree, "["]}];
branches = turtle[tree, Pi/6];
Print[Max[branches[[All, 2, 1]]]];

(* Brackets are balanced: no prefix closes more than it opens, and the whole closes all. *)
depth = FoldList[Plus, 0, Characters[tree] /. {"[" -> 1, "]" -> -1, _String -> 0}];
Print[{Min[depth], Max[depth], Last[depth]}];

(* 5. Chance: one of several rules at every letter, drawn by a seed, always of the right form. *)
SeedRandom[7];
random = StringReplace["FFFFFFFF", "F" :> RandomChoice[{"F[+F]", "F[-F]"}]];
Print[StringMatchQ[random, ("F[" ~~ ("+" | "-") ~~ "F]") ..]];
