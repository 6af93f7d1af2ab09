#!/bin/sh
# The parts of a long message in the GSM alphabet, where a sign that needs an escape stands on a border.
#
# One would guess: 306 septets are two parts of 153, whatever stands in them.
# What happens: an escape and its sign are never parted, so a "[" that would begin with the 153rd septet goes to the next part, and the
#   message needs three. A library that divides the septets says two; libraries that lay out the parts say three.
# Who is hurt: whoever caps the parts of a message or reckons its cost by the first: a message that "has two parts" is
#   charged as three, or is refused by a gateway that counts as handsets do.
# Source: 3GPP TS 23.040, section 9.2.3.24.1 (concatenated short messages), and TS 23.038 (the escape to the extension table).
# Seen with: sms-length 0.2.2, split-sms 0.1.7, gsm 0.1.4, sms-segments-calculator 1.3.0 on Node 20.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund sms-length@0.2.2 split-sms@0.1.7 gsm@0.1.4 sms-segments-calculator@1.3.0
cat > seen.js <<'JS'
const text = (before) => 'a'.repeat(before) + '[' + 'a'.repeat(304 - before);
for (const before of [151, 152]) {
  const message = text(before);
  console.log(before, 'sms-length', require('sms-length').count(message).messages);
  console.log(before, 'split-sms', require('split-sms').split(message).parts.length);
  console.log(before, 'gsm', require('gsm')(message).sms_count);
  const { SegmentedMessage } = require('sms-segments-calculator');
  console.log(before, 'sms-segments-calculator', new SegmentedMessage(message).segmentsCount);
}
JS
node seen.js > seen
cat seen
cat > expected <<'TXT'
151 sms-length 2
151 split-sms 2
151 gsm 2
151 sms-segments-calculator 2
152 sms-length 2
152 split-sms 3
152 gsm 3
152 sms-segments-calculator 3
TXT
cmp seen expected
