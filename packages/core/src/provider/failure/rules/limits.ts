/**
 * Words about what does not fit: output tokens, the context window, bytes and numbers of things, and objects that are in use.
 * Output tokens come first: their sentences speak of the context too.
 */
import type { Rule } from "../Rule.ts"
import { list } from "./list.ts"

const outputTokens = list(`
        max_tokens | max_completion_tokens | max_output_tokens | max_new_tokens | max_tokens_to_sample
        maxoutputtokens | maxtokens | max_gen_len | max_length | max tokens | maximum tokens
        maximum output tokens | max output tokens | max completion tokens | completion tokens
      `)

export const tokens: ReadonlyArray<Rule> = [
  {
    id: "request/output-too-large",
    when: {
      text: list(`
        max_tokens is too large | max_completion_tokens is too large | max_tokens' is too large
        max_tokens or max_completion_tokens is too large | 'max_completion_tokens' is too large
        maximum allowed number of output tokens | maximum tokens you requested exceed
        max_tokens or model output limit was reached | exceeds the maximum output | exceeds max output
        output tokens limit | max_tokens * exceeds the maximum
      `),
      not: ["input length", "context limit"]
    },
    reason: "OutputLimitExceeded",
    learned: ["bedrock-400-a105a7198e", "openai-400-2cc62a486c", "openai-400-4bd1dbbe7b", "openai-400-e0eb617252"]
  },
  {
    id: "request/output-cannot-exceed",
    when: {
      text: list(`
        max_tokens * cannot exceed | max_completion_tokens * cannot exceed | max_output_tokens * cannot exceed
        max_new_tokens * cannot exceed
      `),
      not: ["input", "context", "prompt"]
    },
    reason: "OutputLimitExceeded",
    learned: ["found:databricks-400"]
  },
  {
    id: "request/output",
    when: {
      text: outputTokens,
      also: list(`
        too large | too high | too big | exceed | less than | <= | at most | range | between | should be in
        maximum value | maximum allowed | lower than | greater than | is limited | limited to | must be in
        cannot be larger | not larger | above maximum | >  | up to | no more than | max value | invalid | out of
      `),
      not: list(`
        context length | context window | context limit | context size | prompt | input length | input tokens
        inputs tokens | input token count | input_tokens | budget_tokens | minimum | below min | at least
        greater than 0 | positive | greater than or equal to 1 | not supported | unsupported | afford
        instead of | in the messages | reduce the length | per minute | required | tool | type
      `)
    },
    reason: "OutputLimitExceeded",
    learned: [
      "deepseek-400-9ab8a9300e",
      "openai-compatible-400-ad1208f6a0",
      "scaleway-416-66652ccc7b",
      "tgi-422-4b75fee64f",
      "dashscope-200-e13c7b14d4",
      "volcengine-400-53143aa0d5"
    ]
  },
  {
    id: "request/output-param",
    when: {
      status: [400, 416, 422],
      param: ["max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens"],
      also: list(`
        should be | maximum | exceed | at most | <= | too large | less than | range
      `),
      not: ["minimum", "at least", "context"]
    },
    reason: "OutputLimitExceeded"
  },
  {
    id: "request/context",
    when: {
      text: list(`
        context length | context_length | context window | context_window | context size | context limit
        context overflow | context budget | prompt is too long | prompt too long | prompts too long
        prompt exceeds | prompt tokens exceed | prompt token count | prompt contains * tokens
        maximum prompt length | prompt length | tokens in the prompt | prompt is too large | prompt has * tokens
        prompt size | input is too long | input too long | input too large | input length | input token length
        input tokens exceed | input token count | input token limit | maximum input | max input
        too many input tokens | inputs tokens | inputs must have less than | input sequence
        number of input tokens | longer than the maximum | longer than max | max_model_len
        maximum model length | max_seq_len | length of * must be less than | must have less than * tokens | tokens + * must be <= | cannot truncate prompt | sequence length | n_ctx | too many tokens | too many total
        total tokens | total length of all messages | total number of tokens | token limit exceeded
        model token limit | exceeds token limit | exceeded token limit | exceed token limit
        maximum number of tokens | maximum token | exceeds the maximum tokens | tokens exceed
        tokens, which exceeds | tokens exceeds | token count exceeds | requested token | reduce the length
        reduce your prompt | shorten your | shorter input | shorter prompt | conversation is too long
        messages are too long | message is too long | messages too long | 超长 | 超过最大长度 | 最大长度 | 上下文
      `),
      not: ["cached content", "per minute", "message is too long for", "minimum"]
    },
    reason: "ContextWindowExceeded",
    learned: [
      "bedrock-400-96e6d5e9a1",
      "cohere-400-2e14807afd",
      "deepseek-400-7bff699633",
      "deepseek-400-f3de947e72",
      "lmstudio-400-64d0a50520",
      "ollama-400-04c4537bd5"
    ]
  }
]

/** Asked after what is said of bytes and pieces. */
export const long: ReadonlyArray<Rule> = [
  {
    id: "request/too-long",
    when: {
      status: ["4xx", 500],
      text: ["too long", "too many tokens"],
      pattern:
        "(?:input|prompt|message|conversation|context|text|token)s?\\b.{0,40}\\btoo long|too (?:long|many tokens)\\b.{0,30}\\b(?:input|prompt|context|model)",
      not: ["string too long", "took too long", "url", "name", "per minute"]
    },
    reason: "ContextWindowExceeded",
    learned: ["bedrock-400-96e6d5e9a1", "perplexity-400-3975a1fb0c"]
  }
]

export const size: ReadonlyArray<Rule> = [
  {
    id: "request/count",
    when: {
      status: ["4xx"],
      text: ["at most", "up to", "too many", "no more than"],
      pattern:
        "(?:at most|up to|no more than) [1-9]\\d* (?:image|video|audio|file|document|input|url)|too many (?:image|video|file|document|input|url)s?\\b(?! tokens?)"
    },
    reason: "RequestTooLarge",
    learned: ["found:vllm-400", "found:mistral-400"]
  },
  {
    id: "request/size",
    when: {
      text: list(`
        request too large | request is too large | payload too large | payload is too large | entity too large
        content too large | body too large | body is too large | body exceeded | body size
        exceeds the maximum size | exceeds maximum size | exceeds the size limit | exceeds size limit
        maximum allowed size | max allowed size | payload size | request size | image exceeds | images exceed
        image size | image is too large | image too large | image dimensions | too many images
        number of images | file too large | file is too large | file size | files exceed | mb limit | mb maximum
        exceeds 5 mb | exceeds * bytes | bytes exceed | pdf pages | too many pages | length limit exceeded
        size limit | string too long | too large to process | physical batch size | larger than the maximum size
        request_too_large | 文件大小
      `),
      not: ["too small", "per minute", "size is zero"]
    },
    reason: "RequestTooLarge",
    learned: ["cloudflare-413-6c313ff3f7", "llama.cpp-500-5f661e354c"]
  }
]

export const conflict: ReadonlyArray<Rule> = [
  {
    id: "request/conflict",
    when: {
      status: [400, 409, 423],
      text: list(`
        another process is currently | run with status | another request is | already has an active | active run
        with status 'in_progress' | with status in_progress | with status 'queued' | with status queued
        is locked | already in progress | being processed | concurrently | while a run | being modified | currently being | already running
        currently processing
        try again shortly
      `)
    },
    reason: "Conflict",
    learned: ["openai-400-ac339f365f", "openai-400-ba31569a00"]
  }
]
