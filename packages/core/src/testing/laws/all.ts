/** The ten laws, in order: adding one is a file beside this one, and a line. */
import * as CommitIsFinal from "./CommitIsFinal.ts"
import * as CooldownsGrow from "./CooldownsGrow.ts"
import * as ErrorTellsAll from "./ErrorTellsAll.ts"
import * as HangUpEndsAll from "./HangUpEndsAll.ts"
import * as KindsTold from "./KindsTold.ts"
import type { Law } from "./Law.ts"
import * as LimitsExact from "./LimitsExact.ts"
import * as MalformedOnce from "./MalformedOnce.ts"
import * as OnlyCandidateAsked from "./OnlyCandidateAsked.ts"
import * as RetryAfterKept from "./RetryAfterKept.ts"
import * as WithinBounds from "./WithinBounds.ts"

/** The ten laws, by their numbers. @stability experimental @category laws @since 0.1.0 */
export const all: ReadonlyArray<Law> = [
  WithinBounds.law,
  RetryAfterKept.law,
  HangUpEndsAll.law,
  CommitIsFinal.law,
  MalformedOnce.law,
  OnlyCandidateAsked.law,
  LimitsExact.law,
  ErrorTellsAll.law,
  CooldownsGrow.law,
  KindsTold.law
]
