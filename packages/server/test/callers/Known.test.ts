import { assert, describe, it } from "@effect/vitest"
import { decode } from "@orelse/core/layer/config/Config"
import * as KeyHash from "@orelse/core/layer/config/KeyHash"
import * as Redaction from "@orelse/core/domain/Redaction"
import * as Result from "effect/Result"
import * as Known from "../../src/callers/Known.ts"

const hashed = "planted-hashed-caller"
const yaml = `
server: { adminKey: planted-admin }
providers:
  open: { protocol: openai-chat, url: http://127.0.0.1:1/v1, keys: [planted-provider, planted-provider-2] }
  bed: { protocol: bedrock-converse, url: http://127.0.0.1:1, keys: ["PLANTEDID1234:planted/secret+key"] }
  lm-studio-local: { protocol: openai-chat, url: http://127.0.0.1:1/v1, keys: [lm-studio-local] }
  mine: { protocol: openai-chat, url: http://127.0.0.1:1/v1, keys: [not-needed], headers: { x-auth: planted-header, x-title: my application } }
callers:
  - { name: team, key: planted-caller }
  - { name: hashed, key: "${KeyHash.make(hashed)}" }
telemetry: { otlp: http://127.0.0.1:1, headers: { x-key: planted-collector } }
`
const known = Known.make(Result.getOrThrow(decode(yaml, { env: {}, file: "test.yaml" })))

describe("Known.without", () => {
  for (const secret of [
    "planted-provider",
    "planted-provider-2",
    "PLANTEDID1234",
    "planted/secret+key",
    "PLANTEDID1234:planted/secret+key",
    "planted-admin",
    "planted-caller",
    "planted-collector",
    "planted-header",
    hashed
  ])
    it(`takes out ${secret}, alone and amid a text`, () => {
      assert.strictEqual(known.without(secret).replaceAll(Redaction.mark, "").replace(":", ""), "")
      const clean = known.without(`{"user":"${secret}","path":"open/${secret}"}`)
      assert.notInclude(clean, secret.slice(8))
      assert.match(clean, /^\{"user":".*","path":"open\/.*"\}$/)
    })

  it("leaves what is short enough for a word, names of the configuration, headers that are no secrets by name, and what only begins alike", () => {
    for (const text of ["not-needed", "lm-studio-local/m", "my application", "planted-hashed-caller2", "open/gpt-5.2"])
      assert.strictEqual(known.without(text), text)
  })
})
