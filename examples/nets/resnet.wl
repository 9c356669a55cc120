#!/usr/bin/env wlnet
(* A residual net with batch normalisation on the handwritten digits: each block adds to its input what two
   convolutions make of it (He, Zhang, Ren, Sun 2016). *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
table = Rest[Import[FileNameJoin[{folder, "..", "data", "digits.csv"}]]];
pictures = Map[{Partition[#, 8]} &, N[table[[All, 1 ;; 64]]]/16];
digits = table[[All, 65]];
held = Range[5, Length[table], 5];
rest = Complement[Range[Length[table]], held];

convolution[n_, step_] := ConvolutionLayer[n, 3, "Stride" -> step, PaddingSize -> 1, "Biases" -> None];
block[n_] := NetGraph[
   {convolution[n, 1], BatchNormalizationLayer[], Ramp, convolution[n, 1], BatchNormalizationLayer[], Plus, Ramp},
   {NetPort["Input"] -> 1 -> 2 -> 3 -> 4 -> 5, {NetPort["Input"], 5} -> 6 -> 7}];
(* a block that halves the picture sends its input through a convolution of size 1 *)
narrowing[n_] := NetGraph[
   {convolution[n, 2], BatchNormalizationLayer[], Ramp, convolution[n, 1], BatchNormalizationLayer[],
    ConvolutionLayer[n, 1, "Stride" -> 2], Plus, Ramp},
   {NetPort["Input"] -> 1 -> 2 -> 3 -> 4 -> 5, NetPort["Input"] -> 6, {6, 5} -> 7 -> 8}];

resnet = NetChain[{
    convolution[16, 1], BatchNormalizationLayer[], Ramp, block[16], narrowing[32], block[32],
    AggregationLayer[Mean, 2 ;; 3], 10, SoftmaxLayer[]},
   "Input" -> {1, 8, 8}, "Output" -> NetDecoder[{"Class", Range[0, 9]}]];
Print["blocks give ", Map[NetExtract[resnet, {#, "Output"}] &, {4, 5, 6}]];

results = NetTrain[resnet, pictures[[rest]] -> digits[[rest]], All, MaxTrainingRounds -> 8, BatchSize -> 32,
   RandomSeeding -> 5];
trained = results["TrainedNet"];

accuracy = NetMeasurements[trained, pictures[[held]] -> digits[[held]], "Accuracy"];
Print["at least 98 % of the held-out digits: ", accuracy >= 0.98];

(* batch statistics while training, moving ones afterwards: a picture's answer does not depend on its company *)
alone = trained[pictures[[1]], "Probabilities"];
together = First[trained[pictures[[1 ;; 50]], "Probabilities"]];
Print["the same answer alone and among others: ", Max[Abs[Values[alone] - Values[together]]] < 10^-5];
Print["moving variances are positive: ", Min[Normal[NetExtract[trained, {2, "MovingVariance"}]]] > 0];

(* the same seed gives the same net, bit for bit *)
again = NetTrain[resnet, pictures[[1 ;; 100]] -> digits[[1 ;; 100]], MaxTrainingRounds -> 1, RandomSeeding -> 5];
more = NetTrain[resnet, pictures[[1 ;; 100]] -> digits[[1 ;; 100]], MaxTrainingRounds -> 1, RandomSeeding -> 5];
Print["two trainings agree: ", again === more];
