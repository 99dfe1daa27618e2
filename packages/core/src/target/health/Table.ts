/**
 * All entries of health, in the order in which they were first heard of, and found by provider, model and credential.
 *
 * Each attempt looks several times. A provider of which nothing is known costs it one look, whatever is known of others.
 */
import * as Entry from "./Entry.ts"

/** What an attempt asks of. @stability experimental @category models @since 0.1.0 */
export interface Key {
  readonly provider: string
  readonly model: string
  readonly credential: string
}

/** What a failure may count against. @stability experimental @category models @since 0.1.0 */
export type Scope = "target" | "credential" | "credentialModel"

/** What is known of one provider. */
interface OfProvider {
  readonly targets: Map<string, Entry.Entry>
  readonly credentials: Map<string, Entry.Entry>
  /** By credential, then by model. */
  readonly pairs: Map<string, Map<string, Entry.Entry>>
}

/** Targets and credentials that are remembered; a caller may invent models that fail. */
const capacity = 10_000

const nothing: ReadonlyArray<Entry.Entry> = []

/** @stability experimental @category models @since 0.1.0 */
export class Table {
  readonly #entries = new Set<Entry.Entry>()
  readonly #byProvider = new Map<string, OfProvider>()

  get entries(): Iterable<Entry.Entry> {
    return this.#entries
  }

  /** What is known of a target, of its credential, and of both together. */
  known({ credential, model, provider }: Key): ReadonlyArray<Entry.Entry> {
    const of = this.#byProvider.get(provider)
    if (of === undefined) return nothing
    const found: Array<Entry.Entry> = []
    const add = (entry: Entry.Entry | undefined) => entry !== undefined && found.push(entry)
    add(of.targets.get(model))
    add(of.credentials.get(credential))
    add(of.pairs.get(credential)?.get(model))
    return found
  }

  /** The entry that a failure counts against, made where there was none; where there are too many, another is forgotten. */
  entry({ credential, model, provider }: Key, scope: Scope, now: number): Entry.Entry {
    const known = this.#mapOf(provider, credential, scope).get(scope === "credential" ? credential : model)
    if (known !== undefined) return known
    if (this.#entries.size >= capacity) this.#forgetOne(now)
    const entry = Entry.make(
      provider,
      scope === "credential" ? undefined : model,
      scope === "target" ? undefined : credential
    )
    this.#entries.add(entry)
    // Anew: what was forgotten may have been the last one of its map.
    this.#mapOf(provider, credential, scope).set(scope === "credential" ? credential : model, entry)
    return entry
  }

  delete(entry: Entry.Entry): void {
    const { credential, model, provider } = entry
    const of = this.#byProvider.get(provider)
    if (of === undefined || !this.#entries.delete(entry)) return
    if (credential === undefined) of.targets.delete(model ?? "")
    else if (model === undefined) of.credentials.delete(credential)
    else {
      const models = of.pairs.get(credential)
      models?.delete(model)
      if (models?.size === 0) of.pairs.delete(credential)
    }
    if (of.targets.size + of.credentials.size + of.pairs.size === 0) this.#byProvider.delete(provider)
  }

  #mapOf(provider: string, credential: string, scope: Scope): Map<string, Entry.Entry> {
    let of = this.#byProvider.get(provider)
    if (of === undefined) {
      of = { targets: new Map(), credentials: new Map(), pairs: new Map() }
      this.#byProvider.set(provider, of)
    }
    if (scope !== "credentialModel") return scope === "target" ? of.targets : of.credentials
    let models = of.pairs.get(credential)
    if (models === undefined) of.pairs.set(credential, (models = new Map()))
    return models
  }

  /** One of the oldest that has cooled down, else the oldest. */
  #forgetOne(now: number): void {
    let oldest: Entry.Entry | undefined
    let looked = 0
    for (const entry of this.#entries) {
      oldest ??= entry
      if (entry.until <= now) return this.delete(entry)
      if (++looked === 16) break
    }
    if (oldest !== undefined) this.delete(oldest)
  }
}
