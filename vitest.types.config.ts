import { defineConfig } from "vitest/config"

// Type tests (`*.test-d.ts`): tsc checks them, each assertion counts as a test.
export default defineConfig({
  test: {
    projects: ["core", "server", "cli"].map((name) => ({
      test: {
        name,
        root: `packages/${name}`,
        include: [],
        typecheck: {
          enabled: true,
          only: true,
          include: ["test/**/*.test-d.ts"],
          tsconfig: "./tsconfig.test.json",
          checker: "tsc"
        }
      }
    }))
  }
})
