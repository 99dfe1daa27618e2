/**
 * `Expect: 100-continue` (RFC 9110, 10.1.1): a client that keeps its body back until somebody says that it is wanted, as curl does from
 * 1 MB up.
 *
 * Node tells of such requests by an event of their own, and the framework, which listens to it, asks for the bodies that it reads
 * itself; ours are read off the socket (`Body.ts`). So here they become requests like all others, for everybody who watches the
 * server, and `Body.ts` asks for a body where it begins to read it. What is refused before that is refused without it, and Node then
 * ends the connection, for nobody can know whether the body comes after all.
 *
 * Nothing else is known that a client could expect; whoever does gets its error where all requests are judged (`Strays.ts`).
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http"

/** Whose body was not asked for yet. */
const waiting = new WeakMap<IncomingMessage, ServerResponse>()

/** Which expect something else. */
const unmet = new WeakSet<IncomingMessage>()

/** Makes them requests like all others, and keeps the framework from answering them a second time. */
export const hear = (server: Server): void => {
  const onWaiting = (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, response)
    server.emit("request", request, response)
  }
  server.on("checkContinue", onWaiting)
  server.on("checkExpectation", (request, response) => {
    unmet.add(request)
    server.emit("request", request, response)
  })
  server.on("newListener", (event: string, listener: typeof onWaiting) => {
    if (event === "checkContinue") queueMicrotask(() => server.off(event, listener))
  })
}

/** Asks for the body, once, where its client waits for that. */
export const askForBody = (request: IncomingMessage): void => {
  const response = waiting.get(request)
  if (response === undefined) return
  waiting.delete(request)
  response.writeContinue()
}

/** Whether a request expects what nobody here does for it. */
export const isUnmet = (request: IncomingMessage): boolean => unmet.has(request)
