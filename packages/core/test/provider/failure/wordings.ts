/**
 * Wordings from the documentation and the clients of providers, other than the recorded answers: they show how well the rules
 * read what did not teach them. `body` is a message, or an object as it is sent.
 */
export type Wording = readonly [
  family: string,
  status: number | null,
  body: string | object,
  kind: string,
  also?: string
]

const openaiBody = (
  message: string,
  type: string | null = "invalid_request_error",
  code: string | null = null,
  param: string | null = null
) => ({
  error: { message, type, param, code }
})
const anthropicBody = (type: string, message: string) => ({ type: "error", error: { type, message } })
const googleBody = (code: number, status: string, message: string, details?: ReadonlyArray<object>) => ({
  error: { code, message, status, ...(details === undefined ? {} : { details }) }
})

export const wordings: ReadonlyArray<Wording> = [
  // OpenAI
  [
    "openai",
    401,
    openaiBody(
      "Incorrect API key provided: sk-abc***xyz. You can find your API key at https://platform.openai.com/account/api-keys.",
      "invalid_request_error",
      "invalid_api_key"
    ),
    "auth"
  ],
  [
    "openai",
    401,
    openaiBody(
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth",
      "invalid_request_error"
    ),
    "auth"
  ],
  [
    "openai",
    401,
    openaiBody(
      "You have insufficient permissions for this operation. Missing scopes: model.request.",
      "invalid_request_error"
    ),
    "permission"
  ],
  [
    "openai",
    403,
    openaiBody(
      "Country, region, or territory not supported",
      "request_forbidden",
      "unsupported_country_region_territory"
    ),
    "permission"
  ],
  [
    "openai",
    403,
    openaiBody("Project `proj_abc` does not have access to model `gpt-4o`", "invalid_request_error", "model_not_found"),
    "permission",
    "model_not_found"
  ],
  [
    "openai",
    404,
    openaiBody(
      "The model `gpt-4-32k` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations",
      "invalid_request_error",
      "model_not_found"
    ),
    "model_not_found"
  ],
  [
    "openai",
    404,
    openaiBody(
      "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?",
      "invalid_request_error",
      null,
      "model"
    ),
    "unsupported",
    "model_not_found"
  ],
  ["openai", 404, openaiBody("Invalid URL (POST /v1/chat/completion)"), "bad_request"],
  [
    "openai",
    429,
    openaiBody(
      "Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s. Visit https://platform.openai.com/account/rate-limits to learn more.",
      "tokens",
      "rate_limit_exceeded"
    ),
    "rate_limit"
  ],
  [
    "openai",
    429,
    openaiBody(
      "Rate limit reached for gpt-4o-mini in organization org-x on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.",
      "requests",
      "rate_limit_exceeded"
    ),
    "rate_limit"
  ],
  [
    "openai",
    429,
    openaiBody(
      "Your account is not active, please check your billing details on our website.",
      "billing_not_active",
      "billing_not_active"
    ),
    "quota_exhausted"
  ],
  [
    "openai",
    429,
    openaiBody("Billing hard limit has been reached", "invalid_request_error", "billing_hard_limit_reached"),
    "quota_exhausted"
  ],
  [
    "openai",
    429,
    openaiBody(
      "That model is currently overloaded with other requests. You can retry your request, or contact us through our help center",
      "server_error"
    ),
    "overloaded"
  ],
  [
    "openai",
    503,
    openaiBody("The engine is currently overloaded, please try again later", "server_error"),
    "overloaded"
  ],
  [
    "openai",
    503,
    openaiBody(
      "Our servers are currently overloaded. Please try again later.",
      "service_unavailable_error",
      "server_is_overloaded"
    ),
    "overloaded"
  ],
  [
    "openai",
    503,
    openaiBody(
      "Slow down: a sudden increase in your request rate is impacting service reliability",
      "server_error",
      "slow_down"
    ),
    "overloaded",
    "rate_limit"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Invalid schema for function 'get_weather': In context=(), 'additionalProperties' is required to be supplied and to be false.",
      "invalid_request_error",
      "invalid_function_parameters",
      "tools[0].function.parameters"
    ),
    "tool_schema"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
      "invalid_request_error",
      "invalid_value",
      "tools[0].function.name"
    ),
    "tool_schema"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Invalid schema for response_format 'out': In context=(), 'required' is required to be supplied and to be an array including every key in properties.",
      "invalid_request_error",
      null,
      "response_format"
    ),
    "tool_schema",
    "bad_request"
  ],
  [
    "openai",
    400,
    openaiBody(
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: call_abc",
      "invalid_request_error",
      null,
      "messages.[3].role"
    ),
    "bad_request"
  ],
  [
    "openai",
    400,
    openaiBody(
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130123 tokens (129000 in the messages, 1123 in the functions). Please reduce the length of the messages or functions.",
      "invalid_request_error",
      "context_length_exceeded",
      "messages"
    ),
    "context_window"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      "invalid_request_error",
      "unsupported_value",
      "temperature"
    ),
    "unsupported"
  ],
  [
    "openai",
    400,
    openaiBody("Unknown parameter: 'foo'.", "invalid_request_error", "unknown_parameter", "foo"),
    "unsupported",
    "bad_request"
  ],
  [
    "openai",
    400,
    openaiBody("Unrecognized request argument supplied: reasoning", "invalid_request_error"),
    "unsupported",
    "bad_request"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Invalid value: 'developer'. Supported values are: 'system', 'assistant', 'user', 'function', and 'tool'.",
      "invalid_request_error",
      "invalid_value",
      "messages[0].role"
    ),
    "unsupported",
    "bad_request"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens."
    ),
    "max_tokens_limit"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Missing required parameter: 'messages'.",
      "invalid_request_error",
      "missing_required_parameter",
      "messages"
    ),
    "bad_request"
  ],
  [
    "openai",
    400,
    openaiBody(
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly.)"
    ),
    "bad_request"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Your request was rejected as a result of our safety system. Your prompt may contain text that is not allowed by our safety system.",
      "invalid_request_error",
      "content_policy_violation"
    ),
    "content_policy"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Invalid 'input[2].content': string too long. Expected a string with maximum length 10485760, but got a string with length 12000000 instead.",
      "invalid_request_error",
      "string_above_max_length"
    ),
    "request_too_large",
    "bad_request"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Previous response with id 'resp_1' not found.",
      "invalid_request_error",
      "previous_response_not_found",
      "previous_response_id"
    ),
    "bad_request"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Hosted tool 'web_search_preview' is not supported with gpt-4.1-nano.",
      "invalid_request_error",
      null,
      "tools"
    ),
    "unsupported"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. Please use /v1/responses instead.",
      "invalid_request_error",
      null,
      "reasoning_effort"
    ),
    "unsupported"
  ],
  [
    "openai",
    400,
    openaiBody(
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.",
      "invalid_request_error",
      "integer_below_min_value",
      "max_output_tokens"
    ),
    "bad_request"
  ],
  ["openai", 409, openaiBody("The resource is being modified by another request", "conflict_error"), "conflict"],
  [
    "openai",
    502,
    "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>cloudflare</center></body></html>",
    "server_error"
  ],
  ["openai", 520, "error code: 520", "server_error"],
  [
    "openai-codex",
    429,
    {
      error: {
        type: "usage_limit_reached",
        message: "The usage limit has been reached",
        plan_type: "plus",
        resets_at: 1773860656,
        resets_in_seconds: 3600
      }
    },
    "quota_exhausted"
  ],
  [
    "openai-codex",
    400,
    { detail: "The 'gpt-5.9' model is not supported when using Codex with a ChatGPT account." },
    "model_not_found",
    "permission"
  ],
  [
    "openai-codex",
    403,
    "<html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue</body></html>",
    "permission"
  ],
  // Azure
  [
    "azure",
    429,
    {
      error: {
        code: "429",
        message:
          "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-02-01 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 9 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit."
      }
    },
    "rate_limit"
  ],
  [
    "azure",
    401,
    {
      error: {
        code: "401",
        message:
          "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."
      }
    },
    "auth"
  ],
  [
    "azure",
    401,
    {
      error: {
        code: "PermissionDenied",
        message:
          "The principal `x` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action` to perform `POST` operation."
      }
    },
    "permission"
  ],
  ["azure", 404, { error: { code: "404", message: "Resource not found" } }, "model_not_found", "bad_request"],
  [
    "azure",
    400,
    {
      error: {
        code: "OperationNotSupported",
        message:
          "The chatCompletion operation does not work with the specified model, text-embedding-3-small. Please choose different model and try again."
      }
    },
    "unsupported",
    "model_not_found"
  ],
  ["azure", 408, { error: { code: "Timeout", message: "The operation was timeout." } }, "timeout"],
  ["azure", 424, { error: { code: "424", message: "Model returned an error" } }, "server_error"],
  [
    "azure",
    503,
    {
      error: {
        code: "InternalServerError",
        message: "Backend returned unexpected response. Please contact Microsoft for help."
      }
    },
    "server_error",
    "overloaded"
  ],
  // Anthropic
  [
    "anthropic",
    400,
    anthropicBody(
      "invalid_request_error",
      "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-20250514"
    ),
    "max_tokens_limit"
  ],
  [
    "anthropic",
    400,
    anthropicBody(
      "invalid_request_error",
      "messages.0.content.1.image.source.base64.data: image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes"
    ),
    "request_too_large"
  ],
  [
    "anthropic",
    400,
    anthropicBody(
      "invalid_request_error",
      'messages: roles must alternate between "user" and "assistant", but found multiple "user" roles in a row'
    ),
    "bad_request"
  ],
  [
    "anthropic",
    400,
    anthropicBody("invalid_request_error", "messages: text content blocks must be non-empty"),
    "bad_request"
  ],
  [
    "anthropic",
    400,
    anthropicBody("invalid_request_error", "context_management: Extra inputs are not permitted"),
    "unsupported",
    "bad_request"
  ],
  [
    "anthropic",
    400,
    anthropicBody(
      "invalid_request_error",
      "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
    ),
    "unsupported",
    "bad_request"
  ],
  [
    "anthropic",
    400,
    anthropicBody(
      "invalid_request_error",
      "You have reached your specified API usage limits. You will regain access on 2026-09-01 at 00:00 UTC."
    ),
    "quota_exhausted"
  ],
  ["anthropic", 400, anthropicBody("invalid_request_error", "This organization has been disabled."), "permission"],
  [
    "anthropic",
    400,
    anthropicBody(
      "invalid_request_error",
      "This credential is only authorized for use with Claude Code and cannot be used for other API requests."
    ),
    "permission"
  ],
  [
    "anthropic",
    400,
    anthropicBody("invalid_request_error", "The long context beta is not yet available for this subscription."),
    "permission",
    "unsupported"
  ],
  [
    "anthropic",
    400,
    anthropicBody("invalid_request_error", "Output blocked by content filtering policy"),
    "content_policy"
  ],
  ["anthropic", 400, anthropicBody("invalid_request_error", "tools: Tool names must be unique."), "tool_schema"],
  [
    "anthropic",
    400,
    anthropicBody("invalid_request_error", "tools.3.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"),
    "tool_schema"
  ],
  [
    "anthropic",
    400,
    anthropicBody(
      "invalid_request_error",
      "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation"
    ),
    "bad_request"
  ],
  [
    "anthropic",
    400,
    anthropicBody("invalid_request_error", "messages.1.content.0.thinking: each thinking block must contain thinking"),
    "bad_request"
  ],
  [
    "anthropic",
    400,
    anthropicBody(
      "invalid_request_error",
      "messages.5.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response."
    ),
    "bad_request"
  ],
  [
    "anthropic",
    400,
    anthropicBody("invalid_request_error", "'claude-haiku-3' does not support adaptive thinking"),
    "unsupported"
  ],
  ["anthropic", 400, anthropicBody("invalid_request_error", "Could not process image"), "bad_request"],
  ["anthropic", 402, anthropicBody("billing_error", "Your billing information needs attention"), "quota_exhausted"],
  ["anthropic", 404, anthropicBody("not_found_error", "model: claude-5-giga"), "model_not_found"],
  ["anthropic", 413, anthropicBody("request_too_large", "Request exceeds the maximum size"), "request_too_large"],
  [
    "anthropic",
    429,
    anthropicBody(
      "rate_limit_error",
      "Number of request tokens has exceeded your per-minute rate limit (https://docs.anthropic.com/en/api/rate-limits)"
    ),
    "rate_limit"
  ],
  [
    "anthropic",
    429,
    anthropicBody(
      "rate_limit_error",
      "Number of concurrent connections has exceeded your rate limit. Please try again later or contact sales"
    ),
    "rate_limit"
  ],
  [
    "anthropic",
    403,
    anthropicBody("permission_error", "OAuth authentication is currently not allowed for this organization."),
    "permission"
  ],
  ["anthropic", 403, { error: { type: "forbidden", message: "Request not allowed" } }, "permission"],
  ["anthropic", 500, anthropicBody("api_error", "Internal server error"), "server_error"],
  // Google
  [
    "gemini",
    400,
    googleBody(
      400,
      "INVALID_ARGUMENT",
      "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575)."
    ),
    "context_window"
  ],
  [
    "gemini",
    400,
    googleBody(
      400,
      "INVALID_ARGUMENT",
      "Unable to submit request because it has a maxOutputTokens value of 100000 but the supported range is from 1 (inclusive) to 8193 (exclusive). Update the value and try again."
    ),
    "max_tokens_limit"
  ],
  [
    "gemini",
    400,
    googleBody(
      400,
      "INVALID_ARGUMENT",
      "Invalid JSON payload received. Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0].parameters': Cannot find field."
    ),
    "tool_schema"
  ],
  [
    "gemini",
    400,
    googleBody(
      400,
      "INVALID_ARGUMENT",
      "Please ensure that function call turn comes immediately after a user turn or after a function response turn."
    ),
    "bad_request"
  ],
  [
    "gemini",
    400,
    googleBody(
      400,
      "INVALID_ARGUMENT",
      "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn."
    ),
    "bad_request"
  ],
  [
    "gemini",
    400,
    googleBody(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key.", [
      { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }
    ]),
    "auth"
  ],
  [
    "gemini",
    400,
    googleBody(400, "INVALID_ARGUMENT", "Function calling is not enabled for models/gemma-3-27b-it"),
    "unsupported"
  ],
  [
    "gemini",
    400,
    googleBody(400, "INVALID_ARGUMENT", "Budget 0 is invalid. This model only works in thinking mode."),
    "unsupported",
    "bad_request"
  ],
  [
    "gemini",
    400,
    googleBody(400, "INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes."),
    "request_too_large"
  ],
  [
    "gemini",
    400,
    googleBody(400, "INVALID_ARGUMENT", "Function call is missing a thought_signature in functionCall parts."),
    "bad_request"
  ],
  [
    "gemini",
    403,
    googleBody(
      403,
      "PERMISSION_DENIED",
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API."
    ),
    "auth"
  ],
  [
    "gemini",
    403,
    googleBody(
      403,
      "PERMISSION_DENIED",
      "Generative Language API has not been used in project 12345 before or it is disabled. Enable it by visiting https://console.developers.google.com/",
      [{ reason: "SERVICE_DISABLED" }]
    ),
    "permission"
  ],
  [
    "gemini",
    403,
    googleBody(403, "PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key."),
    "auth",
    "permission"
  ],
  [
    "gemini",
    403,
    googleBody(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.", [
      { reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" }
    ]),
    "permission",
    "auth"
  ],
  [
    "gemini",
    401,
    googleBody(
      401,
      "UNAUTHENTICATED",
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential."
    ),
    "auth"
  ],
  [
    "gemini",
    404,
    googleBody(
      404,
      "NOT_FOUND",
      "models/gemini-1.0-pro is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods."
    ),
    "model_not_found"
  ],
  [
    "gemini",
    429,
    googleBody(
      429,
      "RESOURCE_EXHAUSTED",
      "You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 50\nPlease retry in 14.5s.",
      [
        {
          "@type": "type.googleapis.com/google.rpc.QuotaFailure",
          violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }]
        },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "14s" }
      ]
    ),
    "quota_exhausted",
    "rate_limit"
  ],
  [
    "gemini",
    429,
    googleBody(
      429,
      "RESOURCE_EXHAUSTED",
      "You exceeded your current quota. * Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-3-pro\nPlease retry in 5s."
    ),
    "quota_exhausted"
  ],
  [
    "gemini",
    429,
    googleBody(
      429,
      "RESOURCE_EXHAUSTED",
      "Your project has exceeded its monthly spending cap. Please go to AI Studio to manage your project spend cap."
    ),
    "quota_exhausted"
  ],
  [
    "gemini",
    429,
    googleBody(
      429,
      "RESOURCE_EXHAUSTED",
      "Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing."
    ),
    "quota_exhausted"
  ],
  [
    "gemini",
    503,
    googleBody(503, "UNAVAILABLE", "The service is currently unavailable."),
    "overloaded",
    "server_error"
  ],
  [
    "vertex",
    400,
    googleBody(400, "INVALID_ARGUMENT", "The input token count is 2000000 but model only supports up to 1048576."),
    "context_window"
  ],
  [
    "vertex",
    403,
    googleBody(
      403,
      "PERMISSION_DENIED",
      "This API method requires billing to be enabled. Please enable billing on project #x",
      [{ reason: "BILLING_DISABLED" }]
    ),
    "quota_exhausted",
    "permission"
  ],
  [
    "vertex",
    404,
    googleBody(
      404,
      "NOT_FOUND",
      "Publisher Model `projects/p/locations/us-central1/publishers/google/models/gemini-3` was not found or your project does not have access to it. Ensure you are using a valid model name."
    ),
    "model_not_found"
  ],
  [
    "vertex",
    429,
    googleBody(
      429,
      "RESOURCE_EXHAUSTED",
      "Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details."
    ),
    "overloaded",
    "rate_limit"
  ],
  // Bedrock
  [
    "bedrock",
    400,
    { message: "The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum" },
    "context_window"
  ],
  ["bedrock", 400, { message: "The provided model identifier is invalid." }, "model_not_found"],
  ["bedrock", 400, { message: "Operation not allowed" }, "permission"],
  [
    "bedrock",
    400,
    {
      message:
        "Malformed input request: #: required key [messages] not found, please reformat your input and try again."
    },
    "bad_request"
  ],
  [
    "bedrock",
    400,
    { message: "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object." },
    "tool_schema"
  ],
  [
    "bedrock",
    400,
    {
      message:
        "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn."
    },
    "bad_request"
  ],
  ["bedrock", 400, { message: "This model doesn't support tool use in streaming mode." }, "unsupported"],
  [
    "bedrock",
    400,
    {
      message:
        "A conversation must start with a user message. Try again with a conversation that starts with a user message."
    },
    "bad_request"
  ],
  [
    "bedrock",
    403,
    {
      message:
        "User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:InvokeModel on resource: arn because no identity-based policy allows the bedrock:InvokeModel action"
    },
    "permission"
  ],
  ["bedrock", 403, { message: "The security token included in the request is expired" }, "auth"],
  [
    "bedrock",
    403,
    {
      message:
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."
    },
    "auth"
  ],
  [
    "bedrock",
    429,
    { message: "Too many tokens per day, please wait before trying again." },
    "quota_exhausted",
    "rate_limit"
  ],
  ["bedrock", 429, { message: "Too many requests, please wait before trying again." }, "rate_limit"],
  [
    "bedrock",
    null,
    "An error occurred (ThrottlingException) when calling the ConverseStream operation (reached max retries: 4): Too many requests, please wait before trying again.",
    "rate_limit"
  ],
  ["bedrock", 503, { message: "Bedrock is unable to process your request." }, "overloaded", "server_error"],
  // Hosts
  [
    "groq",
    400,
    openaiBody(
      "`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window` for this model",
      "invalid_request_error",
      null,
      "max_tokens"
    ),
    "max_tokens_limit"
  ],
  [
    "groq",
    400,
    openaiBody(
      "The model `llama2-70b-4096` has been decommissioned and is no longer supported. Please refer to https://console.groq.com/docs/deprecations",
      "invalid_request_error",
      "model_decommissioned"
    ),
    "model_not_found"
  ],
  [
    "groq",
    400,
    openaiBody(
      "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.",
      "invalid_request_error",
      "tool_use_failed"
    ),
    "tool_schema"
  ],
  [
    "groq",
    400,
    openaiBody(
      "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'reasoning_content' is unsupported)]",
      "invalid_request_error"
    ),
    "unsupported",
    "bad_request"
  ],
  [
    "groq",
    403,
    openaiBody(
      "The model `x` is blocked at the organization level. Please have the org admin enable this model",
      "permissions_error",
      "model_permission_blocked_org"
    ),
    "permission"
  ],
  [
    "groq",
    503,
    openaiBody(
      "llama-3.3-70b-versatile is currently over capacity. Please try again and back off exponentially. Visit https://groqstatus.com",
      "internal_server_error"
    ),
    "overloaded"
  ],
  [
    "groq",
    429,
    openaiBody(
      "Rate limit reached for model `openai/gpt-oss-120b` in organization `org_1` service tier `on_demand` on tokens per day (TPD): Limit 200000, Used 199336, Requested 1446. Please try again in 5m37.824s.",
      "tokens",
      "rate_limit_exceeded"
    ),
    "rate_limit"
  ],
  ["mistral", 401, { message: "Unauthorized", request_id: "abc" }, "auth"],
  [
    "mistral",
    400,
    {
      object: "error",
      message: "Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
      type: "invalid_request_prompt",
      param: null,
      code: "3051"
    },
    "context_window"
  ],
  [
    "mistral",
    400,
    {
      object: "error",
      message: "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
      type: "invalid_request_message_order",
      param: null,
      code: "3230"
    },
    "bad_request"
  ],
  [
    "mistral",
    422,
    {
      object: "error",
      message: {
        detail: [
          {
            type: "extra_forbidden",
            loc: ["body", "stream_options"],
            msg: "Extra inputs are not permitted",
            input: { include_usage: true }
          }
        ]
      },
      type: "invalid_request_error",
      code: null
    },
    "unsupported",
    "bad_request"
  ],
  [
    "mistral",
    429,
    {
      object: "error",
      message: "Service tier capacity exceeded for this model.",
      type: "service_tier_capacity_exceeded",
      param: null,
      code: "3505"
    },
    "overloaded",
    "rate_limit"
  ],
  [
    "mistral",
    400,
    {
      object: "error",
      message: "Not the same number of function calls and responses",
      type: "invalid_request_message_order",
      param: null,
      code: "3230"
    },
    "bad_request"
  ],
  ["cohere", 401, { message: "invalid api token" }, "auth"],
  [
    "cohere",
    429,
    {
      message:
        "You are using a Trial key, which is limited to 1000 API calls / month. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'."
    },
    "quota_exhausted",
    "rate_limit"
  ],
  [
    "cohere",
    400,
    {
      message:
        "too many tokens: max tokens must be less than or equal to 4096, the maximum output for this model - received 8000."
    },
    "max_tokens_limit",
    "context_window"
  ],
  [
    "cohere",
    400,
    { message: "invalid request: all elements in tools must have a name." },
    "tool_schema",
    "bad_request"
  ],
  [
    "together",
    422,
    openaiBody(
      "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 3297 `inputs` tokens and 1024 `max_new_tokens`"
    ),
    "context_window",
    "max_tokens_limit"
  ],
  [
    "together",
    402,
    openaiBody("Credit limit exceeded, please navigate to https://api.together.xyz/settings/billing", "credit_limit"),
    "quota_exhausted"
  ],
  [
    "together",
    404,
    openaiBody(
      "Unable to access model meta-llama/x. Please visit https://api.together.ai/models to view the list of supported models.",
      "invalid_request_error",
      "model_not_available"
    ),
    "model_not_found"
  ],
  ["fireworks", 412, { error: "Account suspended due to reaching monthly spending limit" }, "quota_exhausted"],
  [
    "fireworks",
    400,
    openaiBody("The prompt is too long: 43234, model maximum context length: 32768", "invalid_request_error"),
    "context_window"
  ],
  ["openrouter", 401, { error: { message: "No auth credentials found", code: 401 } }, "auth"],
  ["openrouter", 401, { error: { message: "User not found.", code: 401 } }, "auth"],
  ["openrouter", 400, { error: { message: "foo/bar is not a valid model ID", code: 400 } }, "model_not_found"],
  ["openrouter", 404, { error: { message: "No endpoints found for foo/bar.", code: 404 } }, "model_not_found"],
  [
    "openrouter",
    404,
    {
      error: {
        message:
          "No endpoints found matching your data policy (Free model publication). Configure: https://openrouter.ai/settings/privacy",
        code: 404
      }
    },
    "permission",
    "model_not_found"
  ],
  ["openrouter", 404, { error: { message: "No endpoints found that support image input", code: 404 } }, "unsupported"],
  [
    "openrouter",
    429,
    {
      error: {
        message: "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day",
        code: 429,
        metadata: {
          headers: { "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1785628800000" }
        }
      }
    },
    "quota_exhausted",
    "rate_limit"
  ],
  [
    "openrouter",
    429,
    {
      error: {
        message: "Rate limit exceeded: free-models-per-min. ",
        code: 429,
        metadata: {
          headers: { "X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1785542460000" }
        }
      }
    },
    "rate_limit"
  ],
  [
    "openrouter",
    400,
    {
      error: {
        message: "Provider returned error",
        code: 400,
        metadata: {
          raw: '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 212039 tokens > 200000 maximum"}}',
          provider_name: "Anthropic"
        }
      }
    },
    "context_window"
  ],
  [
    "openrouter",
    400,
    {
      error: {
        message:
          'This endpoint\'s maximum context length is 131072 tokens. However, you requested about 200000 tokens (190000 of text input, 10000 in the output). Please reduce the length of either one, or use the "middle-out" transform',
        code: 400
      }
    },
    "context_window"
  ],
  [
    "openrouter",
    403,
    {
      error: {
        message: "Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys",
        code: 403
      }
    },
    "quota_exhausted"
  ],
  [
    "xai",
    400,
    {
      code: "invalid-argument",
      error: "This model's maximum prompt length is 131072 but the request contains 136973 tokens."
    },
    "context_window"
  ],
  [
    "xai",
    404,
    {
      code: "not-found",
      error: "The model grok-2-beta was deprecated on 2025-01-01 and is no longer accessible via the API."
    },
    "model_not_found"
  ],
  [
    "xai",
    404,
    {
      code: "Some requested entity was not found",
      error:
        "The model grok-9 does not exist or your team x does not have access to it. Please ensure you're using the correct API key."
    },
    "model_not_found"
  ],
  [
    "xai",
    429,
    {
      code: "Some resource has been exhausted",
      error:
        "Too many requests for team x and model grok-4. Your team's rate limit is: Requests per Second (actual/limit): 2/1, Requests per Minute (actual/limit): 20/60."
    },
    "rate_limit"
  ],
  [
    "xai",
    403,
    {
      code: "The caller does not have permission to execute the specified operation",
      error:
        "Content violates usage guidelines. Team: x, API key ID: y, Model: grok-4, Failed check: SAFETY_CHECK_TYPE_BIO"
    },
    "content_policy"
  ],
  [
    "xai",
    400,
    { code: "Client specified an invalid argument", error: "Argument not supported on this model: presencePenalty" },
    "unsupported"
  ],
  [
    "cerebras",
    401,
    { message: "Wrong API Key", type: "invalid_request_error", param: "api_key", code: "wrong_api_key" },
    "auth"
  ],
  [
    "cerebras",
    429,
    {
      message: "Tokens per day limit exceeded - too many tokens processed.",
      type: "too_many_tokens_error",
      param: "quota",
      code: "token_quota_exceeded"
    },
    "quota_exhausted",
    "rate_limit"
  ],
  [
    "cerebras",
    400,
    {
      message: "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded"
    },
    "context_window"
  ],
  ["huggingface", 503, { error: "Model too busy, unable to get response in less than 60 second(s)" }, "overloaded"],
  [
    "huggingface",
    402,
    {
      error:
        "You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get 20x more monthly included credits."
    },
    "quota_exhausted"
  ],
  [
    "huggingface",
    400,
    {
      error: {
        message: "The requested model 'x/y' is not supported by any provider you have enabled.",
        type: "invalid_request_error",
        param: "model",
        code: "model_not_supported"
      }
    },
    "model_not_found",
    "unsupported"
  ],
  [
    "huggingface",
    403,
    {
      error:
        "This authentication method does not have sufficient permissions to call Inference Providers on behalf of user x"
    },
    "permission"
  ],
  [
    "nvidia",
    404,
    { status: 404, title: "Not Found", detail: "Function '87ea': Not found for account 'x'" },
    "model_not_found"
  ],
  [
    "nvidia",
    402,
    {
      status: 402,
      title: "Payment Required",
      detail: "Account 'x': Cloud credits expired - Please contact NVIDIA representatives"
    },
    "quota_exhausted"
  ],
  ["nvidia", 403, { status: 403, title: "Forbidden", detail: "Authorization failed" }, "auth", "permission"],
  [
    "github-models",
    429,
    {
      error: {
        code: "RateLimitReached",
        message: "Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 65031 seconds before retrying."
      }
    },
    "quota_exhausted",
    "rate_limit"
  ],
  [
    "github-models",
    413,
    {
      error: {
        code: "tokens_limit_reached",
        message: "Request body too large for gpt-4o model. Max size: 8000 tokens."
      }
    },
    "context_window",
    "request_too_large"
  ],
  [
    "copilot",
    400,
    {
      error: {
        message: "prompt token count of 130000 exceeds the limit of 128000",
        code: "model_max_prompt_tokens_exceeded"
      }
    },
    "context_window"
  ],
  [
    "copilot",
    402,
    { error: { message: "You have exceeded your premium request allowance", code: "quota_exceeded" } },
    "quota_exhausted"
  ],
  // China
  ["zai", 401, { error: { code: "1000", message: "Authentication Failed" } }, "auth"],
  [
    "zai",
    429,
    {
      error: {
        code: "1305",
        message: "The model is currently experiencing high traffic. Please try again in a moment."
      }
    },
    "rate_limit",
    "overloaded"
  ],
  [
    "zai",
    400,
    { error: { code: "1301", message: "系统检测到输入或生成内容可能包含不安全或敏感内容" } },
    "content_policy"
  ],
  ["zai", 400, { error: { code: "1210", message: "API 调用参数有误，请检查文档。" } }, "bad_request"],
  [
    "zai",
    429,
    { error: { code: "1311", message: "The current subscription plan does not yet include access to GLM-5" } },
    "permission",
    "quota_exhausted"
  ],
  [
    "moonshot",
    400,
    openaiBody("Invalid request: Your request exceeded model token limit: 262144 (requested: 269030)"),
    "context_window"
  ],
  ["moonshot", 401, openaiBody("Invalid Authentication", "invalid_authentication_error"), "auth"],
  [
    "moonshot",
    404,
    openaiBody("Not found the model kimi-9 or Permission denied", "resource_not_found_error"),
    "model_not_found",
    "permission"
  ],
  [
    "moonshot",
    429,
    openaiBody(
      "Your account org-x<ak-y> request reached organization max concurrency: 1, please try again after 1 seconds",
      "rate_limit_reached_error"
    ),
    "rate_limit"
  ],
  ["moonshot", 400, openaiBody("tokenization failed"), "bad_request"],
  [
    "moonshot",
    403,
    openaiBody(
      "You've reached your usage limit for this billing cycle. Your quota will be refreshed in the next cycle.",
      "access_terminated_error"
    ),
    "quota_exhausted"
  ],
  ["minimax", 200, { base_resp: { status_code: 1002, status_msg: "rate limit" } }, "rate_limit"],
  ["minimax", 200, { base_resp: { status_code: 1039, status_msg: "token limit" } }, "rate_limit"],
  [
    "minimax",
    200,
    { base_resp: { status_code: 2013, status_msg: "invalid params, context window exceeds limit" } },
    "context_window"
  ],
  ["minimax", 200, { base_resp: { status_code: 1026, status_msg: "input new_sensitive" } }, "content_policy"],
  [
    "minimax",
    200,
    { base_resp: { status_code: 2013, status_msg: "invalid params, unknown model 'x'" } },
    "model_not_found",
    "bad_request"
  ],
  [
    "minimax",
    401,
    anthropicBody(
      "authentication_error",
      "login fail: Please carry the API secret key in the 'Authorization' field of the request header (1004)"
    ),
    "auth"
  ],
  [
    "dashscope",
    400,
    openaiBody("Access denied, please make sure your account is in good standing.", "Arrearage", "Arrearage"),
    "quota_exhausted"
  ],
  [
    "dashscope",
    400,
    { code: "DataInspectionFailed", message: "Output data may contain inappropriate content.", request_id: "x" },
    "content_policy"
  ],
  ["dashscope", 401, { code: "InvalidApiKey", message: "Invalid API-key provided.", request_id: "x" }, "auth"],
  [
    "dashscope",
    404,
    openaiBody(
      "The model `qwen-9` does not exist or you do not have access to it.",
      "invalid_request_error",
      "model_not_found"
    ),
    "model_not_found"
  ],
  [
    "dashscope",
    429,
    { code: "Throttling.RateQuota", message: "Requests rate limit exceeded, please try again later.", request_id: "x" },
    "rate_limit"
  ],
  [
    "dashscope",
    429,
    {
      code: "Throttling.AllocationQuota",
      message: "Allocated quota exceeded, please increase your quota limit.",
      request_id: "x"
    },
    "rate_limit"
  ],
  [
    "dashscope",
    400,
    openaiBody(
      "<400> InternalError.Algo.InvalidParameter: The tool call is not supported.",
      "invalid_request_error",
      "invalid_parameter_error"
    ),
    "unsupported"
  ],
  [
    "dashscope",
    400,
    openaiBody(
      "parameter.enable_thinking must be set to false for non-streaming calls",
      "invalid_request_error",
      "invalid_parameter_error"
    ),
    "unsupported",
    "bad_request"
  ],
  ["deepseek", 400, openaiBody("Content Exists Risk"), "content_policy"],
  ["deepseek", 400, openaiBody("Model Not Exist"), "model_not_found"],
  [
    "deepseek",
    400,
    openaiBody("The reasoning_content in the thinking mode must be passed back to the API."),
    "bad_request"
  ],
  [
    "deepseek",
    503,
    openaiBody(
      "Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.",
      "service_unavailable_error"
    ),
    "overloaded"
  ],
  [
    "volcengine",
    403,
    {
      error: {
        code: "AccountOverdueError",
        message: "The request failed because your account has an overdue balance. Request id: x",
        type: "Forbidden",
        param: ""
      }
    },
    "quota_exhausted"
  ],
  [
    "volcengine",
    404,
    {
      error: {
        code: "InvalidEndpointOrModel.NotFound",
        message: "The model or endpoint x does not exist or you do not have access to it. Request id: x",
        type: "NotFound",
        param: ""
      }
    },
    "model_not_found"
  ],
  [
    "volcengine",
    429,
    {
      error: {
        code: "ServerOverloaded",
        message: "The service is currently unable to handle additional requests due to server overload.",
        type: "TooManyRequests"
      }
    },
    "overloaded"
  ],
  [
    "volcengine",
    429,
    {
      error: {
        code: "ModelAccountTpmRateLimitExceeded",
        message:
          "The request failed because the Tokens Per Minute (TPM) limit of the model for your account has been exceeded",
        type: "TooManyRequests"
      }
    },
    "rate_limit"
  ],
  [
    "volcengine",
    429,
    {
      error: {
        code: "AccountQuotaExceeded",
        message: "You have exceeded the 5-hour usage quota. It will reset at 2026-01-10 17:50:06 +0800 CST.",
        type: "TooManyRequests"
      }
    },
    "quota_exhausted"
  ],
  [
    "siliconflow",
    403,
    { code: 30001, message: "Sorry, your account balance is insufficient", data: null },
    "quota_exhausted"
  ],
  [
    "siliconflow",
    429,
    { message: "Request was rejected due to rate limiting. Details:TPM limit reached.", data: null },
    "rate_limit"
  ],
  [
    "siliconflow",
    503,
    { code: 50505, message: "Model service overloaded. Please try again later.", data: null },
    "overloaded"
  ],
  [
    "siliconflow",
    400,
    { code: 20015, message: "length of prompt_tokens (40000) must be less than max_seq_len (32768).", data: null },
    "context_window"
  ],
  ["baidu", 200, { error_code: 18, error_msg: "Open api qps request limit reached" }, "rate_limit"],
  // Local
  ["ollama", 404, { error: 'model "llama9" not found, try pulling it first' }, "model_not_found"],
  ["ollama", 503, { error: "server busy, please try again.  maximum pending requests exceeded" }, "overloaded"],
  [
    "ollama",
    500,
    { error: "model requires more system memory (8.4 GiB) than is available (4.2 GiB)" },
    "server_error",
    "overloaded"
  ],
  [
    "ollama",
    429,
    { error: "you (bob) have reached your weekly usage limit, upgrade for higher limits: https://ollama.com/upgrade" },
    "quota_exhausted"
  ],
  ["ollama", 400, { error: "registry.ollama.ai/library/gemma:latest does not support thinking" }, "unsupported"],
  [
    "vllm",
    400,
    {
      object: "error",
      message:
        "The decoder prompt (length 40000) is longer than the maximum model length of 32768. Make sure that `max_model_len` is no smaller than the number of text tokens.",
      type: "BadRequestError",
      code: 400
    },
    "context_window"
  ],
  [
    "vllm",
    400,
    {
      object: "error",
      message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      type: "BadRequestError",
      code: 400
    },
    "unsupported"
  ],
  [
    "vllm",
    400,
    {
      object: "error",
      message:
        "'max_tokens' or 'max_completion_tokens' is too large: 32768. This model's maximum context length is 32768 tokens and your request has 1024 input tokens (32768 > 32768 - 1024).",
      type: "BadRequestError",
      code: 400
    },
    "max_tokens_limit",
    "context_window"
  ],
  [
    "vllm",
    400,
    {
      object: "error",
      message: "At most 0 image(s) may be provided in one request.",
      type: "BadRequestError",
      code: 400
    },
    "unsupported"
  ],
  [
    "vllm",
    400,
    {
      object: "error",
      message: "[{'type': 'missing', 'loc': ('body', 'messages'), 'msg': 'Field required'}]",
      type: "BadRequestError",
      code: 400
    },
    "bad_request"
  ],
  [
    "llama.cpp",
    400,
    {
      error: {
        code: 400,
        message: "request (40000 tokens) exceeds the available context size (32768 tokens), try increasing it",
        type: "exceed_context_size_error",
        n_prompt_tokens: 40000,
        n_ctx: 32768
      }
    },
    "context_window"
  ],
  [
    "llama.cpp",
    400,
    { error: { code: 400, message: "failed to parse grammar", type: "invalid_request_error" } },
    "tool_schema",
    "bad_request"
  ],
  ["llama.cpp", 404, { error: { code: 404, message: "File Not Found", type: "not_found_error" } }, "bad_request"],
  [
    "lmstudio",
    400,
    {
      error:
        "Trying to keep the first 10136 tokens when context the overflows. However, the model is loaded with context length of only 7866 tokens, which is not enough."
    },
    "context_window"
  ],
  [
    "lmstudio",
    404,
    {
      error: {
        message: "No models loaded. Please load a model in the developer page or use the `lms load` command.",
        type: "invalid_request_error",
        param: "model",
        code: "model_not_found"
      }
    },
    "model_not_found"
  ],
  ["lmstudio", 400, { error: "The model has crashed without additional information. (Exit code: 6)" }, "server_error"],
  ["tgi", 429, { error: "Model is overloaded", error_type: "overloaded" }, "overloaded"],
  [
    "tgi",
    422,
    {
      error: "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000",
      error_type: "validation"
    },
    "context_window"
  ],
  // Others, unknown to the table of families
  [
    "openai-chat",
    400,
    { error_code: "BAD_REQUEST", message: "Input length 40000 exceeds the maximum allowed input length of 32768" },
    "context_window"
  ],
  [
    "openai-chat",
    429,
    {
      error_code: "REQUEST_LIMIT_EXCEEDED",
      message: "REQUEST_LIMIT_EXCEEDED: Exceeded workspace input tokens per minute rate limit for databricks-claude."
    },
    "rate_limit"
  ],
  [
    "openai-chat",
    403,
    {
      error_code: "PERMISSION_DENIED",
      message: "PERMISSION_DENIED: The endpoint is disabled due to a rate limit set to 0."
    },
    "permission"
  ],
  [
    "openai-chat",
    402,
    {
      detail:
        "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit."
    },
    "quota_exhausted"
  ],
  ["openai-chat", 429, { detail: "Request was throttled. Your rate limit resets in ~10s." }, "rate_limit"],
  [
    "openai-chat",
    503,
    {
      error: {
        message: "No available channel for model gpt-9 under group default (distributor)",
        type: "new_api_error",
        code: "model_not_found"
      }
    },
    "model_not_found"
  ],
  [
    "openai-chat",
    403,
    {
      error: { message: "用户额度不足, 剩余额度: ＄0.000000", type: "new_api_error", code: "insufficient_user_quota" }
    },
    "quota_exhausted"
  ],
  ["openai-chat", 401, { error: { message: "无效的令牌", type: "new_api_error", code: "" } }, "auth"],
  [
    "openai-chat",
    429,
    { error: { message: "当前分组上游负载已饱和，请稍后再试", type: "new_api_error", code: "" } },
    "overloaded"
  ],
  [
    "openai-chat",
    500,
    "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
    "server_error",
    "network"
  ],
  ["openai-chat", 503, "no healthy upstream", "overloaded"],
  ["openai-chat", 504, "upstream request timeout", "timeout"],
  ["openai-chat", 503, "<html><body><h1>503 Service Temporarily Unavailable</h1>nginx</body></html>", "overloaded"],
  ["openai-chat", 403, "error code: 1020", "permission"],
  ["openai-chat", 413, "Failed to buffer the request body: length limit exceeded", "request_too_large"],
  ["openai-chat", 404, "404 page not found", "bad_request"],
  ["openai-chat", 404, { detail: "Not Found" }, "bad_request", "model_not_found"],
  [
    "openai-chat",
    400,
    "litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - This model's maximum context length is 8192 tokens.",
    "context_window"
  ],
  [
    "openai-chat",
    400,
    "litellm.BudgetExceededError: Budget has been exceeded! Current cost: 10.1, Max budget: 10",
    "quota_exhausted"
  ],
  [
    "openai-chat",
    429,
    'litellm.RateLimitError: AnthropicException - {"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed the rate limit for your organization of 80,000 input tokens per minute."}}',
    "rate_limit"
  ]
]
