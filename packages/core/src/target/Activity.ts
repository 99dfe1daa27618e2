/**
 * What targets are doing: attempts that are open now, and how fast first content has come lately; read by strategies.
 *
 * Latency is a peak-sensitive moving average (peak EWMA): a slow answer counts at once, a fast one little by little, and what is known
 * fades with time. After Finagle's and tower's `load::peak_ewma`.
 */

/** How fast what is known of a latency fades. */
const decayMs = 10_000

/** Models that are remembered of a provider; a caller may invent models. */
const capacity = 10_000

/** A target with an attempt under way. @stability experimental @category models @since 0.1.0 */
export interface Busy {
  /** The attempt has ended. `firstContentMs` absent where no content came. `now` is epoch milliseconds. */
  readonly end: (firstContentMs: number | undefined, now: number) => void
}

/** @stability experimental @category models @since 0.1.0 */
export interface Activity {
  readonly begin: (provider: string, model: string) => Busy
  readonly open: (provider: string, model: string) => number
  /** The expected wait for first content, weighed by what is open; 0 where nothing is known. */
  readonly cost: (provider: string, model: string, now: number) => number
}

/** A table for one router. @stability experimental @category constructors @since 0.1.0 */
export const make = (): Activity => {
  const providers = new Map<string, Map<string, Entry>>()
  const find = (provider: string, model: string) => providers.get(provider)?.get(model)
  const of = (provider: string, model: string): Entry => {
    let models = providers.get(provider)
    if (models === undefined) providers.set(provider, (models = new Map()))
    let entry = models.get(model)
    if (entry !== undefined) return entry
    if (models.size >= capacity) forgetIdle(models)
    entry = new Entry()
    models.set(model, entry)
    return entry
  }
  return {
    begin: (provider, model) => {
      const entry = of(provider, model)
      entry.open += 1
      return entry
    },
    open: (provider, model) => find(provider, model)?.open ?? 0,
    cost: (provider, model, now) => find(provider, model)?.cost(now) ?? 0
  }
}

class Entry implements Busy {
  open = 0
  ewmaMs = 0
  at = 0

  end(firstContentMs: number | undefined, now: number): void {
    this.open -= 1
    if (firstContentMs === undefined) return
    const weight = this.#weightAt(now)
    this.ewmaMs = firstContentMs > this.ewmaMs ? firstContentMs : this.ewmaMs * weight + firstContentMs * (1 - weight)
    this.at = now
  }

  cost(now: number): number {
    return this.ewmaMs * this.#weightAt(now) * (this.open + 1)
  }

  /** Of what is known. */
  #weightAt(now: number): number {
    return Math.exp(-Math.max(0, now - this.at) / decayMs)
  }
}

/** One that is busy is kept: whoever ends it holds it. */
const forgetIdle = (models: Map<string, Entry>): void => {
  for (const [model, { open }] of models) {
    if (open > 0) continue
    models.delete(model)
    return
  }
}
