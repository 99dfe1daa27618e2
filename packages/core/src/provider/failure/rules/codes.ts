/**
 * Codes, types and reasons that mean the same wherever they stand, by any provider. They are compared without case and punctuation.
 */
import type { Rule } from "../Rule.ts"
import { list } from "./list.ts"

export const rules: ReadonlyArray<Rule> = [
  {
    id: "codes/never-fits",
    when: { code: ["orelse:neverfits"] },
    reason: "RequestTooLarge",
    learned: ["groq-413-2faeb4832b", "groq-429-c057648bdc", "openai-429-bd02cc1ca8"],
    facts: { wait: "never" }
  },
  {
    id: "codes/per-day",
    when: { status: [429], code: ["orelse:perday"] },
    reason: "QuotaExhausted",
    learned: ["wording:gemini-429"],
    facts: { wait: "never" }
  },
  {
    id: "codes/zero-quota",
    when: { code: ["orelse:zeroquota"] },
    reason: "QuotaExhausted",
    learned: ["vertex-429-489b459bca"],
    facts: { wait: "never" }
  },
  {
    id: "codes/context",
    when: {
      code: list(`
        context_length_exceeded | context_window_exceeded | exceed_context_size_error
        model_max_prompt_tokens_exceeded | model_context_window_exceeded | too_many_prompt_tokens
        prompt_too_long | input_too_long | input_too_large | context_limit_exceeded
        max_context_length_exceeded | tokens_limit_reached | prompt_tokens_exceeded | context_overflow
        ContextWindowExceededError | ContextLengthExceeded | max_tokens_exceeded_context
      `)
    },
    reason: "ContextWindowExceeded",
    learned: [
      "llama.cpp-200-898b500ae9",
      "llama.cpp-500-87ea495372",
      "openai-200-df9629a46e",
      "openai-400-9e476b640e",
      "perplexity-400-3975a1fb0c"
    ]
  },
  {
    id: "codes/money",
    when: {
      code: list(`
        insufficient_quota | billing_hard_limit_reached | billing_not_active | billing_error
        billing_balance_not_enough | billing_disabled | billing_limit_exceeded | insufficient_balance
        insufficient_credits | insufficient_credit | insufficient_funds | insufficient_user_quota
        balance_not_enough | not_enough_balance | credit_balance_too_low | credits_exhausted | out_of_credits
        no_credits | credit_required | credits_required | payment_required | payment_required_error
        account_overdue | AccountOverdueError | AccountOverdue | OperationDenied.ServiceOverdue | ServiceOverdue
        Arrearage | arrears | AccountArrears | exceeded_current_quota_error | pre_consume_token_quota_failed
        free_tier_exhausted | trial_expired | spend_limit_exceeded | spending_limit_exceeded | budget_exceeded
        monthly_spend_limit_reached | organization_spend_limit_exceeded | project_spend_limit_exceeded | monthly_limit_exceeded | token_quota_reached | organization_usage_limit_exceeded
        subscription_expired | subscription_inactive | AllocationQuota.FreeTierOnly | Throttling.FreeTier
        quota_exhausted | INSUFFICIENT_G1_CREDITS_BALANCE
      `)
    },
    reason: "QuotaExhausted",
    learned: [
      "moonshot-403-2c0c29300c",
      "novita-400-e337bb9cb4",
      "openai-200-9854eb6774",
      "openai-429-a5188c2025",
      "openai-429-cbd9b7e542",
      "dashscope-403-f2f5bbde13"
    ],
    facts: { wait: "never" }
  },
  {
    id: "codes/plan-window",
    when: {
      code: list(`
        usage_limit_reached | usage_limit_exceeded | usage_not_included | weekly_limit_reached
        daily_limit_exceeded | daily_quota_exceeded | user_weekly_rate_limited | user_global_rate_limited:week
      `)
    },
    reason: "QuotaExhausted",
    learned: ["wording:openai-codex-429"]
  },
  {
    id: "codes/key",
    when: {
      code: list(`
        invalid_api_key | incorrect_api_key | incorrect_api_key_error | api_key_invalid | InvalidApiKey
        invalid_key | missing_api_key | api_key_missing | api_key_not_found | APIKeyNotFound | no_api_key
        api_key_required | api_key_expired | api_key_disabled | expired_api_key | invalid_token | token_expired
        expired_token | token_invalidated | token_revoked | access_token_expired | ACCESS_TOKEN_TYPE_UNSUPPORTED
        CREDENTIALS_MISSING | ACCESS_TOKEN_INVALID | invalid_authentication | invalid_authentication_error
        AuthenticationError | authentication_failed | AuthenticationFailed | auth_error | account_deactivated
        UnrecognizedClientException | InvalidSignatureException | IncompleteSignature
        IncompleteSignatureException | MissingAuthenticationToken | MissingAuthenticationTokenException
        ExpiredToken | ExpiredTokenException | InvalidClientTokenId | SignatureDoesNotMatch | RequestExpired
        InvalidAccessKeyId | no_auth_credentials | invalid_credentials | InvalidAuthenticationTokenTenant
        InvalidAuthenticationToken
      `)
    },
    reason: "Unauthenticated",
    learned: [
      "anthropic-401-0ebfe44509",
      "anthropic-401-6935f405b9",
      "anthropic-401-6e44ddf56e",
      "deepseek-401-7e132a0386",
      "gemini-400-5bce8cc165",
      "llama.cpp-401-cc4a9b880e"
    ]
  },
  {
    id: "codes/content",
    when: {
      code: list(`
        content_filter | content_filtered | content_filter_error | content_policy_violation
        ContentPolicyViolationError | ResponsibleAIPolicyViolation | moderation_blocked | moderation
        invalid_prompt | data_inspection_failed | DataInspectionFailed | InvalidParameter.DataInspection
        content_blocked | content_violation | prompt_blocked | prohibited_content | PROHIBITED_CONTENT | SAFETY
        RECITATION | BLOCKLIST | SPII | IMAGE_SAFETY | IMAGE_PROHIBITED_CONTENT | safety_violation
        safety_error | cyber_policy_violation | cyber_policy | bio_policy | unsafe_content | refusal
        guardrail_intervened | ERROR_TOXIC | SensitiveContentDetected | InputTextSensitiveContentDetected
        InputImageSensitiveContentDetected | InputVideoSensitiveContentDetected
        OutputTextSensitiveContentDetected | OutputImageSensitiveContentDetected
        OutputVideoSensitiveContentDetected | SensitiveContentDetected.SevereViolation
        SensitiveContentDetected.Violence | InputTextRiskDetection | InputImageRiskDetection
        OutputTextRiskDetection | image_content_policy_violation | policy_violation | usage_policy_violation
        flagged | censorship_blocked
      `)
    },
    reason: "ContentFiltered",
    learned: [
      "anthropic-200-6308629b02",
      "azure-400-3488faa1b3",
      "azure-400-483be3e98b",
      "azure-400-a825e6e6bf",
      "gemini-200-7cf2e8a92f",
      "gemini-200-d5a96a9908"
    ]
  },
  {
    id: "codes/overloaded",
    when: {
      code: list(`
        overloaded_error | engine_overloaded_error | engine_overloaded | server_overloaded | ServerOverloaded
        server_is_overloaded | model_overloaded | model_at_capacity | over_capacity | no_capacity
        capacity_exceeded | service_tier_capacity_exceeded | slow_down | ServiceUnavailableException
        ModelNotReadyException | ModelNotReady | model_not_ready | model_loading | model_cold
        unavailable_error | server_busy | system_busy | ModelServingOverloaded | overloaded
        resource_overloaded | NoCapacity | ServiceOverloaded | insufficient_system_resource
      `)
    },
    reason: "Overloaded",
    learned: [
      "moonshot-429-28a1f3b70b",
      "anthropic-200-239d0b6810",
      "anthropic-529-54cb980be5",
      "anthropic-529-fe64e6479b",
      "bedrock-200-e039603fc3",
      "bedrock-503-c51f023173"
    ]
  },
  {
    id: "codes/model",
    when: {
      code: list(`
        model_not_found | ModelNotFound | model_not_exist | unknown_model | invalid_model | InvalidModel
        invalid_model_name | invalid_model_error | model_not_available | model_not_supported
        model_decommissioned | model_deprecated | model_retired | DeploymentNotFound | deployment_not_found
        OperationNotSupportedModel | InvalidEndpointOrModel.NotFound | InvalidEndpoint.NotFound
        InvalidEndpointOrModel.ModelIDAccessDisabled | ModelNotOpen | EndpointIsNotEnabled
        InvalidEndpoint.ClosedEndpoint | ModelNotExist | model_not_active | UnsupportedModel | UnavailableModel
        unavailable_model | NoSuchModel
      `)
    },
    reason: "ModelNotFound",
    learned: ["azure-404-a086674e6a", "groq-404-ebdde61887", "mistral-400-1c941f7b0c", "openai-404-6fff295a09"]
  },
  {
    id: "codes/permission",
    when: {
      code: list(`
        unsupported_country_region_territory | SERVICE_DISABLED | IAM_PERMISSION_DENIED
        API_KEY_SERVICE_BLOCKED | API_KEY_HTTP_REFERRER_BLOCKED | API_KEY_IP_ADDRESS_BLOCKED
        API_KEY_ANDROID_APP_BLOCKED | API_KEY_IOS_APP_BLOCKED | CONSUMER_SUSPENDED | CONSUMER_INVALID
        USER_PROJECT_DENIED | SECURITY_POLICY_VIOLATED | ACCESS_TOKEN_SCOPE_INSUFFICIENT
        model_permission_blocked_org | model_permission_blocked_project | model_terms_required
        organization_restricted | ip_not_authorized | AccessDenied | AccessDeniedException
        AccessDenied.Unpurchased | Model.AccessDenied | Workspace.AccessDenied | PermissionDenied
        permission_denied_error | FTUFormNotFilled | insufficient_permissions | missing_scope
        insufficient_scope | access_denied | access_terminated_error | OperationDenied.ServiceNotOpen
        ServiceNotOpen | NOT_AUTHORIZED | PublicNetworkAccessDenied | not_authorized_invalid_project
        organization_verification_required | org_not_verified | region_not_supported | feature_not_enabled
        OptInRequired
      `)
    },
    reason: "PermissionDenied",
    learned: ["vertex-403-64ac8e27e7", "bedrock-403-2869f384cc", "bedrock-404-ad1f90c25e"]
  },
  {
    id: "codes/conflict",
    when: {
      code: list(`
        conversation_locked | conflict_error | ConflictException | resource_conflict | resource_locked
        concurrent_modification | idempotency_error | idempotency_conflict | run_in_progress | ABORTED
      `)
    },
    reason: "Conflict",
    learned: ["anthropic-409-46818a4af1", "openai-400-57788b61cc"]
  },
  {
    id: "codes/too-large",
    when: {
      code: list(`
        request_too_large | payload_too_large | PayloadTooLarge | PayloadTooLargeError
        request_entity_too_large | RequestEntityTooLarge | image_too_large | image_file_too_large
        file_too_large | RequestBodyTooLarge | content_too_large | FST_ERR_CTP_BODY_TOO_LARGE
        string_above_max_length
      `)
    },
    reason: "RequestTooLarge",
    learned: ["wording:openai-400", "wording:anthropic-413"]
  },
  {
    id: "codes/tools",
    when: {
      code: list(`
        invalid_function_parameters | invalid_tool_call | invalid_json_schema | invalid_schema
        MALFORMED_FUNCTION_CALL | UNEXPECTED_TOOL_CALL | tool_schema_error | invalid_tool_schema
        json_validate_failed | tool_call_validation_failed | malformed_tool_use | malformed_model_output
        invalid_function_name | invalid_tool | function_call_filter
      `)
    },
    reason: "ToolSchemaRejected",
    learned: ["wording:openai-400"]
  },
  {
    id: "codes/unsupported",
    when: {
      code: list(`
        unsupported_parameter | unsupported_value | unsupported_file | unsupported_model_feature
        unsupported_feature | unsupported_content_type | unsupported_image_media_type | unsupported_mime_type
        unknown_parameter | unsupported_operation | not_supported | not_implemented | UNIMPLEMENTED
        OperationNotSupported | UnsupportedOperation | NotSupportedException | extra_forbidden
        not_implemented_error | not_supported_error | UnsupportedParameter | unsupported_api_for_model
        model_does_not_support | InvalidParameter.NotSupport | InvalidParameter.UnsupportedModel
        unsupported_endpoint
      `)
    },
    reason: "Unsupported",
    learned: ["openai-400-9e55d390b5", "openai-400-c2a4ffd6fa", "openai-400-dacb918ead", "openai-400-e6bc078f98"]
  }
]
