import { assert, describe, it } from "@effect/vitest"
import * as Body from "../../../src/provider/failure/Body.ts"

const messageOf = (page: string): string | undefined => Body.read(page).messages[0]

describe("a page", () => {
  it("is its titles and its first words, without code and markup", () => {
    const code = "x > y; ".repeat(400)
    const page = `<html><head><title>502 Bad</title><style>${code}</style>\n<SCRIPT src="a">${code}</SCRIPT></head>\n<body>\n<p>We are\n busy</p><h1>Oh</h1></body>`
    assert.strictEqual(messageOf(page), "502 Bad. Oh. 502 Bad We are busy Oh")
  })

  it("is read for 600 letters of its words, and for titles behind them", () => {
    const message = messageOf(`<html>${"<p> a  b </p>\n".repeat(500)}<h1>Oh</h1>`)
    assert.strictEqual(message, `Oh. ${"a b ".repeat(151).slice(0, 600)}`.trim())
  })

  it("ends at a tag or code that is not closed", () => {
    assert.strictEqual(messageOf("<html><p>One<p Two"), "One")
    assert.strictEqual(messageOf("<html><p>One<script>Two"), "One")
  })
})
