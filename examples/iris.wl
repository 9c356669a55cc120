#!/usr/bin/env wlnet
(* Three species of iris from four lengths: a Class decoder, the automatic loss, a confusion matrix. *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
table = Import[FileNameJoin[{folder, "data", "iris.csv"}]];
rows = Rest[table];
features = N[rows[[All, 1 ;; 4]]];
species = rows[[All, 5]];
classes = Union[species];
Print[Length[rows], " flowers of ", classes];

(* a third is held out; every feature is brought to mean 0 and deviation 1 by the numbers of the training part *)
SeedRandom[1];
order = RandomSample[Range[Length[rows]]];
{train, test} = {order[[1 ;; 100]], order[[101 ;; 150]]};
mean = Mean[features[[train]]];
deviation = StandardDeviation[features[[train]]];
scaled = (# - mean)/deviation & /@ features;

net = NetChain[{16, Tanh, 3, SoftmaxLayer[]}, "Input" -> 4, "Output" -> NetDecoder[{"Class", classes}]];
results = NetTrain[net, scaled[[train]] -> species[[train]], All,
   MaxTrainingRounds -> 150, LearningRate -> 0.01, RandomSeeding -> 3];
trained = results["TrainedNet"];
Print["loss fell: ", First[results["RoundLossList"]] > 5 Last[results["RoundLossList"]]];

held = scaled[[test]] -> species[[test]];
Print["at least 90 % of the held-out flowers are named rightly: ", NetMeasurements[trained, held, "Accuracy"] >= 0.9];
matrix = NetMeasurements[trained, held, "ConfusionMatrix"];
Print["flowers in the confusion matrix: ", Total[Flatten[matrix]]];
Print["setosa is never mistaken: ", matrix[[1, 2 ;; 3]] === {0, 0} && matrix[[2 ;; 3, 1]] === {0, 0}];

picture = NetMeasurements[trained, held, "ConfusionMatrixPlot"];
file = FileNameJoin[{$TemporaryDirectory, "iris-confusion.png"}];
Export[file, picture];
Print["picture written: ", FileExistsQ[file]];
