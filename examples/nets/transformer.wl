#!/usr/bin/env wlnet
(* A transformer encoder reads sentences: from a story or from a law? Words are embedded, positions too; attention with
   two heads and a perceptron follow, each around a shortcut and in front of a normalization; the mean over the words
   decides. Sentences of any length share a batch: they are padded, and the padding is masked. *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
table = Rest[Import[FileNameJoin[{folder, "..", "data", "sentences.csv"}]]];
SeedRandom[5];
{train, test} = TakeDrop[RandomSample[Rule @@@ table], Round[4/5 Length[table]]];
words = Flatten[StringSplit[ToLowerCase[Keys[train]], Except[LetterCharacter] ..]];
encoder = NetEncoder[{"Tokens", Sort[Keys[Select[Counts[words], # >= 2 &]]]}];
lengths = Length /@ encoder[Keys[train]];
Print[Length[train], " sentences of ", Min[lengths], " to ", Max[lengths], " words"];

heads = Table[name -> NetMapOperator[LinearLayer[{2, 8}]], {name, {"Key", "Value", "Query"}}];
attention = NetGraph[
   <|heads, "attend" -> AttentionLayer["Dot", "MultiHead" -> True, "ScoreRescaling" -> "DimensionSqrt"],
     "out" -> NetMapOperator[LinearLayer[16, "Input" -> {2, 8}]]|>,
   Join[Table[NetPort["Input"] -> name -> NetPort["attend", name], {name, Keys[heads]}], {"attend" -> "out"}],
   "Input" -> {"Varying", 16}];
around[net_] := NetGraph[<|"net" -> net, "add" -> ThreadingLayer[Plus], "normalize" -> NormalizationLayer[2, "Same"]|>,
   {NetPort["Input"] -> "net", {NetPort["Input"], "net"} -> "add" -> "normalize"}];
position = NetGraph[<|"words" -> EmbeddingLayer[16], "places" -> NetChain[{SequenceIndicesLayer["Maximum" -> 64],
      EmbeddingLayer[16, 64]}], "add" -> ThreadingLayer[Plus]|>,
   {NetPort["Input"] -> {"words", "places"}, {"words", "places"} -> "add"}];
net = NetChain[{position, around[attention], around[NetMapOperator[NetChain[{32, "GELU", 16}]]],
    AggregationLayer[Mean, 1], LinearLayer[], SoftmaxLayer[]}, "Input" -> encoder];

results = NetTrain[net, train, All, MaxTrainingRounds -> 15, LearningRate -> 0.003, BatchSize -> 16, RandomSeeding -> 1];
trained = results["TrainedNet"];
Print["at least 90 % of the held-out sentences are named rightly: ", NetMeasurements[trained, test, "Accuracy"] >= 0.9];
Print[trained[{"The President shall have the power.", "Oh dear, said the queen, what a curious dream!"}]];

(* alone or among longer ones, a sentence gets the same answer *)
few = Take[Keys[test], 12];
alone = (trained[#, "Probabilities"] &) /@ few;
together = trained[few, "Probabilities"];
Print["the company of others changes nothing: ", Max[Abs[Values[alone] - Values[together]]] < 0.00001];
weights = trained["Will the rabbit come?", NetPort[{2, "net", "attend", "AttentionWeights"}]];
Print["attention: ", Dimensions[weights], ", the weights of a word's keys sum to one: ", Max[Abs[Total[weights] - 1]] < 0.00001];
