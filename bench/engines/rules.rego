package bench

import rego.v1

invoice := document if {
	some document in input
	document.document_type == "invoice"
}

vouchers[document.voucher_id] := document if {
	some document in input
	document.document_type == "voucher"
}

round_half_up(value) := floor((value * 100) + 0.5) / 100

violations contains [1, line.line_id] if {
	some line in invoice.lines
	round_half_up(line.quantity * line.unit_price) != line.amount
}

violations contains [2, ""] if {
	sum([line.amount | some line in invoice.lines]) != invoice.total
}

violations contains [3, line.line_id] if {
	some line in invoice.lines
	not vouchers[line.voucher_id]
}

violations contains [4, line.line_id] if {
	some line in invoice.lines
	line.service_date < vouchers[line.voucher_id].valid_from
}

violations contains [4, line.line_id] if {
	some line in invoice.lines
	line.service_date > vouchers[line.voucher_id].valid_to
}

violations contains [5, line.line_id] if {
	some line in invoice.lines
	line.service_date < invoice.period.starts
}

violations contains [5, line.line_id] if {
	some line in invoice.lines
	line.service_date > invoice.period.ends
}

hours[line.voucher_id] contains [line.line_id, line.quantity] if {
	some line in invoice.lines
	line.service_type == "individual_coaching"
}

violations contains [6, voucher_id] if {
	some voucher_id, quantities in hours
	sum([quantity | some [_, quantity] in quantities]) > 30
}

group_days[key] contains line.service_date if {
	some line in invoice.lines
	line.service_type == "group_coaching"
	line.event == "delivered"
	key := concat("|", [line.client_ref, data.week[line.service_date]])
}

violations contains [7, key] if {
	some key, days in group_days
	count(days) > 2
}

work_days[key] contains line.service_date if {
	some line in invoice.lines
	line.service_type in {"assessment", "work_ability"}
	line.event == "delivered"
	key := concat("|", [line.client_ref, line.service_type, data.week[line.service_date]])
}

violations contains [8, key] if {
	some key, days in work_days
	count(days) > 4
}

missed[key] contains [line.line_id, line.amount, line.unit_price] if {
	some line in invoice.lines
	line.event in {"cancelled_same_day_by_client", "no_show"}
	key := concat("|", [line.voucher_id, substring(line.service_date, 0, 7)])
}

violations contains [9, key] if {
	some key, visits in missed
	sum([amount | some [_, amount, _] in visits]) > max([price | some [_, _, price] in visits])
}

# The table is sorted by date: the last step begun by then is the one in force.
violations contains [10, line.line_id] if {
	some line in invoice.lines
	begun := [step.amount | some step in data.ceilings[line.service_type]; step.from <= line.service_date]
	line.unit_price > begun[count(begun) - 1]
}

violations contains [11, voucher_id] if {
	some voucher_id, voucher in vouchers
	round_half_up(voucher.granted_units * voucher.unit_price) != voucher.total_value
}

billed[key] contains line.line_id if {
	some line in invoice.lines
	line.quantity > 0
	key := concat("|", [line.client_ref, line.service_type, line.service_date])
}

violations contains [12, key] if {
	some key, ids in billed
	count(ids) > 1
}
