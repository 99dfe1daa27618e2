/**
 * Types that only say a kind of failure. Those of the first list mean what they say under any status; those of the second are
 * put on everything by some provider, so the status speaks before them.
 */
import type { Rule } from "../Rule.ts"
import { list } from "./list.ts"

export const clear: ReadonlyArray<Rule> = [
  {
    id: "types/unavailable",
    when: {
      code: list(`
        UNAVAILABLE | service_unavailable | ServiceUnavailable | service_unavailable_error
        ServiceUnavailableError | temporarily_unavailable
      `)
    },
    reason: "Overloaded",
    learned: ["wording:gemini-503"]
  },
  {
    id: "types/cancelled",
    when: { status: [499], code: ["CANCELLED"] },
    reason: "ServerError",
    learned: ["gemini-200-56a52e1683"]
  },
  {
    id: "types/caller-cancelled",
    when: { status: [499] },
    reason: "UnknownFailure",
    learned: ["cohere-499-ef8aa84c21"]
  },
  {
    id: "types/server",
    when: {
      code: list(`
        INTERNAL | InternalServerException | InternalFailure | ModelErrorException | ModelStreamErrorException
        InternalServiceError | internal_server_error | server_error | internal_error | InternalError | DATA_LOSS
        OTHER  | upstream_error | provider_error | bad_gateway | inference_error
      `),
      not: ["cannot use"]
    },
    reason: "ServerError",
    learned: [
      "azure-500-0891ee12dc",
      "azure-500-cab46ab584",
      "gemini-200-92f32a75b2",
      "gemini-500-199d83f3f2",
      "gemini-500-bd593990a7",
      "openai-500-58aac90dfc"
    ]
  }
]

/** For what has neither a type nor a status (an error inside a success, a line of a stream): under a status, it speaks before them. */
export const words: ReadonlyArray<Rule> = [
  {
    id: "words/quota",
    when: {
      status: ["4xx"],
      text: ["quota exceeded", "exceeded quota", "exceeded the quota", "quota has been exceeded", "over quota"]
    },
    reason: "QuotaExhausted",
    learned: ["found:gateway-200"]
  },
  {
    id: "words/invalid",
    when: {
      status: ["4xx"],
      text: list(`
        must be | must not be | must have | is required | are required | required field | missing required
        invalid parameter | invalid argument | invalid value | invalid json | invalid request | bad request
        malformed request | not allowed | should be | unexpected field | field required | malformed | valid payload | invalid option | you must provide | jinja template | chat template | 参数
      `),
      not: ["internal"]
    },
    reason: "InvalidRequest",
    learned: ["found:baidu-200"]
  },
  {
    id: "words/server",
    when: {
      status: ["5xx"],
      text: list(`
        internal error | internal server | server error | unexpected error | unknown error | error was encountered
        error occurred | went wrong | cuda | out of memory | crashed | exited | terminated | failed to generate
        generation failed | inference failed | unable to process your request | failed dependency | backend | upstream | 内部错误 | 系统错误 | 服务异常
      `)
    },
    reason: "ServerError",
    learned: ["found:ollama-200"]
  }
]

export const vague: ReadonlyArray<Rule> = [
  {
    id: "types/invalid",
    when: {
      code: list(`
        invalid_request_error | INVALID_ARGUMENT | FAILED_PRECONDITION | OUT_OF_RANGE | ValidationException
        validation_error | bad_request | BadRequestError | bad_request_error | invalid_argument
        invalid_parameter_error | InvalidParameter | InvalidRequest | invalid_request | value_error
        invalid_value | image_generation_user_error
      `)
    },
    reason: "InvalidRequest"
  },
  {
    id: "types/not-found",
    when: {
      code: list(`
        NOT_FOUND | not_found_error | NotFoundError | ResourceNotFoundException | not_found
      `)
    },
    reason: "ModelNotFound"
  },
  {
    id: "types/api-error",
    when: {
      code: list(`
        api_error | error_processing | UNKNOWN | failed | error | new_api_error | finish_error
      `)
    },
    reason: "ServerError"
  }
]
