import { assert, describe, it } from "@effect/vitest"
import * as Recent from "../../src/domain/Recent.ts"

describe("Recent.make", () => {
  it("makes once what has the same key, and anew what differs", () => {
    let made = 0
    interface Key {
      readonly a: string
      readonly b: number | undefined
    }
    const isSame = (one: Key, other: Key) => one.a === other.a && one.b === other.b
    const recent = Recent.make(isSame, (key) => `${key.a} ${++made}`)
    assert.strictEqual(recent({ a: "x", b: 1 }), "x 1")
    assert.strictEqual(recent({ a: "x", b: 1 }), "x 1")
    assert.strictEqual(recent({ a: "x", b: undefined }), "x 2")
    assert.strictEqual(recent({ a: "y", b: 1 }), "y 3")
    assert.strictEqual(recent({ a: "x", b: undefined }), "x 2")
  })

  it("remembers so many and no more, and is right about those it has forgotten", () => {
    let made = 0
    const recent = Recent.make(Object.is, (n: number) => {
      made++
      return n
    })
    for (let round = 0; round < 3; round++) for (let n = 0; n < 1000; n++) assert.strictEqual(recent(n), n)
    assert.strictEqual(made, 3000)
    assert.strictEqual(recent(999), 999)
    assert.strictEqual(made, 3000)
  })
})
