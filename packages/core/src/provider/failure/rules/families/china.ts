/**
 * Z.AI (Zhipu), Moonshot (Kimi), MiniMax, DashScope (Qwen), Volcengine Ark (Doubao), Baidu Qianfan, SiliconFlow: business codes,
 * often under one HTTP status for everything.
 */
import type { Rule } from "../../Rule.ts"
import { list } from "../list.ts"

const zai = ["zai"]
const minimax = ["minimax"]
const dashscope = ["dashscope"]
const ark = ["volcengine"]
const baidu = ["baidu"]
const siliconflow = ["siliconflow"]
const zaiPage = "docs.z.ai/api-reference/api-code"
const minimaxPage = "platform.minimax.io/docs/api-reference/errorcode"
const arkPage = "volcengine.com/docs/82379/1299023"
const baiduPage = "ai.baidu.com/ai-doc/WENXINWORKSHOP/tlmyncueh"

export const rules: ReadonlyArray<Rule> = [
  {
    id: "zai/key",
    when: {
      family: zai,
      code: list(`
        1000 | 1001 | 1002 | 1003 | 1004 | 1111
      `)
    },
    reason: "Unauthenticated",
    learned: ["wording:zai-401"]
  },
  {
    id: "zai/balance",
    when: { family: zai, code: ["1113", "1309", "1314"] },
    reason: "QuotaExhausted",
    facts: { wait: "never" },
    learned: ["zai-429-a1d91de544", "zai-429-f7c80a9bbe"]
  },
  {
    id: "zai/window",
    when: {
      family: zai,
      code: list(`
        1304 | 1308 | 1310 | 1316 | 1317 | 1318
      `)
    },
    reason: "QuotaExhausted",
    learned: ["zai-429-45ef278330", "zai-429-d6ddfb24f2", "zai-429-e8dc8fbbda"]
  },
  {
    id: "zai/account",
    when: {
      family: zai,
      code: list(`
        1110 | 1112 | 1120 | 1121 | 1220 | 1311 | 1313
      `)
    },
    reason: "PermissionDenied",
    learned: ["wording:zai-429"]
  },
  {
    id: "zai/model",
    when: { family: zai, code: ["1211", "1221", "1222"] },
    reason: "ModelNotFound",
    learned: ["zai-400-4ef29f0e0b"]
  },
  { id: "zai/unsupported", when: { family: zai, code: ["1212"] }, reason: "Unsupported", learned: [zaiPage] },
  {
    id: "zai/context",
    when: { family: zai, code: ["1261"] },
    reason: "ContextWindowExceeded",
    learned: ["zai-400-8ace3af82f"]
  },
  {
    id: "zai/content",
    when: { family: zai, code: ["1300", "1301"] },
    reason: "ContentFiltered",
    learned: ["wording:zai-400"]
  },
  {
    id: "zai/overloaded",
    when: { family: zai, code: ["1305"], text: ["overloaded"] },
    reason: "Overloaded",
    learned: ["NousResearch/hermes-agent#15297"]
  },
  {
    id: "zai/rate",
    when: { family: zai, code: ["1302", "1303", "1305"] },
    reason: "RateLimited",
    learned: ["zai-429-67dd2e6464", "zai-429-ac3673b463"]
  },
  { id: "zai/busy", when: { family: zai, code: ["1312"] }, reason: "Overloaded", learned: [zaiPage] },
  { id: "zai/conflict", when: { family: zai, code: ["1231"] }, reason: "Conflict", learned: [zaiPage] },
  {
    id: "zai/server",
    when: { family: zai, code: ["1230", "1234", "network_error"] },
    reason: "ServerError",
    learned: [zaiPage]
  },
  {
    id: "moonshot/agents-only",
    when: {
      family: ["moonshot"],
      text: ["only available for coding agents", "access terminated", "currently only available"]
    },
    reason: "PermissionDenied",
    learned: ["moonshot-403-9077a9ec98"]
  },
  {
    id: "moonshot/window",
    when: { family: ["moonshot"], text: ["reached your usage limit", "usage limit for this"] },
    reason: "QuotaExhausted",
    learned: ["wording:moonshot-403"]
  },
  {
    id: "moonshot/rate",
    when: {
      family: ["moonshot"],
      code: ["rate_limit_reached_error"],
      text: list(`
        max rpm | max tpm | max concurrency | max organization concurrency | try again after
      `)
    },
    reason: "RateLimited",
    learned: ["moonshot-429-06abd34997"]
  },
  {
    id: "minimax/rate",
    when: { family: minimax, code: ["1002", "1039", "1041", "2045"] },
    reason: "RateLimited",
    learned: ["wording:minimax-200"]
  },
  {
    id: "minimax/key",
    when: { family: minimax, code: ["1004", "2049"] },
    reason: "Unauthenticated",
    learned: ["minimax-200-5621f2c7ee"]
  },
  {
    id: "minimax/balance",
    when: { family: minimax, code: ["1008"] },
    reason: "QuotaExhausted",
    facts: { wait: "never" },
    learned: ["minimax-200-2e5ba7f376", "minimax-500-c58d57a5e9"]
  },
  {
    id: "minimax/window",
    when: { family: minimax, code: ["2056"] },
    reason: "QuotaExhausted",
    learned: ["minimax-429-88e3e2c472"]
  },
  {
    id: "minimax/content",
    when: { family: minimax, code: ["1026", "1027", "1042"] },
    reason: "ContentFiltered",
    learned: ["wording:minimax-200"]
  },
  {
    id: "minimax/timeout",
    when: { family: minimax, code: ["1001"] },
    reason: "TimedOut",
    facts: { phase: "total" },
    learned: [minimaxPage]
  },
  { id: "minimax/plan", when: { family: minimax, code: ["2061"] }, reason: "PermissionDenied", learned: [minimaxPage] },
  {
    id: "minimax/server",
    when: { family: minimax, code: ["1000", "1013", "1024", "1033"] },
    reason: "ServerError",
    learned: [minimaxPage]
  },
  {
    id: "dashscope/free-tier",
    when: { family: dashscope, text: ["free tier", "free quota", "free allocated quota"] },
    reason: "QuotaExhausted",
    learned: ["dashscope-403-f2f5bbde13"],
    facts: { wait: "never" }
  },
  {
    id: "dashscope/arrears",
    when: { family: dashscope, code: ["Arrearage"] },
    reason: "QuotaExhausted",
    learned: ["wording:dashscope-400"],
    facts: { wait: "never" }
  },
  {
    id: "dashscope/tokens",
    when: { family: dashscope, code: ["insufficient_quota"] },
    reason: "RateLimited",
    learned: ["found:dashscope-429"]
  },
  {
    id: "dashscope/rate",
    when: { family: dashscope, status: [429] },
    reason: "RateLimited",
    learned: ["dashscope-429-1db4c5089e"]
  },
  {
    id: "dashscope/output",
    when: { family: dashscope, text: ["range of max_tokens"] },
    reason: "OutputLimitExceeded",
    learned: ["dashscope-200-e13c7b14d4"]
  },
  {
    id: "dashscope/context",
    when: { family: dashscope, text: ["range of input length"] },
    reason: "ContextWindowExceeded",
    learned: ["dashscope-400-318f0137a7"]
  },
  {
    id: "ark/money",
    when: {
      family: ark,
      code: list(`
        AccountOverdueError | SetLimitExceeded | InvalidSubscription | AccountQuotaExceeded
        OperationDenied.ServiceOverdue
      `)
    },
    reason: "QuotaExhausted",
    learned: ["wording:volcengine-403", "wording:volcengine-429"]
  },
  {
    id: "ark/free",
    when: { family: ark, status: [429], code: ["QuotaExceeded"] },
    reason: "QuotaExhausted",
    learned: [arkPage]
  },
  {
    id: "ark/busy",
    when: { family: ark, code: ["ServerOverloaded", "RequestBurstTooFast", "InflightBatchsizeExceeded"] },
    reason: "Overloaded",
    learned: ["wording:volcengine-429"]
  },
  {
    id: "ark/output",
    when: {
      family: ark,
      param: ["max_completion_tokens", "max_tokens"],
      text: ["above maximum value", "expected a value <="]
    },
    reason: "OutputLimitExceeded",
    learned: ["volcengine-400-53143aa0d5"]
  },
  {
    id: "baidu/rate",
    when: {
      family: baidu,
      code: list(`
        4 | 18 | 336501 | 336502 | 336503 | rpm_rate_limit_exceeded | tpm_rate_limit_exceeded
      `)
    },
    reason: "RateLimited",
    learned: ["wording:baidu-200"]
  },
  {
    id: "baidu/quota",
    when: { family: baidu, code: ["17", "19"] },
    reason: "QuotaExhausted",
    learned: [baiduPage]
  },
  {
    id: "baidu/key",
    when: {
      family: baidu,
      code: list(`
        13 | 14 | 100 | 110 | 111 | invalid_iam_token | invalid_appid
      `)
    },
    reason: "Unauthenticated",
    learned: [baiduPage]
  },
  {
    id: "baidu/permission",
    when: { family: baidu, code: ["6", "no_permission"] },
    reason: "PermissionDenied",
    learned: [baiduPage]
  },
  {
    id: "baidu/context",
    when: { family: baidu, code: ["336007", "336103", "tokens_too_long", "characters_too_long"] },
    reason: "ContextWindowExceeded",
    learned: [baiduPage]
  },
  { id: "baidu/method", when: { family: baidu, code: ["3"] }, reason: "Unsupported", learned: ["found:baidu-200"] },
  { id: "baidu/busy", when: { family: baidu, code: ["336100"] }, reason: "Overloaded", learned: [baiduPage] },
  {
    id: "baidu/server",
    when: { family: baidu, code: ["1", "2", "336000"] },
    reason: "ServerError",
    learned: [baiduPage]
  }
]

/** Codes that say only "wrong parameters": after the words have been heard. */
export const late: ReadonlyArray<Rule> = [
  {
    id: "zai/parameters",
    when: { family: zai, code: ["1200", "1210", "1213", "1214", "1215"] },
    reason: "InvalidRequest",
    learned: ["wording:zai-400"]
  },
  {
    id: "minimax/parameters",
    when: { family: minimax, code: ["2013"] },
    reason: "InvalidRequest",
    learned: ["minimax-400-61c8ce89ea"]
  },
  {
    id: "baidu/parameters",
    when: {
      family: baidu,
      code: list(`
        336001 | 336002 | 336003 | 336004 | 336005 | 336006 | 336104 | 336105 | 336106
      `)
    },
    reason: "InvalidRequest",
    learned: [baiduPage, "found:baidu-200"]
  },
  {
    id: "siliconflow/parameters",
    when: { family: siliconflow, code: ["20015"] },
    reason: "InvalidRequest",
    learned: ["chatboxai/chatbox#2060"]
  }
]
