# SPDX-License-Identifier: MIT
# Makes width_ranges.c from the files of the Unicode Character Database (UAX #44; unicode.org/ucd):
#   awk -f width.awk EastAsianWidth.txt PropList.txt UnicodeData.txt >width_ranges.c
# and then clang-format. On Debian they are in the package unicode-data.
function number(hex,    i, n) {
	n = 0
	for (i = 1; i <= length(hex); i++)
		n = n * 16 + index("0123456789ABCDEF", substr(hex, i, 1)) - 1
	return n
}
function put(list, first, last) { # in rising order
	if (count[list] && end[list, count[list]] == first - 1) {
		end[list, count[list]] = last
		return
	}
	count[list]++
	begin[list, count[list]] = first
	end[list, count[list]] = last
}
function print_list(list,    i) {
	printf "\nconst struct width_range width_%s[] = {\n", list
	for (i = 1; i <= count[list]; i++)
		printf "{0x%04X, 0x%04X},\n", begin[list, i], end[list, i]
	printf "};\nconst size_t width_%s_count = sizeof(width_%s) / sizeof(*width_%s);\n",
		list, list, list
}
function bounds(text,    part) {
	n = split(text, part, /[.][.]/)
	first = number(part[1])
	last = number(part[n])
}

FNR == 1 && /^# EastAsianWidth/ {
	version = $2
	sub(/EastAsianWidth-/, "", version)
	sub(/[.]txt/, "", version)
}
/^#/ { next }
{ sub(/ *#.*/, ""); gsub(/ *; */, ";") }
FILENAME ~ /EastAsianWidth/ {
	split($0, field, ";")
	if (field[2] == "W" || field[2] == "F") {
		bounds(field[1])
		put("wide", first, last)
	}
	next
}
FILENAME ~ /PropList/ {
	split($0, field, ";")
	if (field[2] == "Prepended_Concatenation_Mark") {
		bounds(field[1])
		for (i = first; i <= last; i++)
			prepended[i] = 1
	}
	next
}
{
	split($0, field, ";")
	first = last = number(field[1])
	if (field[2] ~ /First>$/) {
		range_first = first
		next
	}
	if (field[2] ~ /Last>$/)
		first = range_first
	# a soft hyphen is shown; medial vowels and final consonants of Hangul go with the initial
	if (first == 173 || first in prepended)
		next
	if (field[3] ~ /^(Mn|Me|Cf)$/ || (first >= 4448 && last <= 4607) ||
	    (first >= 55216 && last <= 55291))
		put("zero", first, last)
}

END {
	print "/* SPDX-License-Identifier: MIT */"
	print "/* Made by width.awk from version " version " of the Unicode Character Database. Not to be edited. */"
	print "#include \"width_private.h\""
	print_list("zero")
	print_list("wide")
}
