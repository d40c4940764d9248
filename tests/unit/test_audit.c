/* SPDX-License-Identifier: MIT */
/* The audit: what it says of recordings made for it, and where. */
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "box.h"
#include "out/audit.h"
#include "out/provenance.h"
#include "out/scribe.h"
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SESSION "20250907-185827-session"
#define ID "00112233445566778899aabbccddeeff"
#define HEADER                                                                                     \
	"{\"version\":3,\"term\":{\"cols\":80,\"rows\":24},\"timestamp\":1757271507,\"steno\":{"   \
	"\"version\":1,\"start_us\":1757271507000000,\"session\":\"" SESSION "\",\"id\":\"" ID     \
	"\",\"root\":\"/r\",\"hooks\":\"bash\"}}\n"
#define RUN                                                                                        \
	"[0.1,\"k\",\"A;s=0;st=0\"]\n[0,\"k\",\"B;s=0\"]\n[0.1,\"k\",\"C;s=1;prev=0;d=/"           \
	"r;cmd=ls\"]\n"
#define END "[0.5,\"k\",\"D;s=1;st=0\"]\n"
#define EXIT "[0.1,\"x\",\"0\"]\n"

/* The findings: "what" of each, a '!' in front of the grave ones, and where if that is known. */
static void on_found(void *ctx, const struct audit_finding *f)
{
	struct buf *said = ctx;

	buf_printf(said, "%s%s%s", said->len ? " " : "", f->is_grave ? "!" : "", f->what);
	if (f->offset >= 0)
		buf_printf(said, "@%d", (int)(f->offset - (f->offset ? (int)strlen(HEADER) : 0)));
}

static int folder(void)
{
	return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void write_cast(const char *text)
{
	int fd = open(SESSION ".cast", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || io_write_all(fd, text, strlen(text), NULL, NULL) < 0)
		bug("cannot write the recording");
	io_close(&fd);
}

static int audit(int flags, struct buf *said, struct audit_sum *sum)
{
	struct err err = {.code = 0};
	struct scribe s = {.cast = open(SESSION ".cast", O_RDONLY | O_CLOEXEC),
			   .dir = folder(),
			   .session = SESSION};
	int rc;

	buf_clear(said);
	rc = audit_run(&s, flags, on_found, said, sum, &err);
	if (rc < 0)
		buf_puts(said, err.text);
	io_close(&s.cast);
	io_close(&s.dir);
	return rc;
}

/* With the text files that a rebuild makes of it. */
static void says(const char *recording, const char *want, const char *name)
{
	struct scribe s = {.session = SESSION};
	struct audit_sum sum;
	struct buf said = {0};
	struct err err;

	unlink(PROVENANCE_NAME);
	write_cast(recording);
	s.cast = open(SESSION ".cast", O_RDONLY | O_CLOEXEC);
	s.dir = folder();
	if (scribe_rebuild(&s, &err) < 0)
		tap_note("%s", err.text);
	io_close(&s.cast);
	io_close(&s.dir);
	is_int(audit(0, &said, &sum), 0, "can be read: %s", name);
	is_str(buf_str(&said), want, "%s", name);
	buf_release(&said);
}

static void test_recordings(void)
{
	says(HEADER RUN END EXIT, "", "nothing is said of a whole session");
	says(HEADER RUN END, "!broken-off@99", "one without its exit broke off");
	says(HEADER RUN END EXIT "[0.1,\"o\",\"x", "!torn@113", "a torn tail, and where");
	says(HEADER RUN "[0.1\n[-1,\"o\",\"x\"]\n" END EXIT, "!damaged@76 !time@76",
	     "a line that is none, and one whose time goes back");
	says(HEADER RUN END EXIT "rubbish\n", "!damaged@113", "also at the end");
	says(HEADER RUN "[0,\"l\",\"{\\\"bytes\\\":7,\\\"why\\\":\\\"full\\\"}\"]\n"
			"[0,\"n\",\"{\\\"note\\\":\\\"mended\\\"}\"]\n" END EXIT,
	     "gap@76 repair@117", "gaps and repairs are told");
	says(HEADER RUN "[0,\"k\",\"B;s=1\"]\n[0,\"k\",\"A;s=0;st=0\"]\n[0,\"k\",\"D;s\"]\n"
			"[0,\"o\",\"\\u001b]7377;x;D;s=1\\u0007\\u001b]133;A\\u0007\"]\n" END EXIT,
	     "forged-marks@113 forged-marks@76 forged-marks@92 forged-marks@127 "
	     "unheard-marks@127",
	     "marks that were not believed, for each reason");
	says(HEADER RUN "[0,\"k\",\"D;s=5;st=0\"]\n" EXIT, "no-status",
	     "a command whose end mark is missing");
	says(HEADER RUN, "!broken-off@76 no-end", "one that has no end");
	says(HEADER "[0.1,\"k\",\"A;s=1;st=0\"]\n[0,\"k\",\"B;s=1;nl=3\"]\n[0,\"k\",\"R;n=1\"]\n"
		    "[0.1,\"o\",\"PS1=x\\r\\nx\"]\n[0.1,\"k\",\"R;n=1;f=1\"]\n" EXIT,
	     "no-status", "one after which prompts were not seen any more");
	says(HEADER RUN END
	     "[0,\"k\",\"A;s=1;st=0\"]\n[0,\"k\",\"B;s=1\"]\n[0,\"k\",\"A;s=3;st=0\"]\n" EXIT,
	     "unlisted@136", "commands that the shell counted and did not announce");
	says(HEADER RUN END "[0,\"k\",\"C;w=1757271527000000;s=2;prev=0;d=/r;cmd=x\"]\n"
			    "[0,\"k\",\"D;s=2;st=0\"]\n"
			    "[0,\"k\",\"C;w=1757271508000000;s=3;prev=0;d=/r;cmd=y\"]\n" EXIT,
	     "clock@99 clock@173", "a clock that was set");
}

static void test_headers(void)
{
	struct audit_sum sum;
	struct buf said = {0};
	int rc;

	write_cast("{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n" EXIT);
	is_int(audit(0, &said, &sum), 0, "a plain asciicast can be read");
	ok(strstr(buf_str(&said), "!header@0") != NULL, "and is none of steno's");
	write_cast("{}\n");
	rc = audit(0, &said, &sum);
	is_int(rc, -1, "what is no recording cannot: %s", buf_str(&said));
	write_cast("");
	rc = audit(0, &said, &sum);
	is_int(rc, -1, "nor an empty file: %s", buf_str(&said));
	buf_release(&said);
}

/* The file is a line behind, or one ahead: nothing is wrong with that. */
static void test_running(void)
{
	struct audit_sum sum;
	struct buf said = {0};

	says(HEADER RUN END EXIT, "", "a session to begin with");
	write_cast(HEADER RUN END "[0.1,\"k\",\"A;s=1;st=0\"]\n[0.1,\"o\"");
	is_int(audit(AUDIT_RUNNING, &said, &sum), 0, "a session that runs can be read");
	is_str(buf_str(&said), "", "and what is not there yet is not missed");
	unlink(PROVENANCE_NAME);
	audit(AUDIT_RUNNING, &said, &sum);
	is_str(buf_str(&said), "", "nor are lines that come later");
	is_int((int64_t)sum.commands, 1, "its commands are counted");
	buf_release(&said);
}

/* Each prefix of a recording, and each byte of it changed, is read to its end. */
static void test_hostile(void)
{
	static const char whole[] =
		HEADER RUN "[0,\"o\",\"\\u001b]7377;x;D;s=1\\u0007\"]\n" END EXIT;
	struct audit_sum sum;
	struct buf said = {0};
	char text[sizeof(whole)];
	size_t i, bad = 0, silent = 0;

	says(whole, "forged-marks@76", "a recording to be damaged");
	for (i = 1; i < sizeof(whole) - 1; i++) {
		memcpy(text, whole, i);
		text[i] = '\0';
		write_cast(text);
		if (audit(0, &said, &sum) == 0)
			silent += !sum.grave;
		else
			bad++;
	}
	is_int((int64_t)silent, 0, "each cut of a recording is noticed");
	is_int((int64_t)bad, (int64_t)strlen(HEADER) - 1, "and within the header not to be read");
	for (i = 0; i < sizeof(whole) - 1; i++) {
		memcpy(text, whole, sizeof(whole));
		text[i] ^= 1;
		write_cast(text);
		audit(0, &said, &sum);
	}
	ok(1, "each change of a byte is survived");
	buf_release(&said);
}

int main(void)
{
	box_open();
	test_recordings();
	test_headers();
	test_running();
	test_hostile();
	box_close();
	return tap_done();
}
