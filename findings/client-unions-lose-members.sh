#!/bin/sh
# A client that is generated from an OpenAPI document in which an answer is one of two objects, none of whose members is required.
#
# One would guess: a value that is valid by the document comes out of the client as it was sent, or the client says that it cannot
#   read it.
# What happens: the TypeScript client takes one object of the union for every value, since it tells them apart by required members
#   alone, and drops the members that this one does not have: no error, no member. Which one is decided by the alphabet, not by the
#   document: renaming an object changes which answers are lost.
# Who is hurt: whoever generates a client of a verification API whose answer is "confirmed" or "refused, and why": the reason is
#   lost, or the session is. A member that is required in each, or a discriminator, tells them apart.
# Source: OpenAPI 3.0.3, "Composing schemas" (a discriminator is optional); JSON Schema, `oneOf`; the generated file models/Result.ts.
# Seen with: openapi-generator 7.25.0 (typescript-fetch), run by tsx 4.23.15 on Node 20 and Java 17.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
mvn -q -B dependency:copy -Dartifact=org.openapitools:openapi-generator-cli:7.25.0 -DoutputDirectory=. >/dev/null
npm init -y >/dev/null
npm install --silent --no-audit --no-fund tsx@4.23.15
document() {
  cat <<YAML
openapi: 3.0.3
info: { title: Verification, version: "1" }
paths:
  /verify:
    post:
      operationId: verify
      responses:
        "200":
          description: What became of it
          content: { application/json: { schema: { \$ref: "#/components/schemas/Result" } } }
components:
  schemas:
    Result: { oneOf: [ { \$ref: "#/components/schemas/$1" }, { \$ref: "#/components/schemas/Refused" } ] }
    $1: { type: object, additionalProperties: false, properties: { session: { type: string } } }
    Refused: { type: object, additionalProperties: false, properties: { reason: { type: string }, left: { type: integer } } }
YAML
}
read_by() {
  document "$1" > "$1.yaml"
  java -jar openapi-generator-cli-7.25.0.jar generate -g typescript-fetch -i "$1.yaml" -o "$1" >/dev/null 2>&1
  cat > "$1.ts" <<TS
import { ResultFromJSON } from './$1/models/Result';
for (const answer of [{ session: 's-1' }, { reason: 'expired', left: 2 }])
  console.log('$1 or Refused:', JSON.stringify(answer), '->', JSON.stringify(ResultFromJSON(answer)));
TS
  npx tsx "$1.ts"
}
{ read_by Confirmed; read_by Verified; } > seen
cat seen
cat > expected <<'TXT'
Confirmed or Refused: {"session":"s-1"} -> {"session":"s-1"}
Confirmed or Refused: {"reason":"expired","left":2} -> {}
Verified or Refused: {"session":"s-1"} -> {}
Verified or Refused: {"reason":"expired","left":2} -> {"reason":"expired","left":2}
TXT
cmp seen expected
