import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import { createServer, type IncomingMessage, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { run } from "../run.ts"

interface Asked {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly key: string | undefined
}

let server: Server
let url = ""
let asked: Array<Asked> = []
let answer: { status: number; body: object | string } = { status: 200, body: {} }

beforeAll(async () => {
  server = createServer((request: IncomingMessage, response) => {
    asked.push({ method: request.method, url: request.url, key: request.headers.authorization })
    response
      .writeHead(answer.status, { "content-type": "application/json", connection: "close" })
      .end(JSON.stringify(answer.body))
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

describe("orelse targets", () => {
  it.live("shows what a gateway tells, and sends the admin key of the environment", () =>
    Effect.gen(function* () {
      asked = []
      answer = {
        status: 200,
        body: {
          targets: [{ provider: "mine", model: "a", state: "cooling", until: 0, failures: 2, lastReason: "Overloaded" }]
        }
      }
      const { code, out } = yield* run(["targets", "--url", `${url}/`], { env: { ORELSE_ADMIN_KEY: "k" } })
      assert.deepStrictEqual([code, out], [0, "mine/a  cooling  2 failed  Overloaded\n"])
      assert.deepStrictEqual(asked, [{ method: "GET", url: "/admin/targets", key: "Bearer k" }])
      const json = yield* run(["targets", "--url", url, "--json"])
      assert.deepStrictEqual(JSON.parse(json.out), answer.body)
    })
  )
  it.live(
    "shows neither a key that no header takes nor a password in an address, and takes an empty key for none",
    () =>
      Effect.gen(function* () {
        asked = []
        answer = { status: 200, body: { targets: [] } }
        for (const key of ["hidden\nkey", "hidden → key"]) {
          const { code, err } = yield* run(["targets", "--url", url], { env: { ORELSE_ADMIN_KEY: key } })
          assert.deepStrictEqual([code, err.includes("hidden")], [1, false])
          assert.match(err, /^\$ORELSE_ADMIN_KEY holds spaces, line ends or characters that no key has\.\n/)
        }
        const { code, err } = yield* run(["targets", "--url", url.replace("//", "//user:hidden@")])
        assert.deepStrictEqual([code, err.includes("hidden")], [2, false])
        for (const key of ["", " \n", "k\n"]) yield* run(["targets", "--url", url], { env: { ORELSE_ADMIN_KEY: key } })
        assert.deepStrictEqual(
          asked.map(({ key }) => key),
          [undefined, undefined, "Bearer k"]
        )
      })
  )
  it.live("says so where it is no gateway that answers", () =>
    Effect.gen(function* () {
      const others = [
        "<html>Please log in",
        {},
        { status: "ok" },
        { targets: {} },
        { targets: ["10.0.0.1:9100"] },
        { targets: [{ provider: "mine", model: "a" }] },
        { provider: "mine", model: "x" }
      ]
      for (const body of others) {
        answer = { status: 200, body }
        for (const args of [["targets"], ["targets", "--json"], ["targets", "reset", "mine/x"]]) {
          const { code, err, out } = yield* run([...args, "--url", url])
          assert.deepStrictEqual([code, out], [1, ""], JSON.stringify([args, body]))
          assert.match(err, /^What answers at \S+ is no gateway of Orelse\.\nSay where it is: --url/)
        }
      }
      answer = { status: 404, body: { detail: "Not Found" } }
      const { err } = yield* run(["targets", "--url", url])
      assert.match(err, /^\S+ answered 404\nSay where the gateway is: --url http:\/\/host:4100\n$/)
    })
  )
  it.live("resets one target, whose model may hold slashes", () =>
    Effect.gen(function* () {
      asked = []
      const reset = (wasKnown: boolean) => ({ status: 200, body: { provider: "mine", model: "x", wasKnown } })
      answer = reset(true)
      const { code, out } = yield* run(["targets", "reset", "mine/meta/llama", "--url", url])
      assert.deepStrictEqual([code, out], [0, "mine/meta/llama is taken for healthy again.\n"])
      assert.deepStrictEqual(asked, [{ method: "POST", url: "/admin/targets/mine/meta%2Fllama/reset", key: undefined }])
      answer = reset(false)
      const unheard = yield* run(["targets", "reset", "mine/x", "--url", url])
      assert.strictEqual(unheard.out, "Nothing was held against mine/x.\n")
      assert.match((yield* run(["targets", "reset", "mine", "--url", url])).err, /^"mine" is no target\./)
      assert.strictEqual(asked.length, 2)
    })
  )
  it.live("says what to do where the gateway refuses", () =>
    Effect.gen(function* () {
      answer = { status: 403, body: { error: { message: "an admin key is needed" } } }
      const { code, err } = yield* run(["targets", "--url", url])
      assert.strictEqual(code, 1)
      assert.match(err, /answered 403: an admin key is needed\nGive the gateway's admin key .* \$ORELSE_ADMIN_KEY/)
    })
  )
})
