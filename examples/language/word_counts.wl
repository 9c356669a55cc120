(* Text: from a paragraph to words, counts, sentences, an index and a cipher. *)

text = "The mill stood by the river. Every morning the miller opened the gate, and the water
turned the wheel; the wheel turned the stone, and the stone ground the corn. In a dry summer the
river fell, and the wheel stood still. \"No water, no flour,\" said the miller. He waited for rain!
Did the rain come? It came at night, and by morning the river sang.";

(* Words: lower case, letters only. *)
words = StringCases[ToLowerCase[text], LetterCharacter ..];
Print[Length[words], " words, ", Length[Union[words]], " different"];

(* Counts: the most frequent first, in order of the alphabet where they tie. *)
common[words_, n_] := Take[SortBy[Tally[words], {-Last[#] &, First}], n]
Print[common[words, 6]];
Print[TableForm[common[words, 3], TableHeadings -> {None, {"word", "count"}}]];

(* Without the small words that carry no meaning. *)
stop = {"the", "and", "a", "by", "in", "it", "he", "at", "for", "no", "did"};
content = DeleteCases[words, Alternatives @@ stop];
Print[KeySort[Select[Counts[content], # > 1 &]]];

(* Sentences and their lengths in words. *)
sentences = StringSplit[StringReplace[text, Whitespace -> " "], RegularExpression["(?<=[.!?])\"? (?=[A-Z\"])"]];
Print[Length[sentences]];
Print[Length[StringCases[#, LetterCharacter ..]] & /@ sentences];
Print[Last[sentences]];

(* Word lengths: a histogram of stars. *)
lengths = KeySort[CountsBy[words, StringLength]];
KeyValueMap[Print[StringPadLeft[ToString[#1], 2], " ", StringRepeat["*", #2]] &, lengths];

(* Which words begin with which letter, and where a word occurs. *)
byLetter = KeySort[GroupBy[Union[content], StringTake[#, 1] &]];
Print[byLetter["s"]];
Print[KeyTake[PositionIndex[words], {"river", "wheel"}]];

(* Pairs of neighbours: what follows "the" most often. *)
followers = Cases[Partition[words, 2, 1], {"the", next_} :> next];
Print[common[followers, 4]];

(* Titles, reversals, palindromes. *)
title[s_String] := StringRiffle[Capitalize /@ StringSplit[s]];
Print[title["the mill by the river"]];
Print[Select[Union[words, {"noon", "level"}], StringLength[#] > 1 && PalindromeQ[#] &]];

(* Caesar's cipher: letters shift, everything else stays. *)
shift[n_][c_String] := FromCharacterCode[Mod[First[ToCharacterCode[c]] - 97 + n, 26] + 97];
caesar[s_, n_] := StringReplace[s, c : CharacterRange["a", "z"] :> shift[n][c]];
secret = caesar["no water, no flour", 3];
Print[secret];
Print[caesar[secret, -3]];

(* The nearest known word to a misspelt one. *)
correct[w_] := First[MinimalBy[Union[words], EditDistance[#, w] &]];
Print[correct /@ {"milller", "watter", "weel"}];
