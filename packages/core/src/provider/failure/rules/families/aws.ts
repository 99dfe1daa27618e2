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
    learned: ["wording:bedrock-429"]
  },
  {
    id: "bedrock/throttled",
    when: { family, code: ["ThrottlingException", "TooManyRequestsException"] },
    reason: "RateLimited",
    learned: ["bedrock-200-bc39a343fe"]
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
    reason: "RateLimited",
    learned: ["bedrock-429-8168211b19"]
  },
  {
    id: "bedrock/quota",
    when: { family, code: ["ServiceQuotaExceededException"] },
    reason: "QuotaExhausted",
    learned: ["docs.aws.amazon.com API_runtime_InvokeModel"]
  },
  {
    id: "bedrock/unavailable",
    when: { family, code: ["ServiceUnavailableException", "ModelNotReadyException"] },
    reason: "Overloaded",
    learned: ["bedrock-200-e039603fc3", "bedrock-503-c51f023173"]
  },
  {
    id: "bedrock/timeout",
    when: { family, code: ["ModelTimeoutException"] },
    reason: "TimedOut",
    learned: ["bedrock-408-8ba86eaf7b"],
    facts: { phase: "total" }
  },
  {
    id: "bedrock/model-error",
    when: { family, code: ["ModelErrorException", "ModelStreamErrorException", "InternalServerException"] },
    reason: "ServerError",
    learned: ["bedrock-424-79f4d675b5", "bedrock-500-c316811e65"]
  },
  {
    id: "bedrock/signature",
    when: {
      family,
      text: list(`
        security token | request signature | signature expired | bearer token | signature we calculated
      `)
    },
    reason: "Unauthenticated",
    learned: ["bedrock-400-d08e2de9e6", "bedrock-403-d89a7b7efe"]
  },
  {
    id: "bedrock/profile",
    when: {
      family,
      text: list(`
        inference profile | model identifier is invalid | on-demand throughput | end of its life
      `)
    },
    reason: "ModelNotFound",
    learned: ["bedrock-400-8915da54d1", "bedrock-404-681e74a9c1"]
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
    learned: ["bedrock-403-2869f384cc", "bedrock-404-ad1f90c25e"]
  },
  {
    id: "bedrock/tools",
    when: {
      family,
      status: [400],
      text: ["tools.", "toolconfig", "toolspec"],
      also: ["does not match", "invalid", "failed to satisfy", "must", "value at"],
      not: ["tooluse blocks", "toolresult blocks", "toolresult content blocks", "must be defined when"]
    },
    reason: "ToolSchemaRejected",
    learned: ["bedrock-400-236fef88b2"]
  }
]
