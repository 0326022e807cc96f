#!/usr/bin/env bash
# Records infra/checks/waf/legitimate.jsonl anew: every request that the tests make, once each shape. Then look at the diff.
# With a folder as argument, what was recorded there before is merged without running the tests again.
set -euo pipefail
cd "$(dirname "$0")/../../.."

raw=${1:-}
if [ -z "$raw" ]; then
    raw=$(mktemp -d)
    for tests in Users Events Tickets Products Orders Payments Notifications Gateway System Web; do
        dotnet build "tests/$tests.Tests" --nologo -v q
        # Services in processes of their own do not have the recorder.
        RECORD_CORPUS=$raw ASPNETCORE_HOSTINGSTARTUPASSEMBLIES=TestKit \
            "artifacts/bin/$tests.Tests/debug/$tests.Tests" -class- "*CrashTests" ||
            echo "$tests.Tests failed: its requests may be missing"
    done
fi
node infra/checks/waf/merge.mjs "$raw" >infra/checks/waf/legitimate.jsonl
wc -l infra/checks/waf/legitimate.jsonl
