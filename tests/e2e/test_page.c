/* SPDX-License-Identifier: MIT */
/* `steno export -f html`: the page as a browser has it. */
#include "attack.h"
#include "browser.h"
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lab lab;
static struct browser *browser;

static void record(void)
{
	struct term *t;

	lab_open(&lab, 0);
	t = lab_start(&lab, "--model", "m-large", NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "printf '\\033[31mred\\033[0m <b>plain</b>\\n'");
	lab_line(t, "seq 1 40; (exit 4)");
	lab_line(t, "seq 1 5000");
	lab_line(t, "echo new >file; echo needle");
	is_int(lab_exit(t, 0), 0, "a session to make a page of is recorded");
	term_free(t);
}

/* A file in the laboratory, in a static buffer. */
static const char *path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", lab.repo, name);
	return path;
}

static void read_page(const char *name, struct buf *out)
{
	char script[64];

	snprintf(script, sizeof(script), "cat %s", name);
	buf_clear(out);
	lab_sh(&lab, out, script);
}

static void asks(const char *expression, const char *want, const char *name)
{
	char *got = browser_ask(browser, expression);

	is_str(got ? got : "(it threw)", want, "%s", name);
	free(got);
}

static void has_no_complaints(const char *name)
{
	is_str(browser_complaints(browser), "", "%s", name);
}

static int has_player(void)
{
	return lab_sh(&lab, NULL, "ls \"$(dirname \"$STENO\")\"/../share/steno/player/LICENSE") ==
	       0;
}

static void test_file(void)
{
	struct buf page = {0};

	is_int(lab_sh(&lab, NULL, "\"$STENO\" export -f html -o page.html last"), 0,
	       "a page can be made");
	read_page("page.html", &page);
	ok(strstr(buf_str(&page), "<span class=\"c1\">red</span> &lt;b&gt;plain&lt;/b&gt;") != NULL,
	   "it has colours, and text that is markup as text");
	ok(strstr(buf_str(&page), "<span class=\"exit bad\">✗ exit 4</span>") != NULL,
	   "it marks failures in words");
	ok(strstr(buf_str(&page), " more lines (") != NULL, "it says how much is folded");
	ok(strstr(buf_str(&page), "left out; all of it: steno show ") != NULL,
	   "it says what is not in it, and where that is");
	ok(strstr(buf_str(&page), "<span class=\"add\">+new</span>") != NULL ||
		   strstr(buf_str(&page), "<code>file</code>") != NULL,
	   "it has the changes");
	is_int(lab_sh(&lab, NULL,
		      "\"$STENO\" export -f html last | cmp - page.html && "
		      "\"$STENO\" export -o named.html last && cmp named.html page.html"),
	       0, "it is the same on standard output, and where the file's name asks for it");
	buf_release(&page);
}

/* A program elsewhere, beside which there is no player. */
static void test_no_player(void)
{
	struct buf page = {0};

	lab_sh(&lab, NULL,
	       "mkdir -p ../else/bin && cp \"$STENO\" ../else/bin && "
	       "../else/bin/steno export -f html -o bare.html last");
	read_page("bare.html", &page);
	if (strstr(buf_str(&page), "id=\"player\""))
		tap_skip("a page without the player says so", "one is installed");
	else
		ok(strstr(buf_str(&page), "<p>The player is not in this page: ") != NULL &&
			   !strstr(buf_str(&page), "wasm"),
		   "a page without the player says so");
	buf_release(&page);
}

/* How many of the page's own colours cannot be read on their ground (WCAG 2.2, 1.4.3). */
static const char unreadable[] =
	"(() => { const lum = c => c.match(/[0-9.]+/g).slice(0, 3).map(v => (v /= 255) <= .04045 ? "
	"v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, "
	".0722][i], 0); const probe = document.createElement('pre'); "
	"document.querySelector('main').append(probe); const bad = []; "
	"const tell = (name, el, ground) => { if (!el) return bad.push('no ' + name); const a = "
	"lum(getComputedStyle(el).color) + .05, "
	"b = lum(ground) + .05; if (Math.max(a, b) / Math.min(a, b) < 4.5) bad.push(name); }; "
	"const block = getComputedStyle(probe).backgroundColor, "
	"paper = getComputedStyle(document.body).backgroundColor; "
	"for (let i = 0; i < 16; i++) { probe.className = 'c' + i; tell('c' + i, probe, block); } "
	"probe.remove(); for (const what of ['h1', 'header p', 'dt', '.bad', '.facts', '.facts "
	"code', "
	"'.number', '.axis', '.list .long', '.times summary', 'footer p', 'output']) "
	"tell(what, document.querySelector(what), paper); "
	"for (const what of ['.fold > summary', '.gap', 'pre']) "
	"tell(what, document.querySelector(what), block); return bad.join(' '); })()";

static void test_reading(void)
{
	browser_go(browser, path_of("page.html"));
	asks("document.title.startsWith('repo: ')", "true", "a browser shows the page");
	asks("document.querySelectorAll('.command').length", "5", "with the commands");
	asks("getComputedStyle(document.querySelector('.c1')).color", "rgb(168, 32, 26)",
	     "text is in its colours");
	asks(unreadable, "", "all text has the contrast that reading needs");
	browser_look(browser, 1000, 800, BROWSER_DARK);
	asks("getComputedStyle(document.querySelector('.c1')).color", "rgb(244, 112, 103)",
	     "and in others where dark pages are preferred");
	asks(unreadable, "", "and enough contrast there, too");
	browser_look(browser, 360, 740, 0);
	asks("document.documentElement.scrollWidth <= 360", "true", "it fits a telephone");
	browser_look(browser, 1000, 800, 0);
	has_no_complaints("it asks for nothing, and violates nothing");
}

static void test_folds(void)
{
	asks("document.querySelector('#c3 details').open", "false", "a long output is folded");
	/* by innerText it would have to be laid out, which is done when it comes near the screen */
	asks("[...document.querySelectorAll('#c3 pre')].some(p => !p.closest('details') && "
	     "p.textContent.includes('\\n5000'))",
	     "true", "its end is to be seen");
	asks("document.querySelector('#c3 summary').focus()", "undefined",
	     "its fold has the focus");
	browser_key(browser, "Enter");
	ok(browser_until(browser, "document.querySelector('#c3 details').open"),
	   "Enter unfolds it");
	asks("document.querySelector('#c3 .gap').innerText.includes('steno show')", "true",
	     "and there it says how to see the rest");
}

static void test_no_script(void)
{
	browser_look(browser, 1000, 800, BROWSER_NO_SCRIPT);
	browser_go(browser, path_of("page.html"));
	asks("getComputedStyle(document.getElementById('filter')).display", "none",
	     "without JavaScript there is no filter");
	asks("document.querySelector('#c3 summary').focus()", "undefined", "but folds are there");
	browser_key(browser, "Enter");
	ok(browser_until(browser, "document.querySelector('#c3 details').open"),
	   "and Enter unfolds them");
	asks("document.querySelectorAll('#c1 .c1').length", "1", "and colours");
	has_no_complaints("and nothing is violated");
	browser_look(browser, 1000, 800, 0);
}

static void filter_is(const char *shown, const char *name)
{
	struct buf expression = {0};

	buf_printf(&expression,
		   "[...document.querySelectorAll('.command:not(.away)')].map(c => c.id).join(' ') "
		   "=== '%s'",
		   shown);
	ok(browser_until(browser, buf_str(&expression)), "%s", name);
	buf_release(&expression);
}

static void test_filter(void)
{
	browser_go(browser, path_of("page.html"));
	browser_key(browser, "/");
	asks("document.activeElement.id", "wanted", "a slash goes to the filter");
	browser_type(browser, "NEEDLE");
	filter_is("c4", "what is typed there leaves the commands that have it, in any case");
	asks("document.getElementById('count').textContent", "1 of 5 commands", "it is counted");
	asks("CSS.highlights.get('found').size > 1", "true", "and marked");
	asks("location.hash = '#c2'", "#c2", "a link leads to a command that is not shown");
	filter_is("c1 c2 c3 c4 c5", "then all are shown again");
	asks("document.getElementById('failed').click()", "undefined", "failed only");
	filter_is("c2", "leaves those that failed");
	asks("document.getElementById('failed').click()", "undefined", "and all come back");
	filter_is("c1 c2 c3 c4 c5", "when that is taken off");
	asks("(w => { w.value = '4990'; w.dispatchEvent(new Event('input', {bubbles: true})) })"
	     "(document.getElementById('wanted'))",
	     "undefined", "what is in a fold is looked for");
	ok(browser_until(browser, "document.querySelector('#c3 details').open"),
	   "and unfolded when it is found");
	has_no_complaints("the filter violates nothing");
}

static void test_links(void)
{
	struct buf path = {0};

	buf_printf(&path, "%s#c3", path_of("page.html"));
	browser_go(browser, buf_str(&path));
	asks("document.querySelector(':target').id", "c3", "each command has a link of its own");
	ok(browser_until(browser, "(r => r.top >= 0 && r.top < 200)(document.querySelector('#c3')."
				  "getBoundingClientRect())"),
	   "which leads there");
	asks("document.querySelectorAll('.strip a').length", "5",
	     "the strip of time has a bar for each command");
	asks("document.querySelector('.strip a[href=\"#c2\"] rect').dispatchEvent(new "
	     "MouseEvent('click', {bubbles: true}))",
	     "true", "a bar can be clicked");
	ok(browser_until(browser, "location.hash === '#c2'"), "and leads to its command");
	buf_release(&path);
}

static void test_player(void)
{
	if (!has_player()) {
		tap_skip("the session plays in the player", "make deps has not fetched it");
		return;
	}
	browser_go(browser, path_of("page.html"));
	asks("document.querySelector('#c4 button').click()", "undefined",
	     "each command has a button that plays it");
	ok(browser_until(browser, "document.querySelector('#player .ap-term') !== null && "
				  "document.querySelector('#player').innerText.includes('needle')"),
	   "the player shows what the command printed");
	asks("document.querySelector('#player').innerText.includes('4990')", "true",
	     "and what stood on the screen before it");
	has_no_complaints("the player violates nothing, and asks for nothing");
}

/* In an image of a browser, and alone. */
static void test_picture(void)
{
	is_int(lab_sh(&lab, NULL, "\"$STENO\" export -f svg -o one.svg last:1"), 0,
	       "a picture of a command can be made");
	browser_go(browser, path_of("one.svg"));
	asks("document.documentElement.nodeName", "svg", "it is an SVG");
	asks("[...document.querySelectorAll('text')].map(t => t.textContent).join('|')",
	     LAB_PROMPT "printf '\\033[31mred\\033[0m <b>plain</b>\\n'|red|<b>plain</b>",
	     "it has the command and its output as text, and nothing of others");
	asks("getComputedStyle([...document.querySelectorAll('text')].find(t => t.textContent === "
	     "'red')).fill",
	     "rgb(244, 112, 103)", "in its colours");
	has_no_complaints("it violates nothing, and asks for nothing");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" export -f svg -o two.svg --frame --at 0:00 last:2"),
	       0, "a picture of a moment can be made");
	browser_go(browser, path_of("two.svg"));
	asks("document.querySelector('title').textContent.endsWith('-session')", "true",
	     "it is called as the session is");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" export -f svg -o no.svg last:99"), 1,
	       "a command that is not there gives 1");
	is_int(lab_sh(&lab, NULL, "test ! -e no.svg"), 0, "and no file");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" export -f text --at 1 last"), 2,
	       "a text of a moment cannot be had");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" export -f svg --at noon last"), 2,
	       "nor a picture of no time");
}

static void test_xml(void)
{
	if (lab_sh(&lab, NULL, "command -v xmllint") != 0) {
		tap_skip("pictures are good XML", "xmllint is not installed");
		return;
	}
	is_int(lab_sh(&lab, NULL,
		      "for n in 1 2 3; do \"$STENO\" export -f svg --frame ./attack.cast:$n | "
		      "xmllint --noout - || exit 9; \"$STENO\" export -f svg --at 1 "
		      "./attack.cast:$n | xmllint --noout - || exit 9; done; \"$STENO\" export -f "
		      "svg "
		      "last | xmllint --noout -"),
	       0, "pictures are good XML, whatever is on them");
}

static void write_attack(void)
{
	struct buf cast = {0};
	FILE *f;

	attack_print(&cast);
	f = fopen(path_of("attack.cast"), "w");
	if (!f || fwrite(cast.data, 1, cast.len, f) != cast.len || fclose(f))
		tap_note("attack.cast could not be written");
	buf_release(&cast);
}

static void test_attack(void)
{
	is_int(lab_sh(&lab, NULL, "\"$STENO\" export -f html -o attack.html ./attack.cast"), 0,
	       "a hostile recording can be made a page of");
	browser_go(browser, path_of("attack.html"));
	asks("typeof hacked", "undefined", "nothing in it runs");
	asks("document.querySelectorAll('img, iframe, object, embed, base, link, "
	     "form:not(#filter), "
	     "meta[http-equiv=refresh], [onclick], [onload], [onerror], "
	     "a:not([href^=\"#\"])').length",
	     "0", "nothing in it becomes an element");
	asks("document.querySelectorAll('.command').length", "4", "all commands are there");
	asks("[...document.querySelectorAll('#transcript > *')].map(e => e.className).filter(c => "
	     "c && c !== 'filter').join(' ')",
	     "loose words words words file note note note command failed loose command failed "
	     "command "
	     "command failed",
	     "and what was said and noted between them");
	asks("document.body.innerText.includes('<script>hacked=1</script>')", "true",
	     "its text is to be read");
	asks("/[\\u202a-\\u202e\\u2066-\\u2069\\u2028\\0-\\x08\\x0e-\\x1f]/"
	     ".test(document.querySelector('main').innerText)",
	     "false", "and nothing in it that is not to be seen");
	if (has_player()) {
		asks("document.querySelector('#c2 button').click()", "undefined",
		     "it can be played");
		ok(browser_until(browser, "document.querySelector('#player').innerText.includes("
					  "'hacked=1')"),
		   "the player shows it");
	}
	asks("typeof hacked", "undefined", "and nothing runs");
	has_no_complaints("nothing violates the policy");
	lab_sh(&lab, NULL, "\"$STENO\" export -f svg -o attack.svg --frame ./attack.cast:1");
	browser_go(browser, path_of("attack.svg"));
	asks("document.documentElement.nodeName + typeof hacked", "svgundefined",
	     "in a picture nothing runs either");
	asks("document.querySelectorAll('script, a, image, foreignObject, style, use').length", "0",
	     "nor becomes an element");
	has_no_complaints("nor violates anything");
}

/* What the other tests rely on: a page that does what ours must not is found out. */
static void test_complaints(void)
{
	lab_sh(&lab, NULL,
	       "echo '<meta http-equiv=Content-Security-Policy content=\"script-src "
	       "'\\''none'\\''\"><img src=http://127.0.0.1:9/x><script>hacked=1</script>' "
	       ">bad.html");
	browser_go(browser, path_of("bad.html"));
	ok(strstr(browser_complaints(browser), "Content Security Policy") != NULL,
	   "a violation of a policy would be seen");
	ok(strstr(browser_complaints(browser), "http://127.0.0.1:9/x") != NULL,
	   "a request would be seen");
	free(browser_ask(browser, "setTimeout(() => nowhere())"));
	ok(browser_until(browser, "new Promise(r => setTimeout(r, 0, true))") &&
		   strstr(browser_complaints(browser), "nowhere") != NULL,
	   "an error would be seen");
}

int main(void)
{
	record();
	test_file();
	test_no_player();
	write_attack();
	test_xml();
	browser = browser_open();
	if (browser) {
		test_complaints();
		test_reading();
		test_folds();
		test_no_script();
		test_filter();
		test_links();
		test_player();
		test_picture();
		test_attack();
	} else {
		tap_skip("a page in a browser", "Chromium is not installed");
	}
	browser_close(browser);
	lab_close(&lab);
	return tap_done();
}
