#!/usr/bin/env wlnet
(* Training from an HDF5 file: one data set for each port of the net, read a batch at a time, so that it may be
   larger than memory. (Needs h5py: pip install "wlnet[hdf5]".) *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
rows = Rest[Import[FileNameJoin[{ParentDirectory[folder], "data", "digits.csv"}]]];
SeedRandom[1];
rows = RandomSample[rows];

(* Pixels as small integers, eight times smaller on disk than as numbers of double precision. *)
write[name_, part_] := Export[FileNameJoin[{$TemporaryDirectory, name}],
   <|"Input" -> NumericArray[part[[All, 1 ;; 64]], "UnsignedInteger8"], "Output" -> part[[All, 65]] + 1|>];
train = write["digits-train.h5", rows[[1 ;; 1437]]];
test = write["digits-test.h5", rows[[1438 ;;]]];
Print["in the file: ", Import[train, "Datasets"]];

net = NetChain[{ElementwiseLayer[#/16. &], 64, Ramp, 10, SoftmaxLayer[]}, "Input" -> 64];
results = NetTrain[net, File[train], All, ValidationSet -> File[test], BatchSize -> 64, MaxTrainingRounds -> 30,
   LearningRate -> 0.003, RandomSeeding -> 7];
Print[results["TrainingExamples"], " examples trained on, ", results["ValidationExamples"], " held out"];
Print["at least 96 % of the held-out digits are read: ",
  NetMeasurements[results["TrainedNet"], File[test], "Accuracy"] >= 0.96];

(* Where the numbers come from makes no difference to a single bit. *)
memory = Import[train];
inMemory = NetTrain[net, memory, ValidationSet -> File[test], BatchSize -> 64, MaxTrainingRounds -> 30,
   LearningRate -> 0.003, RandomSeeding -> 7];
Print["the same net as from memory: ",
  NetExtract[inMemory, {2, "Weights"}] === NetExtract[results["TrainedNet"], {2, "Weights"}]];
DeleteFile[{train, test}];
