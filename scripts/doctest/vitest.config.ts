import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

export default defineConfig({
  resolve: { conditions: ["@orelse/source"] },
  ssr: { resolve: { conditions: ["@orelse/source"] } },
  test: {
    root: fileURLToPath(new URL("../../.tmp/doctest", import.meta.url)),
    include: ["*.test.mjs"],
    name: "docs",
    // The first program loads all of core, which takes a busy machine more than vitest's 5 s.
    testTimeout: 60_000
  }
})
