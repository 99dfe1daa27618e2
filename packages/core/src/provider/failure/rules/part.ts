/**
 * Answers that say by a code, or by naming a parameter, which part of the request is at fault: only words about the request are heard
 * then, and none about money, credentials or load, whatever the caller wrote.
 */
import type { Rule } from "../Rule.ts"
import { list } from "./list.ts"

/** Codes that no provider puts on an account or on its own load; `orelse:part` is a parameter that is a part of the request. */
const code = list(`
  orelse:part | invalid_value | invalid_type | missing_required_parameter | invalid_image_url | invalid_image
  invalid_image_format | invalid_base64_image | image_parse_error | invalid_url | invalid_file | invalid_json
  invalid_parameter_value | array_above_max_length | array_below_min_length | empty_array | empty_string
  string_below_min_length | string_pattern_mismatch | integer_above_max_value | integer_below_min_value
  decimal_above_max_value | decimal_below_min_value | number_above_max_value | number_below_min_value
  literal_error | string_type | int_parsing | union_tag_invalid | json_invalid
`)

const status = [400, 422]

/** Those of these rules that know words or parameters, for such answers alone. */
export const only = (rules: ReadonlyArray<Rule>): ReadonlyArray<Rule> =>
  rules
    .filter(({ when }) => when.code === undefined && when.status?.every((one) => one !== 400 && one !== "4xx") !== true)
    .map((rule) => ({ ...rule, id: `${rule.id}-of-part`, when: { ...rule.when, code, status } }))

/** After them. */
export const rest: ReadonlyArray<Rule> = [
  {
    id: "request/part",
    when: { code, status },
    reason: "InvalidRequest",
    learned: ["platform.openai.com/docs/guides/error-codes"]
  }
]
