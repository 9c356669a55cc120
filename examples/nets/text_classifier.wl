#!/usr/bin/env wlnet
(* Is a sentence from a story or from a law? Sentences of Alice's Adventures in Wonderland and of the Constitution of the
   United States, encoded as words of a vocabulary that the training sentences give. *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
table = Rest[Import[FileNameJoin[{folder, "..", "data", "sentences.csv"}]]];
SeedRandom[5];
examples = RandomSample[Rule @@@ table];
{train, test} = TakeDrop[examples, Round[4/5 Length[examples]]];
Print[Length[train], " sentences to learn from, ", Length[test], " held out"];

(* the words that occur at least twice; all others share one code *)
words = Flatten[StringSplit[ToLowerCase[Keys[train]], Except[LetterCharacter] ..]];
vocabulary = Sort[Keys[Select[Counts[words], # >= 2 &]]];
encoder = NetEncoder[{"Tokens", vocabulary}];
Print[Length[vocabulary], " words; \"the rabbit shall\" is ", vocabulary[[encoder["the rabbit shall"]]]];

net = NetChain[{EmbeddingLayer[8], AggregationLayer[Mean, 1], LinearLayer[], SoftmaxLayer[]}, "Input" -> encoder];
results = NetTrain[net, train, All, MaxTrainingRounds -> 40, LearningRate -> 0.01, BatchSize -> 16, RandomSeeding -> 1];
trained = results["TrainedNet"];
Print["at least 90 % of the held-out sentences are named rightly: ", NetMeasurements[trained, test, "Accuracy"] >= 0.9];
Print[trained[{"The President shall have the power.", "Oh dear, said the queen, what a curious dream!"}]];

(* net, vocabulary and labels are in one file *)
file = FileNameJoin[{$TemporaryDirectory, "sentences.wlnet"}];
Export[file, trained];
restored = Import[file];
Print["the file gives the same answers: ", restored[Keys[test]] === trained[Keys[test]]];
