#!/usr/bin/env wlnet
(* A gated recurrent net learns to spell the numbers from one to ninety-nine, and then makes up words itself.
   Words of all lengths train together; every character is a target; NetStateObject writes by chance. *)

ones = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
teens = {"ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
tens = {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
words = Join[ones, teens, tens, Flatten[Outer[#1 <> "-" <> #2 &, tens, ones]]];

(* "^" begins a word and "$" ends it: what stands before is the input, what stands after is to be foretold *)
alphabet = Union[Characters[StringJoin[words]], {"^", "$"}];
encoder = NetEncoder[{"Characters", alphabet}];
inputs = "^" <> # & /@ words;
targets = encoder[# <> "$"] & /@ words;
Print[Length[words], " words of ", Min[StringLength[words]], " to ", Max[StringLength[words]], " characters"];

net = NetChain[{EmbeddingLayer[8], GatedRecurrentLayer[40], NetMapOperator[LinearLayer[Length[alphabet]]],
    SoftmaxLayer[]}, "Input" -> encoder];
results = NetTrain[net, <|"Input" -> inputs, "Output" -> targets|>, All,
   LossFunction -> CrossEntropyLossLayer["Index"],
   MaxTrainingRounds -> 150, BatchSize -> 32, LearningRate -> 0.01, RandomSeeding -> 2];
trained = results["TrainedNet"];
Print["loss fell to a third: ", First[results["RoundLossList"]] > 3 Last[results["RoundLossList"]]];

(* which letter follows is open at the beginning of a word, and less and less so towards its end *)
probability[word_] := Exp[Total[Log[MapThread[Part, {trained["^" <> word], encoder[word <> "$"]}]]]];
Print["the net gives the words a probability of at least 0.8: ", Total[probability /@ words] >= 0.8];
Print["and others less than any of them: ", Max[probability /@ {"twelvety", "one-one", "sixtyfour"}] < Min[probability /@ words]];

(* one character at a time: the states stay in the object *)
write[] := Module[{writer = NetStateObject[trained], word = "", c = "^"},
   While[StringLength[word] < 20,
    c = RandomChoice[Last[writer[c]] -> alphabet];
    If[c === "$", Break[]];
    word = word <> c];
   word];
SeedRandom[4];
written = Table[write[], 50];
Print["words written by chance: ", Length[written]];
Print["at least 40 of 50 are numbers: ", Count[written, Alternatives @@ words] >= 40];
