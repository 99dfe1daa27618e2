/**
 * Words about who may do what: credentials that are not accepted, and credentials that may not do this.
 */
import type { Rule } from "../Rule.ts"
import { list } from "./list.ts"

export const credential: ReadonlyArray<Rule> = [
  {
    id: "access/key",
    when: {
      text: list(`
        invalid api key | invalid api-key | invalid apikey | invalid api_key | invalid_api_key
        incorrect api key | wrong api key | api key not valid | api key is not valid | api key is invalid
        api key you provided is invalid | api key provided is invalid | api key appears to be invalid
        api key: * is invalid | valid api key | invalid x-api-key | invalid subscription key | no api key
        no api-key | api_key is not set | api key is not set | missing api key | missing api-key | api key is missing | api key missing
        api key is required | api key required | api key not found | api key does not exist | provide an api key
        api key not provided | api key was not provided | api key has expired | api key expired
        api key is expired | expired api key | api key has been | api key is disabled | api key is inactive
        api key could not be | api key was not found | api key cannot be found | missing apikey | missing or invalid api
        invalid or missing api | key is disabled | key has been revoked | key has been disabled | key is not active | api key leaked
        reported as leaked | invalid key | unable to authenticate | 密钥 | api key 无效 | 令牌
      `),
      not: ["permission", "not allowed"]
    },
    reason: "Unauthenticated",
    learned: ["cohere-401-01542b5826", "cohere-401-d94a503822", "mistral-401-78842779f2", "xai-400-a30c4e3443"]
  },
  {
    id: "access/identity",
    when: {
      status: [400, 401, 403, 407, 500],
      text: list(`
        invalid bearer | missing bearer | bearer token | invalid token | invalid access token | invalid jwt
        jwt expired | jwt malformed | token has expired | token is expired | token expired | token is invalid
        token not match | expired token | invalid authentication | authentication fails | authentication failed
        authentication error | authentication token | authorization failed | authentication required | authenticate request
        not authenticated | no auth credentials | no cookie auth | missing authentication
        missing authorization | invalid authorization | authorization header | invalid credential
        invalid username or password | validate credentials | credentials are missing | credentials have expired
        security token | request signature | signature does not match | signature we calculated
        signature expired | sign in again | log in again | login again | user not found | 鉴权 | 身份验证 | 认证失败
      `),
      not: ["permission", "not allowed", "access denied", "scope"]
    },
    reason: "Unauthenticated",
    learned: ["openai-codex-401-20868179c3", "huggingface-401-f247a7cbc3"]
  },
  {
    id: "access/401-network",
    when: {
      status: [401],
      text: list(`
        ip not authorized | ip address | ip allowlist | must be a member of an organization | are not allowed
        is not allowed | does not have access | do not have access | not have permission
        insufficient permissions | permission is required | permissions are required | missing scopes | not supported for
      `)
    },
    reason: "PermissionDenied",
    learned: ["openai-401-50fe3f71a9", "openai-401-8888ec7e27"]
  },
  { id: "access/unauthorized", when: { status: [401] }, reason: "Unauthenticated", learned: ["ollama-401-d4357fe1a0"] },
  {
    id: "access/unauthorized-words",
    when: {
      text: ["unauthorized", "unauthenticated", "not authorized / token"],
      not: ["permission", "unauthorized to", "content"]
    },
    reason: "Unauthenticated",
    learned: ["minimax-200-5621f2c7ee"]
  },
  {
    id: "access/type",
    when: {
      code: list(`
        authentication_error | UNAUTHENTICATED | unauthorized | UnauthorizedException | unauthorized_error
        AuthError
      `)
    },
    reason: "Unauthenticated"
  }
]

/** Rights and regions: after the words about models, which also say "or you do not have access". */
export const permission: ReadonlyArray<Rule> = [
  {
    id: "access/region",
    when: {
      text: list(`
        location is not supported | country, region, or territory | not available in your country
        not available in your region | region is not supported | region not supported | not supported in your
        country is not supported | unsupported country | unsupported region | not available in this region
        not available in your location | restricted in your | regional restriction | geographic
      `)
    },
    reason: "PermissionDenied",
    learned: ["gemini-400-64f9c437da", "gemini-400-e4dfbaf563", "gemini-400-fe323a9b3c"]
  },
  {
    id: "access/not-verified",
    when: {
      text: list(`
        must be verified | must verify your | identity verification | verify organization | accept the terms
        terms acceptance | terms of use | agree to the terms | use case details | organization has been disabled
        account has been suspended | account is suspended | account suspended | account has been disabled
        account has been banned | account is disabled | account locked | account is locked | access terminated
        has been blocked | you have been blocked | request was blocked | attention required | just a moment
        cf-chl | enable javascript and cookies
      `)
    },
    reason: "PermissionDenied",
    learned: ["openai-400-27fe4f4d21", "openai-404-71ab36e54d"]
  },
  {
    id: "access/rights",
    when: {
      status: [400, 401, 403, 404, 422, 451],
      text: list(`
        permission denied | permission_denied | not have permission | lacks permission | missing permission
        insufficient permission | sufficient permissions | required permission | don't have access | doesn't have access
        does not have access | do not have access | not have access | no access to | access denied
        access is denied | not authorized to | not authorized for | only authorized for | not entitled
        not allowed to use | isn't enabled for | not enabled for your | has not been enabled | not been granted
        has not been used in project | only available for | only available to | only available on
        not available for your | not available on your | not included in your | plan does not include
        plan doesn't include | your plan | current plan | upgrade your | upgrade to a | contact sales
        virtual network | firewall rules | allowlist | whitelist | data policy | privacy settings
        guardrail restrictions | gated repo | gated model | 无权 | 权限
      `),
      not: ["not a valid", "input tag"]
    },
    reason: "PermissionDenied",
    learned: ["azure-403-0b357e6567", "azure-403-29bef653fd", "moonshot-403-9077a9ec98", "vertex-400-b089d1cc12"]
  },
  {
    id: "access/rights-403",
    when: {
      status: [401, 403, 404, 451],
      text: list(`
        not permitted | not allowed | is restricted | access to this | forbidden | not authorized
        it is disabled
      `)
    },
    reason: "PermissionDenied",
    learned: ["wording:anthropic-403"]
  },
  { id: "access/403", when: { status: [403, 451] }, reason: "PermissionDenied", learned: ["anthropic-403-0572596d6e"] },
  {
    id: "access/type-permission",
    when: {
      code: list(`
        permission_error | PERMISSION_DENIED | forbidden | ForbiddenException | forbidden_error
        PermissionDeniedError
      `)
    },
    reason: "PermissionDenied"
  }
]
