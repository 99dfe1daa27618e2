import { afterAll, assert, beforeEach, describe, it } from "@effect/vitest"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as CompileCache from "../src/CompileCache.ts"

const root = mkdtempSync(join(tmpdir(), "orelse-cache-"))
afterAll(() => rmSync(root, { recursive: true }))

describe("the folder of compiled code", () => {
  const uid = process.getuid?.() ?? 0
  let parent = ""
  beforeEach(() => {
    parent = mkdtempSync(join(root, "tmp-"))
  })
  const name = `orelse-${uid}`

  it("is made for this user alone, and found again", () => {
    const made = CompileCache.folder(parent, uid)
    assert.strictEqual(made, join(parent, name))
    assert.strictEqual(statSync(made!).mode & 0o777, 0o700)
    assert.strictEqual(CompileCache.folder(parent, uid), made)
  })

  it("is none where somebody else made it before", () => {
    assert.isUndefined(CompileCache.folder(parent, uid + 1))
  })

  it("is none where others can write to it", () => {
    mkdirSync(join(parent, name))
    for (const mode of [0o770, 0o707]) {
      chmodSync(join(parent, name), mode)
      assert.isUndefined(CompileCache.folder(parent, uid))
    }
  })

  it("is none where it is a link, a file, or cannot be made", () => {
    symlinkSync(root, join(parent, name))
    assert.isUndefined(CompileCache.folder(parent, uid))
    rmSync(join(parent, name))
    writeFileSync(join(parent, name), "")
    assert.isUndefined(CompileCache.folder(parent, uid))
    assert.isUndefined(CompileCache.folder(join(parent, "nowhere"), uid))
  })
})
