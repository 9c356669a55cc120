#!/usr/bin/env wlnet
(* Handwritten digits, 8 x 8 pixels: a small net that names at least 97 % of a held-out fifth rightly. *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
table = Rest[Import[FileNameJoin[{folder, "data", "digits.csv"}]]];
pixels = N[table[[All, 1 ;; 64]]]/16;
digits = table[[All, 65]];
Print[Length[table], " pictures"];

(* a random fifth of every digit is held out *)
SeedRandom[2024];
held = Flatten[Table[
    With[{places = Flatten[Position[digits, d]]}, RandomSample[places, Round[Length[places]/5]]], {d, 0, 9}]];
rest = Complement[Range[Length[table]], held];
Print["training on ", Length[rest], ", held out ", Length[held]];

net = NetChain[{128, Ramp, DropoutLayer[0.2], 64, Ramp, 10, SoftmaxLayer[]}, "Input" -> 64,
   "Output" -> NetDecoder[{"Class", Range[0, 9]}]];
results = NetTrain[net, pixels[[rest]] -> digits[[rest]], All, MaxTrainingRounds -> 40, BatchSize -> 32, RandomSeeding -> 7];
trained = results["TrainedNet"];

accuracy = NetMeasurements[trained, pixels[[held]] -> digits[[held]], "Accuracy"];
Print["at least 97 % of the held-out digits: ", accuracy >= 0.97];
Print["error rate on the training pictures below 2 %: ", results["RoundMeasurements"]["ErrorRate"] < 0.02];
Print["rounds: ", results["TotalRounds"], ", batches a round: ", results["BatchesPerRound"]];
Print["the first ten: ", trained[pixels[[1 ;; 10]]]];
