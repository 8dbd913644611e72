# Two commands matter: `make run` and `make check`.  Meson does the building; this file only
# makes sure that everything it needs is there.

PORT ?= 8080
DESTDIR ?=
T ?=
B ?=
BUILD := build
NINJA := ninja -C $(BUILD)

.PHONY: all run check check-long bench fuzz lint install test clean deb scan

all: $(BUILD)/build.ninja
	@$(NINJA) all hangji

$(BUILD)/build.ninja: | setup-build
	@meson setup $(BUILD)

# Installs what is missing of the named package set; silent and instant otherwise.
.PHONY: setup-build setup-check setup-long setup-bench setup-fuzz setup-lint setup-deb setup-scan
setup-build setup-check setup-long setup-bench setup-fuzz setup-lint setup-deb setup-scan: setup-%:
	@tools/setup.sh build $(filter-out build,$*)

all: | setup-build

run: | setup-build $(BUILD)/build.ninja
	@$(NINJA) hangji
	@PORT=$(PORT) tools/run.sh

check: | setup-check
	@tools/check.sh

check-long: | setup-check setup-long setup-fuzz setup-scan
	@tools/check.sh long

# make test T=test_store
test: all | setup-check
	@tools/with_postgres.sh meson test -C $(BUILD) --no-rebuild --print-errorlogs $(T)

# make bench B=ledger_list
bench: all | setup-bench
	@python3 bench/run.py $(B)

# make fuzz T=json: every target for a minute, or the named one
fuzz: | setup-fuzz
	@tools/fuzz.sh $(T)

lint: all | setup-lint
	@tools/lint.sh

install: all
	@DESTDIR="$(DESTDIR)" meson install -C $(BUILD) --no-rebuild

# The Debian package, in build-deb/
deb: | setup-build setup-deb
	@tools/deb.sh

# sqlmap, wapiti and slowhttptest against a demo county on this machine
scan: all | setup-scan
	@tests/long/scanners.sh

clean:
	@rm -rf build build-*
