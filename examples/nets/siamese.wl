#!/usr/bin/env wlnet
(* A siamese net: one embedding applied to both pictures of a pair, trained so that pictures of the same digit come to lie
   near one another and those of different digits apart (ContrastiveLossLayer, chosen automatically). *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
table = Rest[Import[FileNameJoin[{folder, "..", "data", "digits.csv"}]]];
pixels = N[table[[All, 1 ;; 64]]]/16;
digits = table[[All, 65]];

(* a fifth of the pictures is held out; pairs are half of the same digit and half of different ones *)
SeedRandom[11];
order = RandomSample[Range[Length[digits]]];
held = Take[order, 360];
rest = Drop[order, 360];
byDigit[places_] := GroupBy[places, digits[[#]] &];
pairs[places_, n_] := With[{groups = byDigit[places]}, Join[
   Map[RandomChoice[groups[#], 2] &, RandomChoice[Range[0, 9], n]],
   Take[Select[RandomChoice[places, {2 n, 2}], digits[[#[[1]]]] =!= digits[[#[[2]]]] &], n]]];
trainPairs = pairs[rest, 3000];
testPairs = pairs[held, 500];
apart[ps_] := Map[digits[[#[[1]]]] =!= digits[[#[[2]]]] &, ps];
pictures[ps_] := Map[pixels[[#]] &, ps];

embedding = NetChain[{64, Ramp, 32, Ramp, 4}, "Input" -> 64];
siamese = NetPairEmbeddingOperator[embedding];
trained = NetTrain[siamese, pictures[trainPairs] -> apart[trainPairs], BatchSize -> 64, MaxTrainingRounds -> 60,
   LearningRate -> 0.003, RandomSeeding -> 4];
share[ps_] := With[{d = trained[pictures[ps]], t = apart[ps]},
   N[Count[MapThread[(#1 > 0.25) === #2 &, {d, t}], True]/Length[ps]]];
Print["pairs of pictures never shown, judged rightly at least in 90 %: ", share[testPairs] >= 0.9];

(* the embedding by itself: pictures never shown are named by one picture of each digit *)
embed = NetExtract[trained, "Net"];
examples = Table[First[byDigit[rest][d]], {d, 0, 9}];
centres = embed[pixels[[examples]]];
distances[v_] := Map[EuclideanDistance[#, v] &, centres];
names = Map[First[Ordering[distances[#], 1]] - 1 &, embed[pixels[[held]]]];
Print["named by one example of each digit, at least 80 %: ", N[Count[names - digits[[held]], 0]/Length[held]] >= 0.8];
