/**
 * No answer came: what Node, undici, fetch, Bun, Python and the SDKs around them call it. Codes first, words for what has none.
 */
import type { Rule } from "../Rule.ts"
import { list } from "./list.ts"

const transport = ["network"] as const

export const rules: ReadonlyArray<Rule> = [
  {
    id: "network/proxy-refused",
    when: { transport, code: ["ERR_PROXY_TUNNEL"] },
    reason: "ConnectionFailed"
  },
  {
    id: "network/caller-aborted",
    when: {
      transport,
      code: list(`
        AbortError | CancelledError | ABORT_ERR | ERR_CANCELED | UND_ERR_ABORTED | APIUserAbortError | CanceledError
      `),
      not: ["econnreset"]
    },
    reason: "UnknownFailure",
    learned: ["node-net-29054a039e"]
  },
  {
    id: "network/bad-url",
    when: {
      transport,
      code: list(`
        ERR_INVALID_URL | ERR_INVALID_PROTOCOL | ERR_UNSUPPORTED_PROTOCOL | ERR_INVALID_CHAR
        UND_ERR_INVALID_ARG | InvalidURL | UnsupportedProtocol | MissingSchema | ERR_BAD_OPTION
        ERR_INVALID_ARG_TYPE | ERR_INVALID_ARG_VALUE | ERR_HTTP_INVALID_HEADER_VALUE | UND_ERR_NOT_SUPPORTED
      `)
    },
    reason: "InvalidRequest",
    learned: ["node-net-c85a7db02f"]
  },
  {
    id: "network/bad-url-words",
    when: {
      transport,
      text: list(`
        invalid url | bad port | failed to parse url | only absolute urls are supported
        only http(s) protocols are supported | no scheme supplied | missing an 'http://' | unsupported protocol
        unknown url type | invalid header value | invalid character in header | unsupported url scheme
        url scheme
      `)
    },
    reason: "InvalidRequest",
    learned: ["node-net-b403f9cf85"]
  },
  {
    id: "network/connect-timeout",
    when: {
      transport,
      code: list(`
        UND_ERR_CONNECT_TIMEOUT | ConnectTimeoutError | ConnectTimeout | ConnectTimeoutException | PoolTimeout
      `)
    },
    reason: "TimedOut",
    facts: { phase: "connect" }
  },
  {
    id: "network/connect-timeout-words",
    when: {
      transport,
      text: list(`
        connect timeout | connect etimedout | connection timed out | timed out while connecting | connecttimeout
        connection to * timed out | tcp connect error * timed out | dial tcp * i/o timeout | etimedout
        pooltimeout | handshake timeout
      `)
    },
    reason: "TimedOut",
    facts: { phase: "connect" }
  },
  {
    id: "network/headers-timeout",
    when: { transport, code: ["UND_ERR_HEADERS_TIMEOUT", "HeadersTimeoutError"] },
    reason: "TimedOut",
    facts: { phase: "firstContent" }
  },
  {
    id: "network/body-timeout",
    when: {
      transport,
      code: list(`
        UND_ERR_BODY_TIMEOUT | BodyTimeoutError | ReadTimeout | ReadTimeoutError | ESOCKETTIMEDOUT
        ERR_SOCKET_TIMEOUT | ERR_SOCKET_CONNECTION_TIMEOUT
      `)
    },
    reason: "TimedOut",
    facts: { phase: "idle" }
  },
  {
    id: "network/read-timeout-words",
    when: {
      transport,
      text: list(`
        read timed out | readtimeout | body timeout | headers timeout | socket timeout | esockettimedout
        the read operation timed out
      `)
    },
    reason: "TimedOut",
    facts: { phase: "idle" }
  },
  {
    id: "network/timeout",
    when: {
      transport,
      code: list(`
        ETIMEDOUT | TimeoutError | APITimeoutError | APIConnectionTimeoutError | request-timeout
        body-timeout | ETIME | ERR_HTTP2_STREAM_TIMEOUT | deadline_exceeded | ConnectionTimeout
        UND_ERR_REQUEST_TIMEOUT | WriteTimeout
      `)
    },
    reason: "TimedOut",
    facts: { phase: "total" },
    learned: ["node-fetch-net-c2884f6ff7"]
  },
  {
    id: "network/timeout-words",
    when: {
      transport,
      text: list(`
        timed out | timed_out | network timeout | timeout of *ms exceeded | timeout exceeded | deadline exceeded
        request timeout | aborted due to timeout | operation was aborted due to timeout | timeout awaiting
        readtimeout | timeouterror | timeoutexception | i/o timeout
      `)
    },
    reason: "TimedOut",
    facts: { phase: "total" },
    learned: ["axios-net-17e991ed4e"]
  },
  {
    id: "network/timeout-any",
    when: {
      transport,
      text: ["timeout", "time-out", "timed out"],
      not: ["econnrefused", "econnreset", "enotfound", "aborted by"]
    },
    reason: "TimedOut",
    facts: { phase: "total" },
    learned: ["node-fetch-net-c2884f6ff7"]
  },
  {
    id: "network/abort-words",
    when: {
      transport,
      text: list(`
        operation was aborted | user aborted a request | request was aborted | request aborted by the user
        signal is aborted | request was cancelled | request was canceled | context canceled
      `),
      not: ["econnreset"]
    },
    reason: "UnknownFailure",
    learned: ["node-net-29054a039e"]
  },
  {
    id: "network/other",
    when: { transport },
    reason: "ConnectionFailed",
    learned: [
      "bun-net-6af9182010",
      "httpx-net-25590c875e",
      "node-net-0469eb08f4",
      "node-net-3c37885a66",
      "node-net-44366ae364",
      "node-net-463c722d45"
    ]
  }
]
