import { assert, describe, it } from "@effect/vitest"
import * as Control from "../../src/callers/Control.ts"

describe("Control.isIn", () => {
  it("finds every control character of Unicode, and no other", () => {
    for (let code = 0; code < 0x300; code++) {
      const one = String.fromCharCode(code)
      assert.strictEqual(Control.isIn(`a${one}`), /\p{Cc}/u.test(one), `U+${code.toString(16)}`)
      assert.strictEqual(Control.isIn(one), /\p{Cc}/u.test(one), `U+${code.toString(16)} alone`)
    }
  })
})
