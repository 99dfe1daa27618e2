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
        input new_sensitive | output new_sensitive | inappropriate content | inappropriate
        considered high risk | content exists risk | unsafe content | harmful content | prohibited content
        prohibited use | responsible ai | guardrail | violates our | violates the | violated our
        violation of our | violating | content was blocked | content blocked | prompt was blocked
        response was blocked | blocked due to | blocked because | nsfw | explicit content | 敏感 | 不安全 | 违规 | 违法
        内容安全 | 安全策略 | 色情
      `),
      not: list(`
        guardrail restrictions | violates the schema | schema | account | rate limit
      `)
    },
    reason: "ContentFiltered"
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
        does not support assistant message prefill | assistant message prefill | encrypted content
        item with id | items are not persisted | previous response with id | previous_response_not_found
        not the same number of function calls | tool_call_id | tool call id | tool messages
        tool result's tool id | unexpected role | message must have either content or tool_calls
      `)
    },
    reason: "InvalidRequest"
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
    reason: "ToolSchemaRejected"
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
        elements in tools | duplicate tool | duplicate function | tool call validation failed | was not in request
        not found in tool list | not in request.tools | invalid_tool_call | failed to call a function
        malformed function call | failed to parse tool call | tool parameters | tool schema | tool definition
        toolspec | grammar | compiled grammar
      `),
      not: ["cannot use both", "does not support tools"]
    },
    reason: "ToolSchemaRejected"
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
        unsupported role | does not support 'system'
      `)
    },
    reason: "Unsupported"
  }
]

export const model: ReadonlyArray<Rule> = [
  {
    id: "request/feature-of-model",
    when: {
      text: list(`
        no endpoints found that support | no endpoints found that can handle
        no endpoints available that support | meets your routing requirements | model does not support
        does not support tool | does not support function | does not support image | does not support vision
        does not support chat | does not support stream | does not support system | is not supported by the
        not supported in the | is not a chat model | not a multimodal model | not a vision model
      `)
    },
    reason: "Unsupported"
  },
  {
    id: "request/other-entity",
    when: {
      status: [404, 405],
      text: list(`
        no handler found | route not found | no route | unknown request url | invalid url | page not found
        path not found | endpoint not found | cannot post | cannot get | method not allowed | item with id
        thread with id | response with id | conversation with id | container with id | vector store
        assistant with id | file with id | no such file | no such thread | file not found | no assistant
        no thread | check your url | unknown url | unknown path | no static resource
        requested url was not found | /v1/v1 | cached content | cachedcontent | batch | message batch
      `)
    },
    reason: "InvalidRequest"
  },
  {
    id: "request/no-such-path",
    when: { status: [404], pattern: "^(?:404:? )?(?:page )?not found\\.?$" },
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
        model is not supported. | model is not supported when | supported models are | available models
        did you mean | no endpoints found for | no allowed providers are available | no available channel
        deployment * does not exist | deployment * not found | deployment for this resource | deploymentnotfound
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
    reason: "ModelNotFound"
  },
  {
    id: "request/model-param",
    when: { status: [400, 404, 422], param: ["model"], not: ["support"] },
    reason: "ModelNotFound"
  }
]

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
    reason: "OutputLimitExceeded"
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
    reason: "OutputLimitExceeded"
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
        maximum model length | max_seq_len | sequence length | n_ctx | too many tokens | too many total
        total tokens | total length of all messages | total number of tokens | token limit exceeded
        model token limit | exceeds token limit | exceeded token limit | exceed token limit
        maximum number of tokens | maximum token | exceeds the maximum tokens | tokens exceed
        tokens, which exceeds | tokens exceeds | token count exceeds | requested token | reduce the length
        reduce your prompt | shorten your | shorter input | shorter prompt | conversation is too long
        messages are too long | message is too long | messages too long | 超长 | 超过最大长度 | 最大长度 | 上下文
      `),
      not: ["cached content", "per minute", "message is too long for", "minimum"]
    },
    reason: "ContextWindowExceeded"
  }
]

export const size: ReadonlyArray<Rule> = [
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
    reason: "RequestTooLarge"
  }
]

export const conflict: ReadonlyArray<Rule> = [
  {
    id: "request/conflict",
    when: {
      status: [400, 409, 423],
      text: list(`
        another process is currently | another request is | already has an active | active run
        with status 'in_progress' | with status in_progress | with status 'queued' | with status queued
        is locked | already in progress | being processed | concurrently | while a run | being modified
        try again shortly
      `)
    },
    reason: "Conflict"
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
        requires --enable | must be set to false for non-streaming | stream mode | not capable | is not enabled
        不支持
      `),
      not: ["supported range", "supported values are", "supported sizes"]
    },
    reason: "Unsupported"
  }
]
