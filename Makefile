# The few things one does with this repository. CI calls these and nothing else.

CLIENT := web-client
# Everything the web client is built from.
CLIENT_SOURCES := $(shell find $(CLIENT) \( -name node_modules -o -name dist \) -prune -o -type f -print)
# Written when the packages of the lock file are in place.
CLIENT_PACKAGES := $(CLIENT)/node_modules/.packages

.PHONY: run test test-redis browser-test needs-browser needs-redis check audit web bench instructions judges load load-full soak \
	teeth teeth-redis teeth-torture torture rolling reconnect
.DELETE_ON_ERROR:

## The demo at http://127.0.0.1:8080. Another port: make run ARGS="--port 8090"; on Redis: STORE=redis
run: web
	@[ "$(STORE)" != redis ] || scripts/need.sh redis
	cargo run --bin switchboard -- demo $(if $(STORE),--store $(STORE)) $(ARGS)

## Everything that can fail
test: needs-browser needs-redis web
	cd $(CLIENT) && npm test
	cargo test
	SEED="$${SEED:-1}" $(MAKE) torture
	$(MAKE) browser-test

## All stories of the hub on Redis, instead of the model and the embedded store; two minutes
test-redis: needs-redis web
	STORIES_ON=redis cargo test --test it

# A command by its name or path, as CHROMIUM names it; the stories want the path.
browser-test: needs-browser needs-redis web
	cargo build --bin switchboard
	CHROMIUM="$$(command -v "$${CHROMIUM:-chromium}")" \
		node --test --test-reporter=spec tests/browser/*.test.mjs

# First of all, so that nobody waits for the other tests to learn it.
needs-browser:
	@scripts/need.sh browser

needs-redis:
	@scripts/need.sh redis

## What a reviewer should not have to look for
check: web
	cargo fmt --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --test torture -- -D warnings
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check bans licenses sources; \
	else echo "not checked: licences; install with: cargo install cargo-deny --locked"; fi
	cd $(CLIENT) && npm run check

## Known vulnerabilities in what we depend on; needs the network
audit:
	cargo deny check advisories

## What decisions, codecs and commits cost
bench: web
	cargo bench --bench store --bench codecs --bench domain

## Instructions of the hot paths, against benches/instructions.tsv; minutes, most of them to build
instructions: web
	@scripts/need.sh valgrind
	scripts/instructions.sh

## The real program under load, over Redis: ARGS="--store sqlite", "--only crowd", "--quick"
load: web needs-redis
	ulimit -n "$$(ulimit -Hn)" && cargo bench --bench load -- $(ARGS)

## The same with long steps and as many consoles as there may be; half an hour and more
load-full: web needs-redis
	ulimit -n "$$(ulimit -Hn)" && cargo bench --bench load -- --full $(ARGS)

## A steady load for an hour, and whether memory stays as it is: MINUTES=60 STORE=redis
soak: web needs-redis
	ulimit -n "$$(ulimit -Hn)" && cargo bench --bench load -- --soak $(or $(MINUTES),60) --store $(or $(STORE),redis)

## Clients that others wrote judge our fakes of platforms; gets them from npm first
judges: web
	cd tests/judges && npm ci --no-fund --no-audit --ignore-scripts
	cargo test --test it judges -- --ignored

## Whether the simulator notices every rule that is taken away; half a minute a rule
teeth:
	scripts/teeth.sh

## Whether the tests of the Redis store notice every check that a script of ours leaves out; minutes
teeth-redis: web needs-redis
	scripts/teeth_redis.sh

## Whether the torture notices safeguards that are taken away together; half an hour
teeth-torture: web needs-redis
	scripts/teeth_torture.sh

## Three hubs over one Redis under faults, then the whole history is checked: DURATION=90 SEED=
torture: web needs-redis
	cargo test --test torture

## The hubs of a torture restarted one after the other under load: only 2xx and 503, nothing lost
rolling: web needs-redis
	cargo test --test torture -- rolling

## 2,000 operators' sockets over two hubs break at once and come back
reconnect: web needs-redis
	cargo test --release --test torture -- reconnect

## The web client, if one of its sources has changed
web: $(CLIENT)/dist/index.html
	@scripts/need.sh build

$(CLIENT)/dist/index.html: $(CLIENT_SOURCES) $(CLIENT_PACKAGES)
	cd $(CLIENT) && npm run build
	@touch $@

$(CLIENT_PACKAGES): $(CLIENT)/package-lock.json
	@scripts/need.sh web
	cd $(CLIENT) && npm ci --no-fund --no-audit
	@touch $@
