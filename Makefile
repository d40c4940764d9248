# steno: `make help` lists the targets.
# GNU make. CC, CFLAGS, CPPFLAGS, LDFLAGS, prefix and DESTDIR are yours; what steno needs is kept apart.
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

VERSION := 0.1.0
FLAVOUR ?= release
BUILD ?= build/$(FLAVOUR)
prefix ?= /usr/local
CC ?= cc
ifeq ($(origin CC),default)
CC := cc
endif
CFLAGS ?= -O2 -g
PKGS := vterm libgit2 jansson

STENO_CPPFLAGS := -D_GNU_SOURCE -DSTENO_VERSION='"$(VERSION)"' -I$(BUILD)/gen
STENO_CFLAGS := -std=c11 -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wvla -Wwrite-strings -Wformat=2 -Wundef \
	-fno-common -fstack-protector-strong
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS = $(shell pkg-config --libs $(PKGS))
ifeq ($(WERROR),1)
STENO_CFLAGS += -Werror
endif
ifeq ($(FLAVOUR),asan)
STENO_CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
STENO_LDFLAGS += -fsanitize=address,undefined
endif
Q := $(if $(filter 1,$(V)),,@)

SRCS := $(wildcard src/*.c src/*/*.c)
OBJS := $(SRCS:src/%.c=$(BUILD)/%.o)
LIB_OBJS := $(filter-out $(BUILD)/main.o,$(OBJS))
TEST_SRCS := $(wildcard tests/unit/*.c tests/e2e/*.c)
TEST_LIB_OBJS := $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(wildcard tests/lib/*.c))
TEST_BINS := $(TEST_SRCS:%.c=$(BUILD)/%)

all: $(BUILD)/steno

$(BUILD)/steno: $(OBJS)
	@echo "  LD $@"
	$(Q)$(CC) $(CFLAGS) $(STENO_CFLAGS) $(LDFLAGS) $(STENO_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/%.o: src/%.c Makefile | $(BUILD)/gen/hooks.h
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(CC) $(STENO_CPPFLAGS) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) $(STENO_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/gen/hooks.h: $(wildcard src/hooks/steno.*) Makefile
	@mkdir -p $(@D)
	$(Q)for f in $(filter src/hooks/%,$^); do n=$$(basename $$f | tr . _); \
	  printf 'static const unsigned char hook_%s[] = {' "$$n"; od -An -v -tx1 "$$f" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'; \
	  echo '};'; done > $@.tmp && mv $@.tmp $@

$(BUILD)/tests/%.o: tests/%.c Makefile
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(CC) $(STENO_CPPFLAGS) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) $(STENO_CFLAGS) -Isrc -Itests/lib -MMD -MP -c -o $@ $<

$(TEST_BINS): %: %.o $(LIB_OBJS) $(TEST_LIB_OBJS)
	@echo "  LD $@"
	$(Q)$(CC) $(CFLAGS) $(STENO_CFLAGS) $(LDFLAGS) $(STENO_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lutil

tests-build: $(TEST_BINS) $(BUILD)/steno

clean:
	rm -rf build

-include $(OBJS:.o=.d) $(TEST_BINS:=.d) $(TEST_LIB_OBJS:.o=.d)
.PHONY: all clean tests-build
.SECONDARY:
