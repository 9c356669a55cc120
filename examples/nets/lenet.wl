#!/usr/bin/env wlnet
(* LeNet on handwritten digits of 8 x 8 pixels: convolutions and maxima of windows, then a small classifier. *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
table = Rest[Import[FileNameJoin[{folder, "..", "data", "digits.csv"}]]];
pictures = Map[{Partition[#, 8]} &, N[table[[All, 1 ;; 64]]]/16];
digits = table[[All, 65]];
Print[Length[pictures], " pictures of dimensions ", Dimensions[First[pictures]]];

(* every fifth picture is held out *)
held = Range[5, Length[table], 5];
rest = Complement[Range[Length[table]], held];

lenet = NetChain[{
    ConvolutionLayer[16, 3, PaddingSize -> "Same"], Ramp, PoolingLayer[2, 2],
    ConvolutionLayer[32, 3, PaddingSize -> "Same"], Ramp, PoolingLayer[2, 2],
    FlattenLayer[], 64, Ramp, DropoutLayer[0.3], 10, SoftmaxLayer[]},
   "Input" -> {1, 8, 8}, "Output" -> NetDecoder[{"Class", Range[0, 9]}]];
Print["after each layer: ", Map[NetExtract[lenet, {#, "Output"}] &, {1, 3, 4, 6, 7, 8}]];
Print["arrays: ", Information[lenet, "ArraysTotalElementCount"], " numbers"];

results = NetTrain[lenet, pictures[[rest]] -> digits[[rest]], All, MaxTrainingRounds -> 25, BatchSize -> 32,
   RandomSeeding -> 3];
trained = results["TrainedNet"];

accuracy = NetMeasurements[trained, pictures[[held]] -> digits[[held]], "Accuracy"];
Print["at least 98 % of the held-out digits: ", accuracy >= 0.98];
confusion = NetMeasurements[trained, pictures[[held]] -> digits[[held]], "ConfusionMatrix"];
Print["digits held out of each class: ", Total[confusion, {2}]];

(* the first kernels have become edges of some direction: none is flat *)
kernels = Normal[NetExtract[trained, {1, "Weights"}]];
Print["kernels: ", Dimensions[kernels], ", all with some contrast: ",
  Min[Map[Max[#] - Min[#] &, Map[Flatten, kernels]]] > 0.1];
Print["the first ten: ", trained[pictures[[1 ;; 10]]]];
