import Anthropic from "@anthropic-ai/sdk"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import OpenAI from "openai"
import * as Gateway from "../support/gateway.ts"

const id = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]+$/

describe("an answer that no provider gave", () => {
  let gateway: Gateway.TestGateway
  beforeAll(async () => {
    gateway = await Gateway.start("routes: { first: [demo/echo] }")
  })
  afterAll(() => gateway.close())

  const anthropics = { "anthropic-version": "2023-06-01" }
  const event = { method: "POST", body: JSON.stringify({ type: "run:start", metadata: { run: "r" } }) }
  it.each([
    ["the list of models", "/v1/models", {}, 200, "x-request-id"],
    ["one model", "/v1/models/first", {}, 200, "x-request-id"],
    ["a model that there is none", "/v1/models/none", {}, 404, "x-request-id"],
    ["the list of models, to Anthropic's clients", "/v1/models", { headers: anthropics }, 200, "request-id"],
    ["the list of models, to Google's clients", "/v1beta/models", {}, 200, undefined],
    ["an event that is taken", "/v1/events", event, 202, "x-request-id"],
    ["an event that is wrong", "/v1/events", { ...event, body: "{}" }, 400, "x-request-id"]
  ] as const)("has an id of its own, under our name and its dialect's: %s", async (_, path, init, status, own) => {
    const response = await fetch(gateway.url + path, init)
    await response.text()
    assert.strictEqual(response.status, status)
    const ours = response.headers.get("x-orelse-call-id")
    assert.match(ours ?? "", id)
    for (const name of ["x-request-id", "request-id"])
      assert.strictEqual(response.headers.get(name), name === own ? ours : null)
  })

  it("shows it where the SDKs show it of their own APIs", async () => {
    const settings = { apiKey: "none", maxRetries: 0 }
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, ...settings })
    assert.match((await openai.models.list().withResponse()).request_id ?? "", id)
    const anthropic = new Anthropic({ baseURL: gateway.url, ...settings })
    assert.match((await anthropic.models.retrieve("first").withResponse()).request_id ?? "", id)
  })
})
