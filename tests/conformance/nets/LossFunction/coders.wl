(* Section 3 of the LossFunction page: the rows whose decoders are Tokens, Characters, SubwordTokens, Image, Multilabel. *)

quiet = Sequence[RandomSeeding -> 4];
near[a_, b_, tol_] := Max[Abs[Flatten[{a}] - Flatten[{b}]]] < tol;
(* the loss before the first step: one batch, one round *)
start[net_, data_, opts___] := First[NetTrain[net, data, "BatchLossList", MaxTrainingRounds -> 1, opts, quiet]];
entropy[net_, in_, codes_] := Mean[-Log[MapThread[Part, {net[in, None], codes}]]];

(* softmax and Characters: ["Index"] with the encoder of the same table; the mean over the positions *)
characters = NetInitialize[NetChain[{EmbeddingLayer[4], NetMapOperator[LinearLayer[3]], SoftmaxLayer[]},
   "Input" -> NetEncoder[{"Characters", "xyz"}], "Output" -> NetDecoder[{"Characters", "abc"}]], RandomSeeding -> 1];
Print["Characters, value: ", near[start[characters, {"xyz" -> "cab"}], entropy[characters, "xyz", {3, 1, 2}], 10^-5]];
Print["Characters, two lengths: ", near[start[characters, {"xyz" -> "cab", "x" -> "a"}],
   Mean[{entropy[characters, "xyz", {3, 1, 2}], entropy[characters, "x", {1}]}], 10^-5]];
trained = NetTrain[characters, {"x" -> "b", "xyz" -> "bca", "zz" -> "aa", "yx" -> "cb"}, MaxTrainingRounds -> 150,
   LearningRate -> 0.02, quiet];
Print["Characters, trained: ", trained[{"zyx", "y"}], ", ", Head[trained], ", target ", NetExtract[trained, "Output"]];
NetTrain[characters, {"xyz" -> "cad"}, quiet];
NetTrain[characters, {"xyz" -> "ca"}, quiet];

(* Tokens: a word that is none of the vocabulary has the code after the last *)
words = {"the", "cat", "sat"};
tokens = NetChain[{EmbeddingLayer[4], NetMapOperator[LinearLayer[]], SoftmaxLayer[]},
   "Input" -> NetEncoder[{"Tokens", words}], "Output" -> NetDecoder[{"Tokens", words}]];
trainedTokens = NetTrain[tokens, {"the cat" -> "cat the", "sat the" -> "unheard cat"}, MaxTrainingRounds -> 200,
   LearningRate -> 0.02, quiet];
Print["Tokens, inferred size: ", NetExtract[trainedTokens, {2, "Net", "Output"}]];
Print["Tokens, trained: ", trainedTokens["The cat"]];
exact = NetChain[{EmbeddingLayer[4], NetMapOperator[LinearLayer[3]], SoftmaxLayer[]},
   "Input" -> NetEncoder[{"Tokens", words}], "Output" -> NetDecoder[{"Tokens", words}]];
NetTrain[exact, {"the cat" -> "cat unheard"}, quiet];

(* SubwordTokens: the decoder comes from the encoder *)
pieces = NetEncoder[{"SubwordTokens", {_, "a", "b", "ab", " "}}];
subwords = NetInitialize[NetChain[{EmbeddingLayer[4], NetMapOperator[LinearLayer[]], SoftmaxLayer[]},
   "Input" -> pieces, "Output" -> NetDecoder[pieces]], RandomSeeding -> 2];
Print["SubwordTokens, value: ", near[start[subwords, {"ab a" -> "b a"}], entropy[subwords, "ab a", {3, 5, 2}], 10^-5]];

(* sigmoid and several labels: ["Binary"], an indicator vector, the mean over the labels *)
labels = {"x", "y", "z"};
several = NetInitialize[NetChain[{LinearLayer[3], LogisticSigmoid}, "Input" -> 2,
   "Output" -> NetDecoder[{"Class", labels, "Multilabel" -> True}]], RandomSeeding -> 3];
p = several[{1, 2}, None];
Print["Multilabel, value: ", near[start[several, {{1, 2} -> {"z", "x"}}], Mean[-Log[{p[[1]], 1 - p[[2]], p[[3]]}]], 10^-5]];
Print["Multilabel, no label: ", near[start[several, {{1, 2} -> {}}], Mean[-Log[1 - p]], 10^-5]];
trainedSeveral = NetTrain[several, {{1, 0} -> {"x"}, {0, 1} -> {"y", "z"}, {0, 0} -> {}, {1, 1} -> labels},
   MaxTrainingRounds -> 400, LearningRate -> 0.05, quiet];
Print["Multilabel, trained: ", trainedSeveral[{{1, 0}, {0, 1}, {0, 0}}]];
NetTrain[several, {{1, 2} -> {"x", "w"}}, quiet];
Print["Multilabel, stated: ", near[start[several, {{1, 2} -> {"z", "x"}}, LossFunction -> CrossEntropyLossLayer["Binary"]],
   Mean[-Log[{p[[1]], 1 - p[[2]], p[[3]]}]], 10^-5]];

(* an Image decoder: targets are images, the loss is the mean square over channels and pixels *)
in = Image[{{0, 0.5}, {1, 0.25}}]; out = Image[{{1, 0.5}, {0, 0.75}}];
shift = NetInitialize[NetChain[{ElementwiseLayer[# &], ConvolutionLayer[1, 1]}, "Input" -> NetEncoder[{"Image", {2, 2}, "Grayscale"}],
   "Output" -> NetDecoder["Image"]], RandomSeeding -> 5];
raw = shift[in, None];
Print["Image, value: ", near[start[shift, {in -> out}], Mean[Flatten[(First[raw] - ImageData[out])^2]], 10^-5]];
negative = NetTrain[shift, {in -> out, out -> in}, MaxTrainingRounds -> 1500, LearningRate -> 0.02, quiet];
Print["Image, trained: ", ImageQ[negative[in]], ", ", near[ImageData[negative[in]], ImageData[out], 0.02]];
small = ImageResize[out, {5, 7}];
Print["Image, a target of another size: ", near[start[shift, {in -> small}],
   Mean[Flatten[(raw - NetEncoder[{"Image", {2, 2}, "Grayscale"}][small])^2]], 10^-4]];
NetTrain[shift, {in -> "no image"}, quiet];

(* images as data of a net without coders: both come from the data *)
free = NetTrain[NetChain[{FlattenLayer[], 4, ReshapeLayer[{1, 2, 2}]}], {in -> out, out -> in}, MaxTrainingRounds -> 2, quiet];
Print["Image, from the data: ", {NetExtract[free, "Input"], NetExtract[free, "Output"]}, " ", ImageDimensions[free[in]]];

(* an explicit loss gets the encoder that fits it: Class gives integers for Index, an Image arrays *)
Print["explicit loss, Characters: ", near[start[characters, {"xyz" -> "cab"}, LossFunction -> CrossEntropyLossLayer["Index"]],
   entropy[characters, "xyz", {3, 1, 2}], 10^-5]];
Print["explicit loss, Image: ", near[start[shift, {in -> out}, LossFunction -> MeanAbsoluteLossLayer[]],
   Mean[Flatten[Abs[First[raw] - ImageData[out]]]], 10^-5]];
