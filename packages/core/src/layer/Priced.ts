/**
 * A recorder for programs that keep no record: it knows prices, so that `cheapest` orders by them there too, and every attempt has its cost.
 */
import { Recorder } from "../target/Recorder.ts"
import * as Cost from "./Cost.ts"

/** Keeps nothing. @stability experimental @category constants @since 0.1.0 */
export const recorder: Recorder["Service"] = { ...Recorder.none, costOf: Cost.ofModel }
