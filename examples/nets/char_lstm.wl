#!/usr/bin/env wlnet
(* A character-level language model: an LSTM learns a nursery rhyme and says it again, one character at a time.
   It is trained on windows of the text; a NetStateObject, which keeps the states between calls, writes. *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
text = ToLowerCase[Import[FileNameJoin[{folder, "..", "data", "jack.txt"}], "Text"]];
alphabet = Union[Characters[text]];
Print[StringLength[text], " characters, ", Length[alphabet], " different ones"];

(* each window of 20 characters, and the character that follows *)
width = 20;
starts = Range[StringLength[text] - width];
windows = StringTake[text, {#, # + width - 1}] & /@ starts;
next = StringTake[text, {# + width}] & /@ starts;

net = NetChain[{UnitVectorLayer[], LongShortTermMemoryLayer[48], SequenceLastLayer[], LinearLayer[], SoftmaxLayer[]},
   "Input" -> NetEncoder[{"Characters", alphabet}], "Output" -> NetDecoder[{"Class", alphabet}]];
results = NetTrain[net, windows -> next, All,
   MaxTrainingRounds -> 60, BatchSize -> 64, LearningRate -> 0.01, RandomSeeding -> 5];
trained = results["TrainedNet"];
Print["loss fell to a tenth: ", First[results["RoundLossList"]] > 10 Last[results["RoundLossList"]]];

(* after 20 characters some continuations are open, "that " for one: most are not *)
accuracy = NetMeasurements[trained, windows -> next, "Accuracy"];
Print["at least 95 % of the characters are foretold: ", accuracy >= 0.95];

(* the likeliest text: every call gets one character and starts from the states that the call before left *)
writer = NetStateObject[trained];
writer["this is the dog,\nthat worri"];
last = "e";
written = StringJoin[Table[last = writer[last], 60]];
Print["this is the dog,\nthat worrie", written];

(* one character at a time gives what the whole sequence gives *)
whole = trained["this is the cat,", "Probabilities"];
stepwise = NetStateObject[trained];
Do[probabilities = stepwise[c, "Probabilities"], {c, Characters["this is the cat,"]}];
Print["steps and the whole agree: ", Max[Abs[Values[whole] - Values[probabilities]]] < 10^-5];
Print["states: ", Dimensions /@ Values[NetExtract[stepwise, "States"]]];
