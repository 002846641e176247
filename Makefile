# make build   the release program at .build/release/splitpipe
# make test    everything a fresh machine needs, then the tests
# make demo    MODEL=yolov5n.pt INPUT=video.mp4: one worked run
.PHONY: deps build test demo clean

FLAGS ?=
PROGRAM := .build/release/splitpipe

deps:
	@.ci/install-dependencies

build: deps
	swift build -c release --product splitpipe $(FLAGS)

# The end-to-end tests run the release program as a user does.
test: build
	SPLITPIPE_PROGRAM=$(CURDIR)/$(PROGRAM) swift test $(FLAGS)

demo: build
	@test -n "$(MODEL)" -a -n "$(INPUT)" || { \
	  echo "usage: make demo MODEL=yolov5n.pt INPUT=video.mp4" >&2; exit 64; }
	$(PROGRAM) run "$(INPUT)" --model "$(MODEL)" --split 4.m --bits 3 \
	  --output demo.mp4 --detections demo.jsonl --summary demo.json

clean:
	rm -rf .build
