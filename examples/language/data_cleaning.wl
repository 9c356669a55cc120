(* Data cleaning: a table as it comes, and a table from a file. *)

(* 1. Rows of text with gaps, spaces, commas in numbers and a row that is there twice. *)
raw = ImportString["name, age ,city,income
 Ann ,34,Oslo,\"52,000\"
bob,,Bergen,41000
CARA,29,oslo,n/a
bob,,Bergen,41000
Dan,-1,Bergen,38500
Eva,51,Oslo,61000", {"CSV", "RawData"}];
Print[Length[raw]];
header = StringTrim /@ First[raw];
Print[header];

number[s_String] := With[{digits = StringDelete[StringTrim[s], ","]},
  If[StringMatchQ[digits, ("-" | "") ~~ DigitCharacter ..], ToExpression[digits], Missing["NotAvailable"]]]
number[n_] := n
clean[row_] := AssociationThread[header -> row] //
  MapAt[Capitalize[ToLowerCase[StringTrim[#]]] &, {{"name"}, {"city"}}] //
  MapAt[number, {{"age"}, {"income"}}] //
  MapAt[If[IntegerQ[#] && # < 0, Missing["Invalid"], #] &, "age"]

people = DeleteDuplicates[clean /@ Rest[raw]];
Scan[Print, people];
Print[Count[people, #, Infinity] & /@ {_Missing, Missing["Invalid"]}];

(* Gaps are filled with the median of the others. *)
known[column_] := DeleteMissing[Lookup[people, column]]
medians = AssociationMap[Median[known[#]] &, {"age", "income"}];
Print[medians];
filled = Merge[{#, medians}, If[MissingQ[First[#]], Last[#], First[#]] &] & /@ people;
Print[Lookup[filled, "age"], " ", Lookup[filled, "income"]];
Print[GroupBy[filled, #city & -> (#income &), Mean]];
Print[SortBy[filled, {#city &, -#income &}][[All, "name"]]];

(* 2. Flowers: the file beside this program. *)
file = FileNameJoin[{DirectoryName[$InputFileName], "..", "data", "iris.csv"}];
{names, rows} = TakeDrop[Import[file], 1];
flowers = AssociationThread[First[names] -> #] & /@ rows;
Print[Length[flowers], " ", Keys[First[flowers]]];
Print[Counts[Lookup[flowers, "species"]]];
means = GroupBy[flowers, Key["species"] -> Key["petal_length"], Round[Mean[#], 0.001] &];
Print[means];

(* Rows with a value far from the others of their kind. *)
far[group_] := Module[{x = Lookup[group, "sepal_width"]},
  Pick[group, Unitize[Clip[Abs[Standardize[x]] - 2.5, {0, Infinity}]], 1]]
Print[Length /@ GroupBy[flowers, #species &, far]];

(* Out again, as text. *)
Print[ExportString[KeyValueMap[List, means], "CSV"]];
