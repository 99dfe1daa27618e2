/**
 * A dispatcher that opens no connection: it keeps what it is asked, and answers from a function.
 */
import { Dispatcher } from "undici"

/** What would have been sent. */
export interface Sent {
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Buffer | string
  /** Statuses of heads that come before the answer's own. */
  readonly interim?: ReadonlyArray<number>
}

export class FakeDispatcher extends Dispatcher {
  readonly sent: Array<Sent> = []
  readonly #answer: (sent: Sent) => Answer

  constructor(answer: (sent: Sent) => Answer) {
    super()
    this.#answer = answer
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const sent: Sent = {
      origin: String(options.origin),
      path: options.path,
      headers: named(options.headers),
      body: typeof options.body === "string" ? options.body : ""
    }
    this.sent.push(sent)
    const { body, headers, interim = [], status = 200 } = this.#answer(sent)
    queueMicrotask(() => {
      handler.onRequestStart?.(controller, {})
      for (const early of interim) handler.onResponseStart?.(controller, early, { link: "</a>; rel=preload" })
      handler.onResponseStart?.(controller, status, { "content-type": "application/json", ...headers })
      handler.onResponseData?.(controller, Buffer.from(body))
      handler.onResponseEnd?.(controller, {})
    })
    return true
  }
}

/** By name, out of names and values in turn. */
const named = (headers: Dispatcher.DispatchOptions["headers"]): Record<string, string> => {
  const list = Array.isArray(headers) ? headers.map(String) : []
  return Object.fromEntries(list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1] ?? ""]] : [])))
}

const controller: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => {},
  pause: () => {},
  resume: () => {}
}
