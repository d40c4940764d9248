/* SPDX-License-Identifier: MIT */
/* Pictures of screens: where things stand in them, and what they look like. */
#include "page/svg.h"

#include "attack.h"
#include "base/buf.h"
#include "markup.h"
#include "story/screen.h"
#include "tap.h"

#include <string.h>

static void on_text(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
}

static const struct screen_sink sink = {on_text, on_text};

static void draw(const char *bytes, const char *title, int flags, struct buf *out)
{
	struct screen *s = screen_new(4, 20, &sink, NULL);

	buf_clear(out);
	screen_write(s, bytes, strlen(bytes));
	svg_put(out, s, title, flags);
	screen_free(s);
}

static void has(const char *bytes, const char *want, const char *name)
{
	struct buf out = {0};

	draw(bytes, "", 0, &out);
	if (!ok(strstr(buf_str(&out), want) != NULL, "%s", name))
		tap_note("wanted %s in:\n%s", want, buf_str(&out));
	buf_release(&out);
}

static void has_not(const char *bytes, const char *unwanted, const char *name)
{
	struct buf out = {0};

	draw(bytes, "", 0, &out);
	if (!ok(!strstr(buf_str(&out), unwanted), "%s", name))
		tap_note("%s", buf_str(&out));
	buf_release(&out);
}

static void test_places(void)
{
	has("ab  cd",
	    "<text x=\"14.0\" y=\"28\" textLength=\"50.4\" xml:space=\"preserve\">ab  cd<",
	    "text has the length of its columns");
	has("   x", "<text x=\"39.2\" y=\"28\" textLength=\"8.4\"", "blanks in front are no text");
	has("\r\n\r\nx", "y=\"66\"", "a row is where it is on the screen");
	has("a\344\270\255b",
	    "<text x=\"22.4\" y=\"28\" textLength=\"16.8\" "
	    "xml:space=\"preserve\">\344\270\255<",
	    "a wide character has two columns");
	has("a\344\270\255b",
	    "<text x=\"39.2\" y=\"28\" textLength=\"8.4\" "
	    "xml:space=\"preserve\">b<",
	    "and what follows it stands behind them");
	has("e\314\201!", ">e\314\201<", "what combines stays with its character");
}

static void test_looks(void)
{
	has("\033[31mred", "fill=\"#f47067\" xml:space=\"preserve\">red<", "colours");
	has("\033[1mx", " font-weight=\"bold\"", "bold");
	has("\033[3mx", " font-style=\"italic\"", "italic");
	has("\033[2mx", " fill-opacity=\"0.65\"", "faint");
	has("\033[4;9mx", " text-decoration=\"underline line-through\"", "underlined and struck");
	has("\033[4:3mx", " style=\"text-decoration-style:wavy\"", "a curl");
	has("\033[4mx  \033[m", ">x  <", "blanks that are underlined are text");
	has("\033[48;2;1;2;3mxy",
	    "<rect x=\"14.0\" y=\"14\" width=\"16.8\" height=\"19\" fill=\"#010203\"/>",
	    "one rectangle for a ground");
	has("\033[7mxy",
	    "height=\"19\" fill=\"#d9dde3\"/>\n<text x=\"14.0\" y=\"28\" "
	    "textLength=\"16.8\" fill=\"#14161a\"",
	    "inverse");
	has_not("\033[8msecret", "secret", "what is concealed is not in it");
}

static void test_foreign(void)
{
	struct buf out = {0};
	char at[MARKUP_AT];
	const char *wrong;

	has("<a&b>", ">&lt;a&amp;b&gt;<", "what means something in XML is escaped");
	has_not("x\342\200\256y", "\342\200\256", "what turns the text around is left out");
	draw("", "a\n<b>\001", SVG_FRAME, &out);
	ok(strstr(buf_str(&out), "<title>a\\n&lt;b&gt;\\x01</title>") != NULL,
	   "a title is cleaned and escaped");
	ok(strstr(buf_str(&out), "font-size=\"12\">a …</text>") != NULL,
	   "its first line is in the frame");
	draw("", attack_text, SVG_FRAME, &out);
	ok(!strstr(buf_str(&out), "<script"), "a hostile title is text");
	draw(attack_text, attack_text, SVG_FRAME | SVG_CURSOR, &out);
	wrong = markup_svg(&out, at);
	is_str(wrong ? at : "", "", "a picture of anything is well formed");
	buf_release(&out);
}

static void test_parts(void)
{
	struct buf out = {0};

	draw("x", "", 0, &out);
	ok(strstr(buf_str(&out), "width=\"196\" height=\"104\"") != NULL,
	   "a picture of the whole screen has its size");
	ok(!strstr(buf_str(&out), "fill-opacity=\"0.5\""), "and no cursor");
	draw("\r\nx", "", SVG_FIT, &out);
	ok(strstr(buf_str(&out), "width=\"196\" height=\"47\"") != NULL,
	   "one that fits has the rows that show something");
	draw("", "", SVG_FIT, &out);
	ok(strstr(buf_str(&out), "height=\"47\"") != NULL, "or one, if none does");
	draw("ab", "", SVG_CURSOR, &out);
	ok(strstr(buf_str(&out), "<rect x=\"30.8\" y=\"14\" width=\"8.4\" height=\"19\" "
				 "fill=\"#d9dde3\" fill-opacity=\"0.5\"/>") != NULL,
	   "the cursor is where it is");
	draw("ab\033[?25l", "", SVG_CURSOR, &out);
	ok(!strstr(buf_str(&out), "fill-opacity=\"0.5\""), "unless it is hidden");
	buf_release(&out);
}

int main(void)
{
	test_places();
	test_looks();
	test_foreign();
	test_parts();
	return tap_done();
}
