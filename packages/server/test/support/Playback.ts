/**
 * Plays one `Step` on one response. Knows sockets and time, not scripts. Stops at once when the caller leaves; every write waits
 * for the kernel, so that what a fault follows has really been sent.
 */
import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { MutableRequest } from "./Recorded.ts"
import type { Fault, Piece, Step } from "./Step.ts"

export interface Stage {
  readonly response: ServerResponse
  readonly socket: Socket
  readonly request: MutableRequest
  /** Called before the server closes the connection, so that the record says who did. */
  readonly cut: () => void
}

const isGone = (stage: Stage): boolean => stage.socket.destroyed || stage.response.closed || stage.response.destroyed

/** Waits, or until the connection closes. */
const pause = (stage: Stage, ms: number | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (ms === undefined || ms <= 0 || isGone(stage)) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      stage.socket.off("close", done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stage.socket.once("close", done)
  })

const write = (stage: Stage, bytes: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    if (isGone(stage)) return resolve()
    const done = (): void => {
      stage.socket.off("close", done)
      resolve()
    }
    stage.socket.once("close", done)
    stage.response.write(bytes, done)
  })

const immediately = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const writePiece = async (stage: Stage, step: Step, piece: string | Uint8Array): Promise<void> => {
  if (step.bytesPerWrite === undefined) return write(stage, piece)
  const bytes = typeof piece === "string" ? Buffer.from(piece) : piece
  for (let at = 0; at < bytes.length && !isGone(stage); at += step.bytesPerWrite) {
    await write(stage, bytes.subarray(at, at + step.bytesPerWrite))
    await immediately()
  }
}

const isData = (piece: Piece): piece is string | Uint8Array => typeof piece === "string" || piece instanceof Uint8Array

const sizeOf = (pieces: ReadonlyArray<Piece>): number =>
  pieces.reduce((size, piece) => size + (isData(piece) ? Buffer.byteLength(piece) : 0), 0)

const head = (stage: Stage, step: Step): void => {
  const { response, request } = stage
  const pieces = step.pieces ?? []
  const framing = step.framing ?? (pieces.length <= 1 ? "content-length" : "chunked")
  for (const [name, value] of Object.entries(step.headers ?? {})) {
    response.setHeader(name, typeof value === "string" ? value : [...value])
  }
  if (framing === "content-length" && !response.hasHeader("content-length")) {
    response.setHeader("content-length", sizeOf(pieces))
  }
  if (framing === "close") {
    response.useChunkedEncodingByDefault = false
    response.shouldKeepAlive = false
  }
  response.writeHead(step.status ?? 200)
  request.status = step.status ?? 200
  request.answeredAt = performance.now()
}

const commit = async (stage: Stage, fault: Fault): Promise<void> => {
  if (isGone(stage) || fault.kind === "stall") return
  // What was written is with the kernel; one turn of the loop lets the peer read it before a RST overtakes it.
  await immediately()
  stage.cut()
  if (fault.kind === "reset") return void stage.socket.resetAndDestroy()
  if (fault.kind === "garbage") stage.socket.write("zz\r\nthis is no chunk\r\n")
  stage.socket.destroySoon()
}

/** Whether all the pieces were sent; `false` where the fault came first. */
const sendPieces = async (stage: Stage, step: Step): Promise<boolean> => {
  const limit = typeof step.fault?.after === "number" ? step.fault.after : Infinity
  for (const piece of step.pieces ?? []) {
    if (isGone(stage)) return false
    if (!isData(piece)) {
      await pause(stage, piece.pauseMs)
      continue
    }
    if (stage.request.piecesSent >= limit) return false
    if (stage.request.piecesSent > 0) await pause(stage, step.betweenMs)
    await writePiece(stage, step, piece)
    if (!isGone(stage)) stage.request.piecesSent += 1
  }
  return stage.request.piecesSent < limit
}

const finish = (stage: Stage, step: Step): void => {
  if (isGone(stage)) return
  stage.response.end(() => {
    stage.request.completedAt = performance.now()
    if (step.closeAfter !== true) return
    stage.cut()
    stage.socket.destroySoon()
  })
}

/** Plays the step to its end; resolves when there is nothing more to send. */
export const play = async (stage: Stage, step: Step): Promise<void> => {
  stage.socket.setNoDelay(true)
  await pause(stage, step.headersAfterMs)
  if (isGone(stage)) return
  if (step.fault?.after === "request") return commit(stage, step.fault)
  head(stage, step)
  if (step.firstPieceAfterMs !== undefined || step.fault?.after === "headers") stage.response.flushHeaders()
  await pause(stage, step.firstPieceAfterMs)
  if (step.fault?.after === "headers") return commit(stage, step.fault)
  const whole = await sendPieces(stage, step)
  if (whole) return finish(stage, step)
  if (step.fault !== undefined) await commit(stage, step.fault)
}
