/**
 * AWS Bedrock: exceptions by name, in the `x-amzn-errortype` header, in the body's `__type`, or in a frame of an event stream.
 */
import type { Rule } from "../../Rule.ts"
import { list } from "../list.ts"

const family = ["bedrock", "sagemaker"]

export const rules: ReadonlyArray<Rule> = [
  {
    id: "bedrock/per-day",
    when: { family, text: ["tokens per day", "requests per day"] },
    reason: "QuotaExhausted",
    learned: ["repost.aws bedrock throttling"]
  },
  {
    id: "bedrock/throttled",
    when: { family, code: ["ThrottlingException", "TooManyRequestsException"] },
    reason: "RateLimited"
  },
  {
    id: "bedrock/throttled-words",
    when: {
      family,
      text: list(`
        too many tokens, please wait | too many requests, please wait | too many connections
        request was throttled
      `)
    },
    reason: "RateLimited"
  },
  {
    id: "bedrock/quota",
    when: { family, code: ["ServiceQuotaExceededException"] },
    reason: "QuotaExhausted",
    learned: ["docs.aws.amazon.com API_runtime_InvokeModel"]
  },
  {
    id: "bedrock/payment",
    when: { family, text: ["invalid_payment_instrument"] },
    reason: "QuotaExhausted",
    learned: ["repost.aws model access"]
  },
  {
    id: "bedrock/unavailable",
    when: { family, code: ["ServiceUnavailableException", "ModelNotReadyException"] },
    reason: "Overloaded"
  },
  {
    id: "bedrock/timeout",
    when: { family, code: ["ModelTimeoutException"] },
    reason: "TimedOut",
    facts: { phase: "total" }
  },
  {
    id: "bedrock/model-error",
    when: { family, code: ["ModelErrorException", "ModelStreamErrorException", "InternalServerException"] },
    reason: "ServerError"
  },
  {
    id: "bedrock/signature",
    when: {
      family,
      text: list(`
        security token | request signature | signature expired | bearer token | signature we calculated
      `)
    },
    reason: "Unauthenticated"
  },
  {
    id: "bedrock/profile",
    when: {
      family,
      text: list(`
        inference profile | model identifier is invalid | on-demand throughput | end of its life
      `)
    },
    reason: "ModelNotFound"
  },
  {
    id: "bedrock/not-allowed",
    when: {
      family,
      text: list(`
        operation not allowed | use case details | not authorized to | access to the model
      `)
    },
    reason: "PermissionDenied",
    learned: ["repost.aws bedrock operation not allowed"]
  },
  {
    id: "bedrock/tools",
    when: {
      family,
      status: [400],
      text: ["tools.", "toolconfig", "toolspec"],
      also: ["does not match", "invalid", "failed to satisfy", "must", "value at"],
      not: ["tooluse blocks", "toolresult blocks"]
    },
    reason: "ToolSchemaRejected"
  }
]
