import { assert, describe, it } from "@effect/vitest"
import { Incoming } from "../../../src/provider/http1/Incoming.ts"

/** What is told of an answer that comes in pieces of so many bytes. */
const told = (answer: string, size: number) => {
  const heads: Array<number> = []
  let body = ""
  let rest: string | undefined
  let problem: string | undefined
  const incoming = new Incoming({
    isOver: false,
    onHead: ({ status }) => void heads.push(status),
    onBody: (bytes) => void (body += bytes.toString("latin1"))
  })
  const all = Buffer.from(answer, "latin1")
  try {
    for (let at = 0; at < all.length && rest === undefined; at += size)
      rest = incoming.push(Buffer.from(all.subarray(at, at + size)))?.toString("latin1")
  } catch (error) {
    problem = (error as Error).message
  }
  return { heads, body, ended: rest !== undefined, rest, problem }
}

const sizes = [1, 2, 3, 7, 1000]
const head = (...lines: ReadonlyArray<string>) => `${["HTTP/1.1 200 OK", ...lines].join("\r\n")}\r\n\r\n`
const chunked = head("transfer-encoding: chunked")

describe("Incoming", () => {
  it("reads head, body and end, however the bytes are cut", () => {
    const answers: Record<string, string> = {
      [`${head("content-length: 5")}hello`]: "hello",
      [`${chunked}3\r\nhel\r\n0002;a="b"\r\nlo\r\n0\r\nTrailer: 1\r\n\r\n`]: "hello",
      [`${chunked}0A\r\n0123456789\r\n000\r\n\r\n`]: "0123456789",
      [`\r\n${head("content-length: 1")}x`]: "x",
      [`HTTP/1.1 204 No Content\r\n\r\n`]: ""
    }
    for (const [answer, body] of Object.entries(answers))
      for (const size of sizes) {
        const { ended, problem, ...seen } = told(answer, size)
        assert.deepStrictEqual([ended, problem, seen.body], [true, undefined, body], `${size} ${answer}`)
      }
  })

  it("reads heads that come before the answer's own, and no switch to another protocol", () => {
    const early = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n${head("content-length: 1")}x`
    for (const size of sizes) assert.deepStrictEqual(told(early, size).heads, [100, 103, 200])
    assert.strictEqual(told("HTTP/1.1 101 Switching\r\n\r\n", 1000).problem, "bad upgrade")
  })

  it("gives what stands behind the end", () => {
    assert.strictEqual(told(`${head("content-length: 1")}xy`, 1000).rest, "y")
    assert.strictEqual(told(`${chunked}1\r\nx\r\n0\r\n\r\ny`, 1000).rest, "y")
  })

  it("has no end before its connection's where nothing else says one", () => {
    for (const size of sizes) assert.deepInclude(told(`${head()}hello`, size), { body: "hello", ended: false })
    for (const size of sizes) assert.isFalse(told(`${chunked}5\r\nhel`, size).ended)
  })

  it("tells of the body what came before that which is wrong in it", () => {
    const wrong = [
      "zz\r\n",
      "\r\n",
      "1 \r\n",
      "2\nhi",
      "1\r\nxy\r\n",
      "1\r\nx\n",
      "123456789\r\n",
      "0\r\na\n",
      `1;${"a".repeat(17_000)}`
    ]
    for (const bytes of wrong)
      for (const size of sizes) {
        const { body, problem } = told(`${chunked}2\r\nhi\r\n${bytes}`, size)
        assert.include(problem, "HTTP/1.1 protocol", bytes)
        assert.isTrue(body.startsWith("hi"), bytes)
      }
  })

  it("refuses what is no head, and one that does not end", () => {
    assert.include(told("SSH-2.0-OpenSSH\r\n", 1000).problem, "Invalid head")
    assert.include(told(head(`a: ${"a".repeat(20_000)}`), 1000).problem, "Headers Overflow")
    assert.include(told(`HTTP/1.1 200 OK\r\na: ${"a".repeat(20_000)}`, 7).problem, "Headers Overflow")
  })
})
