#!/bin/sh
# SPDX-License-Identifier: MIT
# Starts the scripted model (model.mjs) with ./script.json, and writes ./env.sh, with which the real
# agents talk to it; its process id is in ./model.pid. $TOP is the top of steno's tree.
{ node "$TOP/tests/lib/model.mjs" script.json 2>/dev/null & echo $! >model.pid; } >port
n=0
until [ -s port ]; do
	n=$((n + 1))
	[ $n -lt 600 ] || exit 1
	sleep 0.05
done
port=$(cat port)
mkdir -p conf
cat >conf/config.toml <<END
model = "scripted"
model_provider = "local"
[model_providers.local]
name = "local"
base_url = "http://127.0.0.1:$port/v1"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
[projects."$PWD"]
trust_level = "trusted"
END
mkdir -p claude-conf "$HOME/.gemini"
echo '{"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},
"general":{"disableAutoUpdate":true}}' >"$HOME/.gemini/settings.json"
cat >claude-conf/.claude.json <<END
{"hasCompletedOnboarding":true,"theme":"dark","customApiKeyResponses":{"approved":["x"]},
"projects":{"$PWD":{"hasTrustDialogAccepted":true,"hasCompletedProjectOnboarding":true}}}
END
cat >env.sh <<END
export STENO="$STENO" IS_SANDBOX=1
export CODEX_HOME="$PWD/conf" CLAUDE_CONFIG_DIR="$PWD/claude-conf"
export GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:$port GEMINI_API_KEY=x
export ANTHROPIC_BASE_URL=http://127.0.0.1:$port ANTHROPIC_API_KEY=x
export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 PATH="$TOP/build/agents/node_modules/.bin:$PATH"
END
