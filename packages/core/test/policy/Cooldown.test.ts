import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { tags } from "../../src/domain/Reason.ts"
import * as Cooldown from "../../src/policy/Cooldown.ts"
import * as CooldownTables from "../../src/policy/CooldownTables.ts"

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** `scope`, first, longest, from which failure on; the rows of the caller's own faults are left out. */
const expected = {
  RateLimited: ["credentialModel", 5 * second, 5 * minute, 1],
  QuotaExhausted: ["credential", minute, hour, 1],
  Unauthenticated: ["credential", minute, hour, 1],
  PermissionDenied: ["credentialModel", minute, hour, 1],
  ModelNotFound: ["target", minute, hour, 1],
  Overloaded: ["target", 5 * second, 5 * minute, 2],
  ServerError: ["target", 5 * second, 5 * minute, 3],
  TimedOut: ["target", 5 * second, 5 * minute, 3],
  ConnectionFailed: ["target", 5 * second, 5 * minute, 3],
  MalformedResponse: ["target", 5 * second, 5 * minute, 3],
  EmptyResponse: ["target", 5 * second, 5 * minute, 3],
  StreamInterrupted: ["target", 5 * second, 5 * minute, 3]
} as const

const after = (rule: Cooldown.Rule, failures: number) => {
  const duration = Cooldown.after(rule, failures)
  return duration && Duration.toMillis(duration)
}

describe("Cooldown.recommended", () => {
  it("parks what is at fault, and nothing for the caller's own faults", () => {
    const rows = tags.flatMap((tag) => {
      const rule = Cooldown.recommended[tag]
      if (rule.scope === "none") return []
      return [[tag, [rule.scope, Duration.toMillis(rule.base), Duration.toMillis(rule.max), rule.after]] as const]
    })
    assert.deepStrictEqual(Object.fromEntries(rows), expected)
    for (const tag of tags) {
      if (Object.hasOwn(expected, tag)) continue
      assert.deepStrictEqual(
        [tag, after(Cooldown.recommended[tag], 1), after(Cooldown.recommended[tag], 100)],
        [tag, undefined, undefined]
      )
    }
  })
})

describe("Cooldown.after", () => {
  const rule: Cooldown.Rule = { scope: "target", base: Duration.seconds(5), max: Duration.minutes(1), after: 2 }

  it("begins with the failure that is due, doubles, and stops at its longest", () => {
    assert.deepStrictEqual(
      [1, 2, 3, 4, 5, 6, 100].map((failures) => after(rule, failures)),
      [undefined, 5000, 10_000, 20_000, 40_000, 60_000, 60_000]
    )
  })

  it("doubles 30 times at most, so that it stays a number", () => {
    const endless = { ...rule, after: 1, base: Duration.millis(1), max: Duration.infinity }
    assert.strictEqual(after(endless, 31), 2 ** 30)
    assert.strictEqual(after(endless, 5000), 2 ** 30)
  })

  it("is the longest at once where the rule says from when on, and what its own function says where it has one", () => {
    const full = { ...rule, fullFrom: 3 }
    assert.deepStrictEqual(
      [2, 3, 4].map((failures) => after(full, failures)),
      [5000, 60_000, 60_000]
    )
    const own = { ...full, length: (failures: number) => failures * 7 }
    assert.deepStrictEqual(
      [1, 2, 3].map((failures) => after(own, failures)),
      [undefined, 14, 21]
    )
  })
})

describe("CooldownTables.rulesFor", () => {
  it("has a table for each name, and the recommended one is the recommended one", () => {
    for (const tag of tags) {
      assert.deepStrictEqual(CooldownTables.rulesFor("recommended", tag), [Cooldown.recommended[tag]])
      const [growing, forgetting] = (["failover", "failoverForgetting"] as const).map((name) =>
        CooldownTables.rulesFor(name, tag)
      )
      assert.isTrue(growing?.every((rule) => rule.forgets !== true))
      assert.strictEqual(growing?.length, forgetting?.length)
    }
    const forgets = CooldownTables.rulesFor("failoverForgetting", "RateLimited").some((rule) => rule.forgets === true)
    assert.isTrue(forgets)
    assert.deepStrictEqual([...CooldownTables.names], ["recommended", "failover", "failoverForgetting"])
  })
})
