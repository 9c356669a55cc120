#!/usr/bin/env wlnet
(* Training on examples that are made as they are needed: there is no data set, no example comes twice, and the
   next batch is made on a thread of its own while a step runs. *)

(* Noisy readings of a wave at eight places, and the frequency of the wave. *)
places = Range[0., 1.75, 0.25];
waves[frequencies_, phases_] := Sin[Outer[Times, frequencies, places] + phases];
batch[told_] := With[{n = told["BatchSize"], f = RandomReal[{0.5, 3.}, told["BatchSize"]]},
   (waves[f, RandomReal[{0.5, 3.}, n]] + RandomReal[{-0.05, 0.05}, {n, 8}]) -> List /@ f];

SeedRandom[11];
net = NetChain[{32, Tanh, 32, Tanh, 1}, "Input" -> 8];
results = NetTrain[net, {batch, "RoundLength" -> 2000}, All, BatchSize -> 50, MaxTrainingRounds -> 20,
   LearningRate -> 0.003, RandomSeeding -> 4, ValidationSet -> {batch, "RoundLength" -> 500},
   TrainingProgressMeasurements ->
    {"RSquared", <|"Measurement" -> "MeanDeviation", "Aggregator" -> Max, "Key" -> "worst batch"|>}];

Print["batches a round: ", results["BatchesPerRound"], ", examples processed: ", results["ExamplesProcessed"]];
Print["measured: ", Keys[results["RoundMeasurements"]]];
Print["loss fell a hundredfold: ", First[results["RoundLossList"]] > 100 Last[results["RoundLossList"]]];
Print["explained on fresh waves: at least 98 %: ", Last[results["ValidationMeasurementsLists"]["RSquared"]] > 0.98];

trained = results["TrainedNet"];
guess = trained[waves[{2.}, {1.}]][[1, 1]];
Print["a wave of frequency 2 is read as 2, to one decimal: ", Abs[guess - 2] < 0.1];

(* The same seed, the same waves, the same net: what the thread does changes nothing. *)
SeedRandom[11];
again = NetTrain[net, {batch, "RoundLength" -> 2000}, BatchSize -> 50, MaxTrainingRounds -> 20,
   LearningRate -> 0.003, RandomSeeding -> 4, ValidationSet -> {batch, "RoundLength" -> 500}];
Print["bit for bit the same: ", NetExtract[again, {1, "Weights"}] === NetExtract[trained, {1, "Weights"}]];
