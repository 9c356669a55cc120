#!/usr/bin/env wlnet
(* Regression on a small table: a share is set aside for validation, training stops when it no longer helps, the
   best net comes back; checkpoints, from one of which an interrupted training goes on. *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
rows = Rest[Import[FileNameJoin[{ParentDirectory[folder], "data", "diabetes.csv"}]]];
Print[Length[rows], " patients, ", Length[First[rows]] - 1, " measurements each"];

SeedRandom[2];
rows = RandomSample[rows];
test = rows[[1 ;; 88]];
train = rows[[89 ;;]];
mean = Mean[N[train]];
deviation = StandardDeviation[N[train]];
scaled[table_] := (# - mean)/deviation & /@ N[table];
data[table_] := With[{t = scaled[table]}, t[[All, 1 ;; 10]] -> t[[All, {11}]]];

(* A net much too large for so few patients: left alone, it learns them by heart. *)
net = NetChain[{64, Ramp, 32, Ramp, 1}, "Input" -> 10];
options = Sequence[RandomSeeding -> 5, BatchSize -> 32, LearningRate -> 0.002, ValidationSet -> Scaled[0.25],
   TrainingProgressMeasurements -> "RSquared"];

stubborn = NetTrain[net, data[train], All, MaxTrainingRounds -> 80, Evaluate[options]];
Print["without stopping: ", stubborn["TotalRounds"], " rounds, ",
  "the validation loss ends well above its best: ",
  Last[stubborn["ValidationLossList"]] > 1.3 Min[stubborn["ValidationLossList"]]];

patient = NetTrain[net, data[train], All, MaxTrainingRounds -> 80, Evaluate[options],
   TrainingStoppingCriterion -> <|"Criterion" -> "Loss", "Patience" -> 10|>];
best = patient["BestValidationRound"];
Print["with patience 10: ", patient["ReasonTrainingStopped"], ", ", patient["TotalRounds"] - best,
  " rounds after the best one, before the 60th: ", patient["TotalRounds"] < 60];
Print["the same net comes back, the best by validation: ",
  NetExtract[patient["TrainedNet"], {1, "Weights"}] === NetExtract[stubborn["TrainedNet"], {1, "Weights"}]];

r2 = NetMeasurements[patient["TrainedNet"], data[test], "RSquared"];
Print["explains at least 35 % of the variance of patients never seen: ", r2 > 0.35];

(* Checkpoints: every round overwrites the file, and a training that was cut off goes on from it. *)
file = FileNameJoin[{$TemporaryDirectory, "diabetes-checkpoint.wlnet"}];
cut = NetTrain[net, data[train], All, MaxTrainingRounds -> 80, Evaluate[options],
   TrainingProgressCheckpointing -> {"File", file},
   TrainingProgressFunction -> (If[#Round == 7, "StopTraining"] &)];
Print["cut off after round ", cut["TotalRounds"], " by ", cut["ReasonTrainingStopped"]];
resumed = NetTrain[File[file], data[train], All, MaxTrainingRounds -> 80, Evaluate[options]];
Print["resumed, the losses of all ", resumed["TotalRounds"], " rounds are the same: ",
  resumed["RoundLossList"] === stubborn["RoundLossList"]];

Export[FileNameJoin[{$TemporaryDirectory, "diabetes-loss.png"}], stubborn["LossPlot"]];
DeleteFile[file];
