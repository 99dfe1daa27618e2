import { assert, describe, it } from "@effect/vitest"
import { Sheet, written } from "../../../src/layer/telemetry/Sheet.ts"

/** What is there after this, on a sheet that begins with hardly any room. */
const after = (write: (to: Sheet) => void): string => {
  const sheet = new Sheet(Buffer.alloc(1))
  write(sheet)
  return sheet.bytes.toString("utf8", 0, sheet.at)
}

const whole = [0, 9, 10, 99, 100, 12_345_678, 99_999_999, 100_000_000, 100_000_001, 1_763_700_000_000_010]

const large = [Number.MAX_SAFE_INTEGER, 2 ** 53, 2 ** 60, 1e20, 1e21, 1e300]
const others = [...large, -0, -1, -100_000_001, 0.5, 0.1 + 0.2, 1e-7, 1_763_700_000_000.5]

describe("Sheet", () => {
  it.each([...whole, ...others])("writes the number %d as JSON does", (value) => {
    assert.strictEqual(
      after((to) => to.number(value)),
      JSON.stringify(value)
    )
  })

  it("writes numbers of any size as JSON does", () => {
    for (let power = 0; power < 53; power++)
      for (const value of [2 ** power - 1, 2 ** power, 2 ** power + 1, Math.floor(2 ** power / 3)])
        assert.strictEqual(
          after((to) => to.number(value)),
          `${value}`
        )
  })

  it("grows with what is written, and keeps what was there", () => {
    const texts = ["one", "zwei €", "世界 👋", "x".repeat(3000), ""]
    const all = after((to) => {
      for (const text of texts) {
        to.byte(0x2c)
        to.text(text)
        to.put(Buffer.from(text))
        to.number(1_234_567_890)
      }
    })
    assert.strictEqual(all, texts.map((text) => `,${text}${text}1234567890`).join(""))
  })

  it("gives what was written as bytes that stay", () => {
    const [one, two] = ["one", "two €"].map((text) => written((to) => to.text(text)))
    assert.deepStrictEqual(
      [one, two].map((bytes) => new TextDecoder().decode(bytes)),
      ["one", "two €"]
    )
  })
})
