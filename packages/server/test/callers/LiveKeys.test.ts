import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs"
import { stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as KeyBook from "../../src/callers/KeyBook.ts"
import type * as KeysFile from "../../src/callers/KeysFile.ts"
import * as LiveKeys from "../../src/callers/LiveKeys.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "orelse-live-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** A look at some file: what was asked of files before it has had its turn, however busy the machine is. */
const turnOfFiles = Effect.promise(() => stat(tmpdir()))

/** Lets looks of a second be done until it is so: their file is read outside of the test's time. */
const until = (isSo: () => boolean) =>
  Effect.gen(function* () {
    for (let turn = 0; turn < 500 && !isSo(); turn++) {
      yield* TestClock.adjust("1 second")
      yield* turnOfFiles
    }
  })

const seconds = (live: LiveKeys.LiveKeys, version: number) =>
  Effect.andThen(
    until(() => live.version() >= version),
    Effect.sync(() => assert.strictEqual(live.version(), version))
  )

const revoked = (kept: KeysFile.Kept) => kept.keys.filter((key) => key.revokedAt !== undefined).length

describe("LiveKeys", () => {
  it.effect("sees a first key, a revoked one and a file that is gone, and stays closed then", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "orelse.keys.json")
      const live = yield* LiveKeys.make(path)
      assert.deepStrictEqual([live.closed(), live.version()], [false, 0])
      const { id } = yield* KeyBook.issue(path, "a", undefined)
      yield* seconds(live, 1)
      assert.deepStrictEqual([live.closed(), live.kept().keys.length], [true, 1])
      yield* KeyBook.revoke(path, id)
      yield* seconds(live, 2)
      assert.deepStrictEqual([live.closed(), revoked(live.kept())], [true, 1])
      rmSync(path)
      yield* seconds(live, 3)
      assert.deepStrictEqual([live.closed(), live.kept().keys.length], [true, 0])
    })
  )
  it.effect("closes with the first key, not before it: nobody with that key is ever turned away", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "orelse.keys.json")
      const live = yield* LiveKeys.make(path)
      yield* KeyBook.issue(path, "a", undefined)
      yield* until(live.closed)
      assert.deepStrictEqual([live.closed(), live.kept().keys.length], [true, 1])
    })
  )
  it.effect("keeps the keys before where the file becomes unreadable, until it is mended", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "orelse.keys.json")
      yield* KeyBook.issue(path, "a", undefined)
      const live = yield* LiveKeys.make(path)
      writeFileSync(path, "{ broken")
      for (let turn = 0; turn < 20; turn++) {
        yield* TestClock.adjust("1 second")
        yield* turnOfFiles
      }
      assert.deepStrictEqual([live.version(), live.kept().keys.length], [0, 1])
      yield* KeyBook.issue(`${path}.mended`, "b", undefined)
      renameSync(`${path}.mended`, path)
      yield* seconds(live, 1)
      assert.strictEqual(live.kept().keys[0]?.caller, "b")
    })
  )
  it.effect("closes the gateway where there is a first file that cannot be read, and reads it once it can be", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "orelse.keys.json")
      const live = yield* LiveKeys.make(path)
      mkdirSync(path)
      yield* until(live.closed)
      assert.deepStrictEqual([live.closed(), live.version()], [true, 0])
      rmdirSync(path)
      yield* KeyBook.issue(path, "a", undefined)
      // A look may come between the two, and find no file.
      yield* until(() => live.kept().keys.length > 0)
      assert.strictEqual(live.kept().keys[0]?.caller, "a")
    })
  )
  it.effect("reads a file again where only who may read it was changed", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "orelse.keys.json")
      yield* KeyBook.issue(path, "a", undefined)
      const live = yield* LiveKeys.make(path)
      chmodSync(path, 0o640)
      yield* seconds(live, 1)
    })
  )
  it.effect("does not begin with a file that cannot be read", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "orelse.keys.json")
      writeFileSync(path, "{ broken")
      const scope = yield* Scope.make()
      const error = yield* Effect.flip(Scope.provide(LiveKeys.make(path), scope))
      assert.include(error.message, "is not a keys file")
      yield* Scope.close(scope, Exit.void)
    })
  )
})
