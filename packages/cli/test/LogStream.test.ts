import { assert, describe, it } from "@effect/vitest"
import * as LogStream from "../src/LogStream.ts"

describe("LogStream", () => {
  it("loses lines while 16 MiB wait, and says how many when they are taken again", () => {
    const written: Array<string> = []
    const stream = { writableLength: 16 * 1024 * 1024, write: (text: string) => void written.push(text) }
    const log = LogStream.make(stream, () => new Date(0))
    log("a\n")
    stream.writableLength += 1
    log("b\nc\n")
    log("d\n")
    stream.writableLength = 0
    log("e\n")
    log("f\n")
    assert.deepStrictEqual(written, [
      "a\n",
      `{"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"Lines of log are lost, for nobody took them","detail":3}\n`,
      "e\n",
      "f\n"
    ])
  })
})
