#!/usr/bin/env wlnet
(* Reading strokes without knowing where one sign ends: every sign of a three-letter alphabet is a short bump of its own
   shape, drawn slower or faster, with rests between. The training data say which signs there are, not where: the loss
   sums over all alignments (CTCLossLayer; the last class is the blank). *)

SeedRandom[11];
alphabet = {"a", "b", "c"};
bump[sign_] := With[{n = RandomInteger[{5, 9}]},
   Table[Switch[sign, 1, Sin[Pi t], 2, -Sin[Pi t], 3, Sin[2. Pi t]], {t, Subdivide[0., 1., n]}]];
rest[] := ConstantArray[0., RandomInteger[{1, 4}]];
draw[signs_] := With[{line = Join[rest[], Join @@ Map[Join[bump[#], rest[]] &, signs]]},
   Transpose[{line + RandomReal[{-0.1, 0.1}, Length[line]]}]];
texts = Table[RandomInteger[{1, 3}, RandomInteger[{1, 6}]], 400];
{train, test} = TakeDrop[(draw[#] -> #) & /@ texts, 320];
Print[Length[train], " drawings of ", Min[Length /@ Keys[train]], " to ", Max[Length /@ Keys[train]], " points"];

net = NetChain[{NetBidirectionalOperator[GatedRecurrentLayer[12]], NetMapOperator[LinearLayer[4]], SoftmaxLayer[]},
   "Input" -> {"Varying", 1}];
results = NetTrain[net, train, All, LossFunction -> CTCLossLayer["Target" -> {"Varying", Restricted["Integer", 3]}],
   MaxTrainingRounds -> 12, LearningRate -> 0.02, BatchSize -> 16, RandomSeeding -> 1];
trained = results["TrainedNet"];

(* the best class of every point, repeats merged, blanks dropped *)
best[p_] := DeleteCases[First /@ Split[First[Ordering[#, -1]] & /@ p], 4];
read = Map[best, trained[Keys[test]]];
share = N[Count[MapThread[SameQ, {read, Values[test]}], True]/Length[test]];
Print["at least 90 % of the held-out drawings are read without a fault: ", share >= 0.9];
Print[StringJoin[alphabet[[#]]] & /@ Take[read, 5], " were ", StringJoin[alphabet[[#]]] & /@ Take[Values[test], 5]];
