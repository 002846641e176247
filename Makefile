# make build   the release program at .build/release/splitpipe
# make install puts it, and what it needs to run, below PREFIX=/usr/local; DESTDIR is honoured
# make uninstall takes all of that away again
# make test    everything a fresh machine needs, then the tests
# make demo    one worked run, on a clip it renders and the demo model;
#              MODEL=yolov5n.pt INPUT=video.mp4 override either
# make demo-network  the same with the tail in a second process, behind TLS
# make fuzz    SECONDS=300 of made-up packets and files, under sanitizers
.PHONY: deps build install uninstall test demo demo-network fuzz clean

FLAGS ?=
PROGRAM := .build/release/splitpipe
PREFIX ?= /usr/local
# Not every shell does this for an argument.
override PREFIX := $(patsubst ~/%,$(HOME)/%,$(PREFIX))
DESTDIR ?=
# An installed program cannot count on a Swift toolchain: it carries the runtime.
RELEASE := swift build -c release --static-swift-stdlib $(FLAGS)

deps:
	@.ci/install-dependencies

build: deps
	$(RELEASE) --product splitpipe
	$(RELEASE) --product splitpipe-manual

# Under sudo nothing is built: files of root's would be in the way of the next build.
install: $(if $(SUDO_USER),,build)
	.ci/install-program add "$(DESTDIR)$(PREFIX)"

uninstall:
	.ci/install-program remove "$(DESTDIR)$(PREFIX)"

# The end-to-end tests run the release program as a user does; the example has of the libraries what
# others have.
test: build
	SPLITPIPE_PROGRAM=$(CURDIR)/$(PROGRAM) swift test $(FLAGS)
	.build/debug/LibraryExample Models/demo/demo.pt Models/demo/street.jpg

# Another model knows other classes, so its reference is the model itself unsplit, not the labels.
demo: build
	@mkdir -p demo
	$(if $(INPUT),,$(PROGRAM) synth demo/street.mp4 --seed 6 --frames 150 --labels demo/street.json)
	$(PROGRAM) run "$(or $(INPUT),demo/street.mp4)" $(if $(MODEL),--model "$(MODEL)") \
	  $(if $(INPUT)$(MODEL),,--truth demo/street.json) --split 4.m --bits 3 \
	  --output demo/boxes.mp4 --detections demo/boxes.jsonl --summary demo/summary.json
	@echo
	@echo "the annotated video: demo/boxes.mp4"

demo-network: build
	@Scripts/demo-network $(CURDIR)/$(PROGRAM)

fuzz: deps
	Fuzz/run $(or $(SECONDS),300)

clean:
	rm -rf .build .build-fuzz .build-example demo
