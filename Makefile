# SPDX-License-Identifier: MIT
# steno. GNU make. `make help` lists the targets; `make V=1` shows the commands, WERROR=1 makes
# warnings errors. CC, CFLAGS, CPPFLAGS, LDFLAGS, prefix and DESTDIR are the user's: what steno
# needs besides stands in variables of its own.
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

VERSION := 0.1.0
PKGS := vterm libgit2 jansson
# Which tree is built: release, asan, coverage or fuzz. BUILD puts it elsewhere.
FLAVOUR ?= release
BUILD ?= build/$(FLAVOUR)
FUZZ_SECONDS ?= 60
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
prefix ?= /usr/local
bindir ?= $(prefix)/bin
mandir ?= $(prefix)/share/man
datadir ?= $(prefix)/share
ifeq ($(origin CC),default)
CC := cc
endif
CFLAGS ?= -O2 -g
Q := $(if $(filter 1,$(V)),,@)

STENO_CPPFLAGS := -D_GNU_SOURCE -DSTENO_VERSION='"$(VERSION)"' -I$(BUILD)/gen \
	-include src/base/banned.h
STENO_CFLAGS := -std=c11 -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wvla -Wwrite-strings -Wformat=2 -Wundef \
	-fno-common -fstack-protector-strong -fPIE $(if $(filter 1,$(WERROR)),-Werror)
# Binding everything at the start was measured: no slower than lazily (2.6 ms either way, of which
# 2 ms are the loading of libgit2's own libraries).
STENO_LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
ifeq ($(FLAVOUR),release)
# Fortify is about the optimiser: without -O it only warns.
STENO_CPPFLAGS += $(if $(filter-out -O0,$(filter -O%,$(CFLAGS))),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
else ifeq ($(FLAVOUR),asan)
STENO_CFLAGS += $(SANITIZE)
else ifeq ($(FLAVOUR),coverage)
STENO_CFLAGS += -O0 --coverage
else ifeq ($(FLAVOUR),fuzz)
STENO_CFLAGS += $(SANITIZE) -fsanitize=fuzzer-no-link
endif

# Asked once, and not before something is compiled: `make deps` may have to install pkg-config.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
COMPILE = $(CC) $(STENO_CPPFLAGS) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) $(STENO_CFLAGS) -MMD -MP -c
LINK = $(CC) $(CFLAGS) $(STENO_CFLAGS) $(STENO_LDFLAGS) $(LDFLAGS)

SRCS := $(wildcard src/*.c src/*/*.c)
OBJS := $(SRCS:src/%.c=$(BUILD)/%.o)
LIB_OBJS := $(filter-out $(BUILD)/main.o,$(OBJS))
TEST_LIB_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/lib/*.c))
TEST_BINS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c tests/e2e/*.c))
# A fuzz target is a program of libFuzzer's in the fuzz tree, and a replay of its corpus elsewhere.
FUZZ_BINS := $(patsubst %.c,$(BUILD)/%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
FUZZ_LIB_OBJS := $(BUILD)/tests/lib/events.o $(BUILD)/tests/lib/markup.o
FUZZ_MAIN := $(if $(filter-out fuzz,$(FLAVOUR)),$(BUILD)/tests/fuzz/replay.o $(TEST_LIB_OBJS))
# asciinema's player, beside the tree as it is beside the program when both are installed.
PLAYER = $(BUILD)/../share/steno/player
GENERATED := $(patsubst %,$(BUILD)/gen/%.h,hooks-text page-text place)
BENCH := $(BUILD)/tests/bench/bench
BENCH_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/bench/*.c))
# Trials that take long: each a program of all that is in its folder.
TRIALS := powercut soak
TRIAL_BINS := $(foreach t,$(TRIALS),$(BUILD)/tests/$t/$t)
TRIAL_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(TRIALS:%=tests/%/*.c)))

all: $(BUILD)/steno $(if $(filter build/release,$(BUILD)),steno) ## build ./steno (the default)

steno: build/release/steno
	$(Q)ln -sf $< $@

$(BUILD)/steno: $(OBJS)
	@echo "  LD $@"
	$(Q)$(LINK) -o $@ $(OBJS) $(PKG_LIBS)

$(BUILD)/%.o: src/%.c $(BUILD)/flags | $(GENERATED)
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(COMPILE) -o $@ $<

$(BUILD)/tests/%.o: tests/%.c $(BUILD)/flags | $(GENERATED)
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(COMPILE) -Isrc -Itests/lib -o $@ $<

# Rewritten only when compiler or flags have changed; then everything is built anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(COMPILE) | $(LINK))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(COMPILE) | $(LINK))' > $@

# Files as C arrays: hook_steno_bash[] is src/hooks/steno.bash, page_page_css[] src/page/page.css.
# $(call arrays,PREFIX) makes them of all that the target needs.
arrays = for f in $^; do printf 'static const unsigned char $1_%s[] = {' "$$(basename $$f | tr . _)"; \
		od -An -v -tx1 "$$f" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'; echo '};'; done > $@.tmp && \
	mv $@.tmp $@

$(BUILD)/gen/hooks-text.h: $(wildcard src/hooks/*.*)
	@mkdir -p $(@D)
	$(Q)$(call arrays,hook)

$(BUILD)/gen/page-text.h: src/page/page.css src/page/page.js
	@mkdir -p $(@D)
	$(Q)$(call arrays,page)

# Where the program finds its data; rewritten only when that has changed.
$(BUILD)/gen/place.h: FORCE
	@mkdir -p $(@D)
	@printf '#define STENO_DATADIR "%s"\n' '$(datadir)/steno' | cmp -s - $@ || \
		printf '#define STENO_DATADIR "%s"\n' '$(datadir)/steno' > $@

$(TEST_BINS): %: %.o $(LIB_OBJS) $(TEST_LIB_OBJS)
	@echo "  LD $@"
	$(Q)$(LINK) -o $@ $^ $(PKG_LIBS)

$(FUZZ_BINS): %: %.o $(LIB_OBJS) $(FUZZ_LIB_OBJS) $(FUZZ_MAIN)
	@echo "  LD $@"
	$(Q)$(LINK) $(if $(FUZZ_MAIN),,-fsanitize=fuzzer) -o $@ $^ $(PKG_LIBS)

$(BENCH): $(BENCH_OBJS)
	@echo "  LD $@"
	$(Q)$(LINK) -o $@ $^

.SECONDEXPANSION:
$(TRIAL_BINS): $$(filter $$(@D)/%,$(TRIAL_OBJS)) $(LIB_OBJS) $(TEST_LIB_OBJS)
	@echo "  LD $@"
	$(Q)$(LINK) -o $@ $^ $(PKG_LIBS)

tests-build: $(BUILD)/steno $(TEST_BINS) $(FUZZ_BINS)

# What needs packages installs them first and then goes on in a make of its own, which sees them.
# $(call in,FLAVOUR) is that make in FLAVOUR's tree, also when BUILD was given.
tree = $(if $(filter command,$(firstword $(origin BUILD))),$(BUILD)$(patsubst %,-%,$(filter-out $(FLAVOUR),$1)),build/$1)
in = $(MAKE) $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS)) --no-print-directory FLAVOUR=$1 BUILD=$(call tree,$1)

run: ## install what is missing, build, start a recorded shell
	$(Q)tests/deps build
	$(Q)+$(call in,$(FLAVOUR)) all
	$(Q)$(BUILD)/steno || echo "the shell ended with status $$?"

check: ## install what is missing, build, run every test
	$(Q)tests/deps build test
	$(Q)src/page/fetch-player $(PLAYER)
	$(Q)tests/oracle/fetch $(BUILD)/../npm
	$(Q)+$(call in,$(FLAVOUR)) all tests-build
	$(Q)BUILD=$(BUILD) tests/run $(TEST_BINS) $(FUZZ_BINS) tests/scripts/*.sh

lint: ## check format, headers, includes, manual pages, scripts
	$(Q)tests/deps build test lint
	$(Q)+$(call in,$(FLAVOUR)) $(GENERATED)
	$(Q)BUILD=$(BUILD) VERSION=$(VERSION) tests/run tests/scripts/*.sh tests/lint/*.sh

asan: ## run the test programs with the address and undefined behaviour sanitizers
	$(Q)tests/deps build test
	$(Q)src/page/fetch-player $(PLAYER)
	$(Q)tests/oracle/fetch $(BUILD)/../npm
	$(Q)+$(call in,asan) tests-build
	$(Q)BUILD=$(call tree,asan) TEST_TIMEOUT=$${TEST_TIMEOUT:-600} tests/run \
		$(patsubst $(BUILD)/%,$(call tree,asan)/%,$(TEST_BINS) $(FUZZ_BINS))

fuzz: ## run each fuzz target for FUZZ_SECONDS (60) with clang's libFuzzer
	$(Q)tests/deps build fuzz
	$(Q)+$(call in,fuzz) CC=clang $(patsubst $(BUILD)/%,$(call tree,fuzz)/%,$(FUZZ_BINS))
	$(Q)tests/fuzz/run $(FUZZ_SECONDS) $(patsubst $(BUILD)/%,$(call tree,fuzz)/%,$(FUZZ_BINS))

coverage: ## run the test programs and say which lines they reached
	$(Q)tests/deps build test
	$(Q)src/page/fetch-player $(PLAYER)
	$(Q)+$(call in,coverage) CC=gcc tests-build
	$(Q)find $(call tree,coverage) -name '*.gcda' -delete
	$(Q)BUILD=$(call tree,coverage) tests/run \
		$(patsubst $(BUILD)/%,$(call tree,coverage)/%,$(TEST_BINS) $(FUZZ_BINS))
	$(Q)tests/coverage $(call tree,coverage)

bench: ## compare speed with script, termrec, ttyrec and tmux, those found (MB=40 RUNS=5)
	$(Q)tests/deps build
	$(Q)+$(call in,$(FLAVOUR)) all $(BENCH)
	$(Q)$(BENCH) $(BUILD)/steno

# A trial has nothing of the environment but what it needs, and what the user says in `knobs`.
knobs := SEED SOAK_MINUTES POINTS
alone = env -i PATH="$$PATH" TMPDIR="$${TMPDIR:-/tmp}" TERM=xterm-256color TZ=UTC LC_ALL=C.UTF-8 \
	STENO=$(abspath $(BUILD)/steno) $(foreach v,$(knobs),$${$v+$v="$$$v"}) \
	$(BUILD)/tests/$@/$@

powercut: ## cut the power at moments of sessions and see what is left (POINTS=200 SEED=)
	$(Q)tests/deps build test powercut
	$(Q)+$(call in,$(FLAVOUR)) all $(BUILD)/tests/$@/$@
	$(Q)$(alone)

soak: ## one long session under a user at random, short ones beside it (SOAK_MINUTES=60 SEED=)
	$(Q)tests/deps build test
	$(Q)+$(call in,$(FLAVOUR)) all $(BUILD)/tests/$@/$@
	$(Q)$(alone)

install: all ## install program, manual pages, completions and player below DESTDIR and prefix
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(mandir)/man1 $(DESTDIR)$(mandir)/man5
	install -m 755 $(BUILD)/steno $(DESTDIR)$(bindir)/steno
	install -m 644 man/steno.1 $(DESTDIR)$(mandir)/man1
	install -m 644 man/steno-cast.5 man/steno-provenance.5 $(DESTDIR)$(mandir)/man5
	install -D -m 644 src/completions/steno.bash $(DESTDIR)$(datadir)/bash-completion/completions/steno
	install -D -m 644 src/completions/_steno $(DESTDIR)$(datadir)/zsh/site-functions/_steno
	install -D -m 644 src/completions/steno.fish $(DESTDIR)$(datadir)/fish/vendor_completions.d/steno.fish
	if [ -e $(PLAYER)/LICENSE ]; then install -D -m 644 -t $(DESTDIR)$(datadir)/steno/player $(PLAYER)/*; fi

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(bindir)/steno $(DESTDIR)$(mandir)/man1/steno.1 \
		$(DESTDIR)$(mandir)/man5/steno-cast.5 $(DESTDIR)$(mandir)/man5/steno-provenance.5 \
		$(DESTDIR)$(datadir)/bash-completion/completions/steno \
		$(DESTDIR)$(datadir)/zsh/site-functions/_steno \
		$(DESTDIR)$(datadir)/fish/vendor_completions.d/steno.fish
	rm -rf $(DESTDIR)$(datadir)/steno

agents: ## install the real Codex CLI, Claude Code and Gemini CLI (npm, some 900 MB) for the tests
	$(Q)tests/deps test
	$(Q)npm install --prefix build/agents --no-audit --no-fund --no-save \
		@openai/codex@0.169.0 @anthropic-ai/claude-code@2.1.197 @google/gemini-cli@0.61.0

deps: ## install the packages that building and testing need, and the player for pages
	$(Q)tests/deps build test
	$(Q)src/page/fetch-player $(PLAYER)
	$(Q)tests/oracle/fetch $(BUILD)/../npm

clean: ## remove everything that was built
	rm -rf build steno

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

FORCE:
.PHONY: all run check lint asan fuzz coverage bench powercut soak install uninstall agents deps clean help tests-build FORCE
-include $(OBJS:.o=.d) $(TEST_BINS:=.d) $(FUZZ_BINS:=.d) $(TEST_LIB_OBJS:.o=.d) $(BENCH_OBJS:.o=.d) $(TRIAL_OBJS:.o=.d)
