(* A ledger: bookings as associations, balances, statements, and refusals that say why. *)

ledger = {};

book::amount = "An amount must be a positive number, not `1`.";
book::same = "A booking needs two accounts; both are `1`.";

book[date_, from_String, to_String, amount_, note_: ""] := Which[
  ! TrueQ[amount > 0], Message[book::amount, amount]; $Failed,
  from === to, Message[book::same, from]; $Failed,
  True,
  AppendTo[ledger,
    <|"date" -> date, "from" -> from, "to" -> to, "amount" -> amount, "note" -> note|>];
  Length[ledger]]

book["2024-01-03", "capital", "bank", 5000, "opening"];
book["2024-01-05", "bank", "stock", 1200, "flour"];
book["2024-01-09", "sales", "bank", 1800, "bread"];
book["2024-02-01", "bank", "rent", 650];
book["2024-02-07", "bank", "stock", 800, "sugar"];
book["2024-02-20", "sales", "bank", 2100, "cakes"];
Print[Length[ledger]];

(* Refusals: the message is quiet here, and Check sees it. *)
Print[Quiet[Check[book["2024-03-01", "bank", "rent", -5], "refused"]]];
Print[Quiet[Check[book["2024-03-01", "bank", "bank", 5], "refused", book::same]]];
Print[Length[ledger]];

(* Balances: what came in less what went out. *)
incoming = GroupBy[ledger, Key["to"] -> Key["amount"], Total];
outgoing = GroupBy[ledger, Key["from"] -> Key["amount"], Total];
balance = KeySort[Merge[{incoming, -outgoing}, Total]];
Print[balance];
Print[Total[balance]];
Print[TableForm[KeyValueMap[List, balance]]];

(* By month: the first seven characters of a date. *)
month[b_] := StringTake[b["date"], 7];
sales = Select[ledger, #from == "sales" &];
Print[GroupBy[sales, month -> (#amount &), Total]];
Print[GroupBy[ledger, {month, #from &}, Length]];

(* A statement: bookings of one account with a running balance. *)
statement[account_] := Module[{rows, changes},
  rows = Select[ledger, MemberQ[{#from, #to}, account] &];
  changes = If[#to === account, #amount, -#amount] & /@ rows;
  Transpose[{Lookup[rows, "date"], changes, Accumulate[changes]}]]
Scan[Print[StringRiffle[#, "  "]] &, statement["bank"]];

(* Changes: a missing note is filled in; a booking is corrected in place. *)
ledger = MapAt[If[# === "", "none", #] &, ledger, {All, "note"}];
Print[ledger[[4, "note"]], " ", ledger[[All, "note"]]];
ledger[[4, "amount"]] = 700;
Print[ledger[[4]]];

(* Questions. *)
Print[MaximalBy[ledger, #amount &][[1, "note"]]];
Print[SelectFirst[ledger, #amount > 2000 && #from == "sales" &, "none"]["note"]];
Print[Lookup[<|"bank" -> 1|>, "till", 0], " ", Lookup[First[ledger], "till"]];
Print[Counts[Catenate[Lookup[ledger, {"from", "to"}]]]];
Print[KeyDrop[First[ledger], {"note", "date"}]];
Print[Normal[KeyMap[ToUpperCase, KeyTake[Last[ledger], {"from", "to"}]]]];
