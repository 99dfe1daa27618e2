/**
 * Words about money and plans, under whatever status: an empty balance, a spend limit, the window of a subscription.
 */
import type { Rule } from "../Rule.ts"
import { list } from "./list.ts"

export const rules: ReadonlyArray<Rule> = [
  {
    id: "money/balance",
    when: {
      text: list(`
        insufficient balance | insufficient account balance | insufficient credit | insufficient funds
        insufficient quota | insufficient_quota | insufficient_balance | insufficient wallet
        insufficient user quota | not enough credit | not enough balance | not enough funds
        balance is not enough | balance not enough | not_enough_balance | balance is too low | balance too low
        balance is insufficient | balance is negative | negative balance | no balance | credit balance
        account balance is | out of credit | out of funds | run out of credit
        ran out of credit | no credits | any credits | no remaining credits | no more credits
        credits remaining: 0 | requires more credits | requires credits | can only afford
        all available credits | credits are depleted | credits have been depleted | credits depleted
        credits exhausted | depleted your | credits have been exhausted | credits have been used
        used up your credits | used all your credits | consumed all * credits
        exceeded your monthly included credits | exceeded * included credits | included credits
        exceeded your credit | credit limit reached | credit limit exceeded | credits expired | credits have expired | trial credits | free credits | purchase credits
        purchase more credits | buy credits | buy more credits | add credits | add more credits | add funds
        top up your | top-up your | please top up | please recharge | recharge your | to recharge | recharge the | recharge first | recharge now
      `)
    },
    reason: "QuotaExhausted",
    learned: [
      "anthropic-400-b666410d33",
      "minimax-200-2e5ba7f376",
      "minimax-500-c58d57a5e9",
      "xai-403-9620aa6eaf",
      "xai-403-c0ce94ffb4",
      "xai-403-e0adbf8b0d"
    ],
    facts: { wait: "never" }
  },
  {
    id: "money/plan-window",
    when: {
      text: list(`
        usage limit reached | usage limit has been reached | reached your usage limit | hit your usage limit
        reached the usage limit | reached your * usage limit | exceeded your * usage quota | usage quota
        usage limit for | usage limit exceeded | 5-hour | 5 hour | five-hour | weekly limit | weekly usage
        weekly rate limit | weekly quota | weekly/monthly limit | monthly usage | monthly quota | monthly * quota | reached its * quota
        monthly request | per month | / month | daily limit | daily quota | daily request limit
        daily token limit | daily usage | quota will reset | limit will reset at | limit resets at | limits reset at
        premium request | call volume quota | 使用上限 | 调用上限 | 次数限额 | 已达今日 | 每周 | 每月
      `),
      not: ["per minute", "try again in", "retry in", "please wait"]
    },
    reason: "QuotaExhausted",
    learned: [
      "gateway-502-7d0b5fd10b",
      "minimax-429-88e3e2c472",
      "zai-429-45ef278330",
      "zai-429-d6ddfb24f2",
      "zai-429-e8dc8fbbda"
    ]
  },
  {
    id: "money/limit",
    when: {
      text: list(`
        spending limit | spend limit | spending cap | spend cap | billing hard limit
        hard limit has been reached | billing limit | usage cap | monthly budget | budget has been exceeded
        exceeded budget | budget exceeded | exceeded your budget | max budget | exceeded your current quota
        exceeded current quota | exceeded your quota | check your plan and billing | check your billing
        regain access on | api usage limits | extra usage is required | out of extra usage
        quota for this billing | for this billing cycle | quota is used up | quota has been used up
        quota exhausted | quota has been exhausted | exhausted your | free quota | free tier * exhausted
        free allocated quota | quota is exhausted | monthly limit | key limit exceeded | total limit
      `),
      not: ["per minute", "per second", "per-minute", "retry in"]
    },
    reason: "QuotaExhausted",
    learned: ["anthropic-429-44813e342d"],
    facts: { wait: "never" }
  },
  {
    id: "money/budget",
    when: {
      text: ["budget"],
      also: ["exceeded", "crossed", "over budget", "used up"],
      not: ["budget_tokens", "thinking", "context budget", "queue budget", "in-flight", "in_flight"]
    },
    reason: "QuotaExhausted",
    learned: ["found:gateway-429"],
    facts: { wait: "never" }
  },
  {
    id: "money/quota",
    when: {
      status: [400, 402, 403],
      text: ["quota exceeded", "exceeded quota", "exceeded the quota", "quota has been exceeded", "over quota"],
      not: ["per minute", "per second", "per-minute", "retry in"]
    },
    reason: "QuotaExhausted",
    learned: ["found:gateway-200"]
  },
  {
    id: "money/payment",
    when: {
      text: list(`
        past due | past-due | is overdue | are overdue | account overdue | payment overdue | overdue balance | overdue payment
        overdue bill | overdue invoice | overdue amount | overdue account | in arrears | arrearage | is unpaid | are unpaid
        unpaid balance | unpaid bill | unpaid invoice | unpaid amount | payment required | payment is required
        payment failed | add a payment method | enter a payment method | valid payment method | your payment | no payment method
        payment instrument | payment_instrument | credit card on file | on a paid basis
        in good standing | billing is not enabled | billing to be enabled | billing account
        billing has not been | subscription has expired | subscription expired | subscription is not active
        no active subscription | inactive subscription | subscription inactive | trial has ended | trial has expired | trial ended
        trial expired | free trial | plan has expired | package has expired | no resource package
        no available package | package not active | purchase package | membership benefits
      `),
      not: ["per minute"]
    },
    reason: "QuotaExhausted",
    learned: ["ollama-403-d074aeafee"],
    facts: { wait: "never" }
  },
  {
    id: "money/chinese",
    when: {
      text: list(`
        余额不足 | 余额已用 | 欠费 | 充值 | 额度不足 | 剩余额度 | 额度失败 | 额度已 | 额度用 | 资源包 | 免费额度 | 套餐已到期 | 已到期 | 账户余额 | 未付费 | 逾期
      `)
    },
    reason: "QuotaExhausted",
    learned: ["zai-429-0da9e81f2b"],
    facts: { wait: "never" }
  },
  {
    id: "money/per-day",
    when: {
      status: [429, 403],
      text: list(`
        per day | per-day | perday | / day | /day | (tpd) | (rpd) |  tpd |  rpd | daily
      `),
      not: ["per minute", "try again in", "retry in", "retry after", "please wait"]
    },
    reason: "QuotaExhausted",
    learned: ["moonshot-429-8228963252"]
  }
]
