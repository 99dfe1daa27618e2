/**
 * An answer in parts that is not there to be read, any more or again: reading it fails, for it must not end as if it were whole.
 */
import { AttemptError } from "../domain/AttemptError.ts"
import { StreamInterrupted } from "../domain/Reason.ts"
import type { Key } from "./Health.ts"

/** @stability experimental @category constants @since 0.1.0 */
export const scopeClosed = "the scope of its call was closed before its end; read a stream while that is open"

/** @stability experimental @category constants @since 0.1.0 */
export const readBefore = "the stream was read before, and an answer can be read once; for another one ask again"

/** What its reader is told. @stability experimental @category constructors @since 0.1.0 */
export const make = ({ credential, model, provider }: Key, message: string, contentSent: boolean): AttemptError =>
  new AttemptError({ reason: new StreamInterrupted({ message, contentSent }), provider, model, credential })
