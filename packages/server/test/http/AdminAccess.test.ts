import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { IncomingMessage } from "node:http"
import { Socket } from "node:net"
import * as AdminAccess from "../../src/http/AdminAccess.ts"

const request = (remoteAddress: string, headers: IncomingMessage["headers"] = {}): IncomingMessage => {
  const socket = Object.defineProperty(new Socket(), "remoteAddress", { value: remoteAddress })
  return Object.assign(new IncomingMessage(socket), { headers: { host: "127.0.0.1:4100", ...headers } })
}

const key = Redacted.make("the-admin-key")
const withKey = { authorization: "Bearer the-admin-key" }

describe("AdminAccess.refusal", () => {
  it.each(["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])("lets %s in where no admin key is set", (address) => {
    assert.isUndefined(AdminAccess.refusal(request(address), undefined))
  })

  it.each(["192.0.2.7", "10.0.0.1", "::ffff:192.0.2.7", "fe80::1", "128.0.0.1", ""])(
    "keeps %s out without an admin key, also with any key in hand",
    (address) => {
      assert.strictEqual(AdminAccess.refusal(request(address), undefined)?.status, 403)
      assert.strictEqual(AdminAccess.refusal(request(address, withKey), undefined)?.status, 403)
    }
  )

  it("asks everybody for the admin key where there is one, this machine too", () => {
    for (const address of ["127.0.0.1", "192.0.2.7"]) {
      assert.strictEqual(AdminAccess.refusal(request(address), key)?.status, 401)
      assert.strictEqual(AdminAccess.refusal(request(address, { authorization: "Bearer wrong" }), key)?.status, 403)
      assert.isUndefined(AdminAccess.refusal(request(address, withKey), key))
    }
  })

  it.each([
    ["a proxy forwarded it", { "x-forwarded-for": "192.0.2.7" }],
    ["a proxy forwarded it, by the standard", { forwarded: "for=192.0.2.7" }],
    ["a proxy forwarded it, and says its protocol alone", { "x-forwarded-proto": "https" }],
    ["a proxy forwarded it, and says whose it is in its own way", { "x-real-ip": "192.0.2.7" }],
    ["a proxy forwarded it, and says itself alone", { via: "1.1 proxy" }],
    ["a page of another site sends it", { origin: "https://evil.example" }],
    ["a page of no site sends it", { origin: "null" }],
    ["a page on another port of this machine sends it", { origin: "http://127.0.0.1:3000" }],
    ["another name was resolved to this machine", { host: "evil.example:4100" }],
    ["another name begins like this machine", { host: "127.0.0.1.evil.example" }]
  ])("does not take a request for this machine's where %s", (_why, headers) => {
    assert.strictEqual(AdminAccess.refusal(request("127.0.0.1", headers), undefined)?.status, 403)
  })

  it("does not take a request over HTTP/1.0 for this machine's: so speaks nginx, and says nothing of its client", () => {
    const ofNginx = Object.assign(request("127.0.0.1", { connection: "close" }), { httpVersion: "1.0" })
    assert.strictEqual(AdminAccess.refusal(ofNginx, undefined)?.status, 403)
    assert.isUndefined(AdminAccess.refusal(Object.assign(ofNginx, { headers: withKey }), key))
  })

  it("lets the gateway's own page in", () => {
    const own = { host: "localhost:4100", origin: "http://localhost:4100" }
    assert.isUndefined(AdminAccess.refusal(request("127.0.0.1", own), undefined))
  })
})
