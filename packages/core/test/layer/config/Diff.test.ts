import { assert, describe, it } from "@effect/vitest"
import * as Config from "../../../src/layer/config/Config.ts"
import { decoded } from "./helpers.ts"

const text = `
server: { port: 1 }
providers: { openai: { keys: [k1] }, anthropic: { keys: [k2] } }
policies: { p: { attempts: 3 } }
routes: { a: { try: [openai/x], policy: p }, b: [anthropic/y, a] }
callers: [{ name: c, key: secret }]
`
const none = { added: [], removed: [], changed: [] }

describe("Config.diff", () => {
  it("finds nothing between two readings of the same file", () => {
    const { same, ...rest } = Config.diff(decoded(text), decoded(text))
    assert.isTrue(same)
    assert.deepStrictEqual(rest, { providers: none, routes: none, policies: none, callers: none, parts: [] })
  })
  it("names what came, went and changed", () => {
    const after = text.replace("port: 1", "port: 2").replace("b: [anthropic/y, a]", "c: openai/z").replace("k1", "k9")
    const found = Config.diff(decoded(text), decoded(after))
    assert.isFalse(found.same)
    assert.deepStrictEqual(found.routes, { added: ["c"], removed: ["b"], changed: [] })
    assert.deepStrictEqual(found.providers, { added: [], removed: [], changed: ["openai"] })
    assert.deepStrictEqual(found.parts, ["server"])
  })
  it("sees a policy's change in the policy and in the routes that follow it", () => {
    const found = Config.diff(decoded(text), decoded(text.replace("attempts: 3", "attempts: 4")))
    assert.deepStrictEqual([found.policies.changed, found.routes.changed], [["p"], ["a"]])
  })
  it("sees a changed secret and shows none", () => {
    const found = Config.diff(decoded(text), decoded(text.replace("secret", "hidden")))
    assert.deepStrictEqual(found.callers.changed, ["c"])
    assert.notMatch(JSON.stringify(found), /secret|hidden/)
  })
})
