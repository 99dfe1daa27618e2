import { assert, describe, it } from "@effect/vitest"
import * as Activity from "../../src/target/Activity.ts"

describe("Activity", () => {
  it("counts what is open", () => {
    const activity = Activity.make()
    activity.begin("a", "m")
    activity.begin("a", "m").end(100, 0)
    assert.strictEqual(activity.open("a", "m"), 1)
    assert.strictEqual(activity.open("b", "m"), 0)
  })

  it("forgets idle models beyond 10,000 of a provider, the oldest first, and none that is busy", () => {
    const activity = Activity.make()
    const once = (model: string) => activity.begin("a", model).end(100, 0)
    activity.begin("a", "busy")
    once("idle")
    for (let n = 0; n < 9_998; n++) once(`invented-${n}`)
    assert.isAbove(activity.cost("a", "idle", 0), 0)
    once("late")
    assert.strictEqual(activity.open("a", "busy"), 1)
    assert.strictEqual(activity.cost("a", "idle", 0), 0)
    assert.isAbove(activity.cost("a", "late", 0), 0)
  })
})
