/**
 * Words about load and time: overload of the provider, limits of rate, time-outs on its side.
 */
import type { Rule } from "../Rule.ts"
import { list } from "./list.ts"

/** Statuses that say that time ran out, whatever the page around them says about load. */
export const late: ReadonlyArray<Rule> = [
  {
    id: "load/408",
    when: { status: [408] },
    reason: "TimedOut",
    learned: ["fireworks-408-1c7eeb5bbb", "bedrock-408-8ba86eaf7b"],
    facts: { phase: "total" }
  },
  {
    id: "load/504",
    when: { status: [504, 524] },
    reason: "TimedOut",
    learned: [
      "anthropic-504-551403271e",
      "cloudflare-504-e244389ed8",
      "cloudflare-524-3e8aff173d",
      "gemini-504-abf53e23b3"
    ],
    facts: { phase: "firstContent" }
  },
  {
    id: "load/522",
    when: { status: [522] },
    reason: "TimedOut",
    learned: ["cloudflare-522-b1f932c289"],
    facts: { phase: "connect" }
  }
]

/** Before what a 429 means in general: a provider that is too busy says so under any status. */
export const overloaded: ReadonlyArray<Rule> = [
  {
    id: "load/overloaded",
    when: {
      text: list(`
        overloaded | overload  | over capacity | at capacity | at full capacity | capacity exceeded
        capacity limit | capacity constraints | no capacity | not enough capacity | insufficient capacity
        lacks capacity | out of capacity | high demand | high traffic | heavy traffic | high load | heavy load
        heavily loaded | high volume of | is busy | server busy | are busy | currently busy | too busy
        busy, please | busy. please | currently loading | loading model | model is loading | still loading
        being loaded | is cold | not ready | not yet ready | warming up | cold start | degraded function
        is degraded | currently degraded | temporarily degraded | service degraded | capacity * exceeded | worker * limit reached
        no healthy upstream | no available workers | no available server | no instances available
        no available instances | maximum pending requests | queue is full | queue full | request queue
        receiving too many requests | service-wide limitations | temporarily overloaded | 繁忙 | 访问量过大 | 访问量较大
        负载过高 | 负载较高 | 负载已饱和 | 请求量过大 | 过载 | 拥堵
      `),
      not: ["request too large", "reduce the length"]
    },
    reason: "Overloaded",
    learned: [
      "cerebras-429-1fa0a3a716",
      "featherless-400-d661fd31a7",
      "fireworks-503-fef721f327",
      "gemini-200-06198857c6",
      "gemini-200-1f5a9fe064",
      "gemini-503-53ea421567"
    ]
  },
  {
    id: "load/busy",
    when: { status: [429, 500, 502, 503], text: ["busy"], pattern: "\\bbusy\\b" },
    reason: "Overloaded",
    learned: ["found:deepinfra-429"]
  },
  {
    id: "load/capacity",
    when: {
      status: [429, 500, 502, 503, 529],
      text: ["capacity"],
      not: ["quota", "reset after", "per minute", "rate limit", "per second", "tier"]
    },
    reason: "Overloaded",
    learned: ["openai-codex-429-3fb05c0341", "cerebras-429-1fa0a3a716"]
  },
  {
    id: "load/unavailable",
    when: {
      status: [503],
      text: list(`
        service unavailable | temporarily unavailable | currently unavailable | service is unavailable
        service is not available | service isn't available
      `),
      not: ["timed out", "timeout"]
    },
    reason: "Overloaded",
    learned: ["found:mistral-503"]
  },
  {
    id: "load/no-limit-named",
    when: {
      status: [429],
      text: [
        "resource exhausted, please try again later",
        "resource exhausted. please try again later",
        "model capacity"
      ]
    },
    reason: "Overloaded",
    learned: ["vertex-429-4ac3eca9f2"]
  },
  {
    id: "load/429",
    when: { status: [429] },
    reason: "RateLimited",
    learned: [
      "anthropic-429-403aedb02e",
      "copilot-429-e8fa4ae393",
      "groq-429-a31ac6eb91",
      "mistral-429-88bd612e0b",
      "openai-429-60acae5bd0",
      "openai-429-a927128929"
    ]
  }
]

/** A limit of rate or time-out under another status than its own. */
export const rate: ReadonlyArray<Rule> = [
  {
    id: "load/rate-code",
    when: {
      code: list(`
        rate_limit_exceeded | rate_limit_error | rate_limited | rate_limit | rate_limit_reached_error
        rate_limit_reached | RateLimitReached | RateLimitError | too_many_requests | too_many_requests_error
        TooManyRequestsException | ThrottlingException | Throttling | Throttled | Throttling.RateQuota
        Throttling.AllocationQuota | Throttling.BurstRate | Throttling.User | LimitRequests | limit_requests
        limit_burst_rate | request_quota_exceeded | token_quota_exceeded | RESOURCE_EXHAUSTED
        concurrency_limit_exceeded | websocket_connection_limit_reached | RequestLimitExceeded
        tpm_rate_limit_exceeded | rpm_rate_limit_exceeded | rpm_limit_exceeded | tpm_limit_exceeded
        RateLimitExceeded.EndpointRPMExceeded | RateLimitExceeded.EndpointTPMExceeded
        ModelAccountRpmRateLimitExceeded | ModelAccountTpmRateLimitExceeded | APIAccountRpmRateLimitExceeded
        ModelAccountIpmRateLimitExceeded | QuotaExceeded | ServiceQuotaExceededException
        LimitExceeded | openrouter_in_flight_budget | upstream_provider_shared_pool
      `)
    },
    reason: "RateLimited",
    learned: ["wording:bedrock-none"]
  },
  {
    id: "load/rate-words",
    when: {
      text: list(`
        rate limit | rate-limit | ratelimit | too many requests | throttled | throttling | requests per minute
        tokens per minute | requests per second | queries per minute | too many concurrent | concurrent requests | concurrent limit
        concurrency limit | error code: 1015 | you are being rate limited | rate quota | 请求过于频繁 | 速率限制 | 频率 | 限流
        流量限制 | 并发
      `),
      not: ["rate limit header"]
    },
    reason: "RateLimited",
    learned: ["wording:minimax-200"]
  }
]

export const time: ReadonlyArray<Rule> = [
  {
    id: "load/time-code",
    when: {
      code: list(`
        timeout_error | timeout | request_timeout | RequestTimeout | RequestTimeoutException | gateway_timeout
        cf_gateway_timeout | DEADLINE_EXCEEDED | ModelTimeoutException | upstream_timeout | inference_timeout
        RequestTimeOut | InternalError.Timeout | ModelServiceTimeout | deadline_exceeded_error | model_timeout
      `)
    },
    reason: "TimedOut",
    facts: { phase: "total" }
  },
  {
    id: "load/time-words",
    when: {
      status: [408, 500, 502, 503, 504, 520, 521, 522, 523, 524, 599],
      text: list(`
        timed out | timeout | time-out | time out | took too long | deadline exceeded | deadline expired
        within the deadline | 超时
      `)
    },
    reason: "TimedOut",
    facts: { phase: "total" }
  },
  {
    id: "load/time-words-stream",
    when: {
      transport: ["stream"],
      text: ["timed out", "deadline exceeded", "request timeout", "gateway timeout"],
      not: ["try again in"]
    },
    reason: "TimedOut",
    facts: { phase: "total" }
  }
]
