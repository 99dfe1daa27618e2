/**
 * Words about the request itself, in the order in which they must be asked: a sentence about tools may speak of properties that
 * are "not supported", one about `max_tokens` of the context, one about a model of what you may access.
 */
import type { Rule } from "../Rule.ts"
import { list } from "./list.ts"

export const content: ReadonlyArray<Rule> = [
  {
    id: "request/content",
    when: {
      text: list(`
        content management policy | content filter | content policy | content_policy | content_filter
        content policies | usage policy | usage policies | usage guidelines | acceptable use
        community guidelines | safety system | safety filter | safety polic | safety reasons | safety guidelines
        safety settings | blocked by safety | moderation | was flagged | been flagged | flagged as | flagged for
        flagged by | sensitive content | sensitive information | sensitive word | contains sensitive
        inappropriate content | inappropriate
        considered high risk | content exists risk | unsafe content | harmful content | prohibited content
        prohibited use | responsible ai | guardrail | violates our | violates the | violated our
        violation of our | violating | content was blocked | content blocked | prompt was blocked
        response was blocked | blocked output | output blocked | output was blocked | content you provided * blocked
        blocked due to | blocked because | nsfw | explicit content | 敏感 | 不安全 | 违规 | 违法
        内容安全 | 安全策略 | 色情
      `),
      not: list(`
        guardrail restrictions | violates the schema | schema | account | rate limit
      `)
    },
    reason: "ContentFiltered",
    learned: ["azure-400-d35dd08590", "openrouter-403-94bb96f3e0"]
  },
  {
    id: "request/content-new",
    when: { pattern: "^(?:input|output) new_sensitive\\b" },
    reason: "ContentFiltered",
    learned: ["wording:minimax-200"]
  }
]

export const history: ReadonlyArray<Rule> = [
  {
    id: "request/history",
    when: {
      status: ["4xx"],
      text: list(`
        tool_use ids | tool_result blocks | tool_result block | tool_use blocks can only | tool_use block must
        tool_use_id | without tool_result | without a corresponding tool_use | toolresult blocks
        tooluse blocks | tool_call_ids | must be followed by tool messages | tool_calls must be followed
        role 'tool' must | role tool must | preceding message with 'tool_calls'
        preceeding message with 'tool_calls' | preceding message with tool_calls | no tool output found
        no tool call found | number of function response parts | function response parts
        function call turn comes immediately after | function call is missing a thought_signature
        missing a thought_signature | thought signature | thinking blocks | thinking block
        reasoning_content in the thinking mode | reasoning_content must be | trailing whitespace
        text content blocks must be | must be non-empty | non-empty content | roles must alternate
        must alternate between | expected last role | last message | first message must
        must be the first in the list | multiturn requests | conversation must | must end with a user
        encrypted content | jinja template | chat template
        item with id | items are not persisted | previous response with id | previous_response_not_found
        not the same number of function calls | tool_call_id | tool call id | tool messages
        tool result's tool id | unexpected role | message must have either content or tool_calls
      `),
      not: ["prefill", "bound to a different conversation"]
    },
    reason: "InvalidRequest",
    learned: [
      "anthropic-400-0fd1ce6589",
      "anthropic-400-966708a2da",
      "cohere-400-77450c43fb",
      "deepseek-400-1d37af4a50",
      "openai-400-41580d7587",
      "openai-400-cb6681ddb0"
    ]
  }
]

export const tools: ReadonlyArray<Rule> = [
  {
    id: "request/tool-place",
    when: {
      status: ["4xx"],
      text: ["tools.", "tools[", "tools ["],
      pattern: "(?:^|[ '(*:\\n.])tools ?(?:\\.\\d|\\[\\d)",
      not: ["tool type 'function'", "deferred"]
    },
    reason: "ToolSchemaRejected",
    learned: [
      "anthropic-400-ae031b3f6f",
      "anthropic-400-e5ad278548",
      "anthropic-400-f43046cb35",
      "gemini-400-3be8349a02",
      "gemini-400-d724daba13",
      "bedrock-400-236fef88b2"
    ]
  },
  {
    id: "request/tool-words",
    when: {
      text: list(`
        function_declarations[ | functiondeclarations | input_schema | inputschema | json schema is invalid
        invalid json schema | invalid schema for function | invalid schema for tool
        invalid schema for response_format | invalid schema | schemas contains too many | schema is too complex
        schema too complex | too many states for serving | unsupported schema | schema error | invalid tool
        invalid function name | invalid function call | function name | tool name | tool names must be unique
        elements in tools | too many * tools | number of * tools | duplicate tool | duplicate function | tool call validation failed | was not in request
        not found in tool list | not in request.tools | invalid_tool_call | failed to call a function
        malformed function call | failed to parse tool call | tool parameters | tool schema | function.parameters | valid * json schema | tool definition
        toolspec | grammar | compiled grammar | must be explicitly set to false
      `),
      not: ["cannot use both", "does not support tools"]
    },
    reason: "ToolSchemaRejected",
    learned: ["anthropic-400-66b239b174"]
  },
  {
    id: "request/tool-param",
    when: { status: [400, 422], param: ["tools", "functions"], not: ["not supported", "unsupported", "not support"] },
    reason: "ToolSchemaRejected"
  }
]

export const parameters: ReadonlyArray<Rule> = [
  {
    id: "request/parameter",
    when: {
      status: ["4xx", 500, 501],
      text: list(`
        unsupported parameter | cannot both be specified | only works in | not supported on this model | unsupported value | unsupported param | is not supported with this model
        is not supported by this model | is not supported for this model | not supported by this model
        not supported with | parameter is not supported | parameter not supported | parameters are not supported
        parameter is deprecated | is deprecated for this model | unrecognized request argument
        unrecognized key | unrecognized field | unknown parameter | unknown field | unknown name
        unexpected keyword argument | extra inputs are not permitted | additional properties are not allowed
        extra fields not permitted | property * is unsupported | does not support effort
        does not support the parameter | does not support parameters | does not support temperature
        does not support the ' | enable_thinking | instead of max_tokens | use 'max_completion_tokens' instead
        unknown variant | unknown content type | unsupported content | unsupported file | unsupported image
        unsupported media | unsupported mime | content blocks are expected | message role: system
        assistant message prefill | unsupported role | does not support 'system' | is allowed for this model
        not a supported thinking level | thinking: input tag | bound to a different conversation
      `)
    },
    reason: "Unsupported",
    learned: [
      "anthropic-400-d7b628cce6",
      "deepseek-400-51d876db02",
      "minimax-400-64c9635e44",
      "minimax-400-8724239e75",
      "nvidia-400-c46da79e6d",
      "openai-400-a109630b50"
    ]
  }
]

/** How much to think is said in words that each model has of its own. */
const effort: Rule = {
  id: "request/effort",
  when: {
    status: [400, 422],
    pattern:
      "^.{0,30}\\b(?:reasoning[_. ]effort|thinking[_ ]level)\\b.{0,40}\\b(?:must be|should be|one of|invalid|expected)\\b"
  },
  reason: "Unsupported",
  learned: ["console.groq.com/docs/reasoning"]
}

export const model: ReadonlyArray<Rule> = [
  effort,
  {
    id: "request/feature-of-model",
    when: {
      text: list(`
        no endpoints found that support | no endpoints found that can handle
        no endpoints available that support | meets your routing requirements | model does not support
        does not support tool | does not support function | does not support image | does not support vision
        does not support chat | does not work with the specified model | does not support stream | does not support system | is not supported by the
        not supported in the | is not a chat model | not a multimodal model | not a vision model
      `)
    },
    reason: "Unsupported",
    learned: [
      "cohere-400-89d52d3c6a",
      "ollama-400-f6cfc1de42",
      "openrouter-404-04b5aea835",
      "openrouter-404-7a748c93fd",
      "openrouter-503-6055bd28ce"
    ]
  },
  {
    // Method and path are ours and the configuration's: no caller can have caused it, and another target has others.
    id: "request/no-such-path",
    when: {
      status: [404, 405],
      text: list(`
        no handler found | route not found | no route | unknown request url | invalid url | page not found
        path not found | endpoint not found | cannot post | cannot get | method not allowed | check your url
        unknown url | unknown path | no static resource | requested url was not found | /v1/v1
      `)
    },
    reason: "ModelNotFound",
    learned: ["xai-404-0646da185a"]
  },
  {
    id: "request/not-found",
    when: { status: [404], pattern: "^(?:404:? )?(?:page )?not found\\.?$" },
    reason: "ModelNotFound",
    learned: ["wording:openai-chat-404"]
  },
  {
    id: "request/other-entity",
    when: {
      status: [404, 405],
      text: list(`
        item with id | thread with id | response with id | conversation with id | container with id | vector store
        assistant with id | file with id | no such file | no such thread | file not found | no assistant
        no thread | cached content | cachedcontent | batch | message batch
      `)
    },
    reason: "InvalidRequest"
  },
  {
    id: "request/model",
    when: {
      text: list(`
        model not found | not found the model | model_not_found | models not found | model not exist | model does not exist
        model * does not exist | models/* is not found | model * not found | model * doesn't exist
        model * could not be found | model * cannot be found | model * is not available
        model * isn't available | model * not available | model * is unavailable | model * was not found
        model * is not found | model * not exist | no such model | unknown model | invalid model
        not a valid model | invalid value for model | model identifier is invalid | model id is invalid
        invalid modelid | unrecognized model | model name is invalid | incorrect model | model * is invalid
        model * has been removed | model * was removed | model * has been deprecated | model * is deprecated
        model * has been decommissioned | model * is decommissioned | model * has been retired
        model * is retired | model * has been discontinued | model * has been shut down
        model * no longer available | model * no longer supported | model * no longer exists
        model * reached the end of its life | model * end of life | model * sunset | model * legacy
        no models loaded | model is not loaded | model not loaded | requested model is not supported
        model is not supported. | model * is not supported by any | model is not supported when | supported models are | supported * model names | available models
        did you mean | no endpoints found for | no allowed providers are available | no available channel
        endpoint does not exist | deployment * does not exist | deployment * not found | deployment for this resource | deploymentnotfound
        publisher model | inference profile | on-demand throughput | non-serverless | foundation model
        dedicated endpoint | not deployed | does not exist or you do not have access
        is not found for api version | try pulling it first | not found, try pulling | not found for account
        no model named | not support model | model_id | 模型不存在 | 模型未找到 | 不存在的模型 | 未开通
      `),
      not: list(`
        max_tokens | maximum context | context length | capacity | temporarily | tool | is not allowed
        does not support | not support the | request contains | cached content
      `)
    },
    reason: "ModelNotFound",
    learned: [
      "cohere-404-27664e60f9",
      "cohere-404-816caf3035",
      "cohere-404-a4283c21bc",
      "fireworks-404-be7b8b092f",
      "openai-400-a0fb6a532a",
      "scaleway-422-f318e23368"
    ]
  },
  {
    id: "request/model-gone",
    when: { status: [410], pattern: "model|deployment|endpoint" },
    reason: "ModelNotFound",
    learned: ["found:nvidia-410", "found:sambanova-410"]
  },
  {
    id: "request/model-param",
    when: { status: [400, 404, 422], param: ["model"], not: ["support"] },
    reason: "ModelNotFound"
  }
]

export const unsupported: ReadonlyArray<Rule> = [
  {
    id: "request/unsupported",
    when: {
      status: ["4xx", 500, 501, 503],
      text: list(`
        does not support | doesn't support | do not support | don't support | not support | not supported
        isn't supported | unsupported | only supports | only support  | no support for | not implemented
        not yet implemented | not enabled for this model | not available for this model | cannot be used with
        can't be used with | not compatible with | incompatible with | at most 0 image | tool choice requires
        requires -- | must be set to false for non-streaming | stream mode | not capable | is not enabled
        不支持
      `),
      not: ["supported range", "supported values are", "supported sizes"]
    },
    reason: "Unsupported",
    learned: ["bedrock-400-a78f10817e", "llama.cpp-500-c2f2fbce70"]
  }
]
