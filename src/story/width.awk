# SPDX-License-Identifier: MIT
# Makes width_pages.c from the files of the Unicode Character Database (UAX #44; unicode.org/ucd):
#   awk -f width.awk EastAsianWidth.txt PropList.txt UnicodeData.txt >width_pages.c
# and then clang-format. On Debian they are in the package unicode-data.
function number(hex,    i, n) {
	n = 0
	for (i = 1; i <= length(hex); i++)
		n = n * 16 + index("0123456789ABCDEF", substr(hex, i, 1)) - 1
	return n
}
function put(width, first, last,    cp) {
	for (cp = first; cp <= last; cp++)
		width_of[cp] = width
}
# The 64 bytes of the page that begins with character cp.
function spell_page(cp,    i, k, byte, text) {
	for (i = 0; i < 256; i += 4) {
		byte = 0
		for (k = 3; k >= 0; k--)
			byte = byte * 4 + width_at(cp + i + k)
		text = text sprintf("0x%02X,", byte)
	}
	return text
}
function width_at(cp) {
	return cp in width_of ? width_of[cp] : 1
}
function print_pages(    i, n, text, pages, number_of) {
	n = 0
	print "\nconst unsigned char width_page[WIDTH_PAGES] = {"
	for (i = 0; i < 4352; i++) {
		text = spell_page(i * 256)
		if (!(text in number_of)) {
			number_of[text] = n
			pages[n++] = text
		}
		print number_of[text] ","
	}
	print "};\n\nconst unsigned char width_pages[][WIDTH_PAGE / WIDTH_IN_BYTE] = {"
	for (i = 0; i < n; i++)
		print "{" pages[i] "},"
	print "};"
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
		put(2, first, last)
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
		put(0, first, last)
}

END {
	print "/* SPDX-License-Identifier: MIT */"
	print "/* Made by width.awk from version " version " of the Unicode Character Database. Not to be edited. */"
	print "#include \"width_private.h\""
	print_pages()
}
