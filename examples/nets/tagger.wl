#!/usr/bin/env wlnet
(* Tagging sequences in both directions: what an element is depends on what stands before it and after it.
   A sequence of the letters a, b, c holds brackets: "a" opens, "c" closes; an element is "in" if an a stands
   before it and a c behind it, else "out". No net that reads in one direction alone can tell. *)

letters = {"a", "b", "c", "d"};
SeedRandom[6];
draw[] := RandomChoice[{2, 5, 2, 5} -> letters, RandomInteger[{4, 12}]];
tags[s_] := Table[If[MemberQ[Take[s, i - 1], "a"] && MemberQ[Drop[s, i], "c"], 2, 1], {i, Length[s]}];
sequences = Table[draw[], 600];
codes = sequences /. Thread[letters -> Range[4]];
labels = tags /@ sequences;
{train, test} = {Range[500], Range[501, 600]};
Print["elements: ", Length[Flatten[labels]], ", \"in\": ", Count[Flatten[labels], 2]];

tagger[core_] := NetChain[{EmbeddingLayer[4, 4], core, NetMapOperator[LinearLayer[2]], SoftmaxLayer[]},
   "Input" -> {"Varying", Restricted["Integer", 4]}];
learn[core_] := NetTrain[tagger[core], <|"Input" -> codes[[train]], "Output" -> labels[[train]]|>,
   LossFunction -> CrossEntropyLossLayer["Index"],
   MaxTrainingRounds -> 40, BatchSize -> 50, LearningRate -> 0.02, RandomSeeding -> 8];
accuracy[net_] := With[{found = Flatten[Map[Ordering[#, -1][[1]] &, net[codes[[test]]], {2}]]},
   Count[MapThread[SameQ, {found, Flatten[labels[[test]]]}], True]/Length[found]];

both = learn[NetBidirectionalOperator[LongShortTermMemoryLayer[8]]];
Print[NetExtract[both, 2]];
Print["at least 98 % of new elements are tagged rightly: ", accuracy[both] >= 0.98];
one = learn[LongShortTermMemoryLayer[16]];
Print["in one direction less than 90 %: ", accuracy[one] < 0.9];

shown = {"c", "b", "a", "b", "d", "c", "b"};
found = Map[Ordering[#, -1][[1]] &, both[shown /. Thread[letters -> Range[4]]]];
Print[StringJoin[shown], " -> ", {"out", "in"}[[found]]];
