import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const pure = ["packages/{core,console}/src/**/*.test.ts"]
const calm = [
  "packages/server/src/{authority,fence,fold,http,operation,replay}/**/*.test.ts",
  "packages/server/src/{access,gateway,identity,ledger,registry,witness}/**/*.test.ts",
  "e2e/{erasure,events,invariants,people,places,rules,supply}/**/*.test.ts",
]
/** Their processes are others; in this one they change nothing that the next file sees. */
const outside = [
  "packages/cli/src/**/*.test.ts",
  "e2e/{attacks,ca,chains,connect,console,hostile-registrations,ownership,registry,room,sign-in}/**/*.test.ts",
]
/** What changes its own process, if only for a while. */
const own = ["packages/cli/src/{serve/keep-compiled,terminal/show-output}.test.ts"]

const setupFiles = [
  fileURLToPath(new URL("packages/cli/src/testing/find-own-modules.ts", import.meta.url)),
  fileURLToPath(new URL("packages/server/src/keys/testing/remember-scrypt.ts", import.meta.url)),
]

export default defineConfig({
  test: {
    // Many tests wait: for a disk, a timer, a browser, a node that starts. One more of them at work leaves no processor idle.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What is awaited comes when it comes: a busy machine makes no test fail.
    expect: { poll: { timeout: 20_000 } },
    // Hundreds of commands and nodes are started, most of them on a data folder that has nothing compiled yet: they share what they
    // compile, which halves a start. A test of that very thing takes the variable away.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/hufu-tests", import.meta.url)) },
    projects: [
      // Nothing here changes anything outside itself, so that one process serves them all.
      { extends: true, test: { name: "pure", include: pure, pool: "threads", isolate: false } },
      // These open stores and nodes of their own, and leave nothing of them behind: the modules of the server need to be loaded once.
      {
        extends: true,
        test: {
          name: "calm",
          include: calm,
          pool: "forks",
          isolate: false,
          setupFiles,
          experimental: { viteModuleRunner: false, nodeLoader: false },
        },
      },
      // These start processes and browsers; what they load themselves, and the process that runs their commands, serve the next file too.
      {
        extends: true,
        test: {
          name: "outside",
          include: outside,
          exclude: own,
          pool: "forks",
          isolate: false,
          setupFiles,
          experimental: { viteModuleRunner: false, nodeLoader: false },
        },
      },
      {
        extends: true,
        test: {
          name: "real",
          include: [
            "packages/{sdk,server}/src/**/*.test.ts",
            ...own,
            "conformance/**/*.test.ts",
            "bench/**/*.test.ts",
            "e2e/**/*.test.ts",
            "examples/**/*.test.ts",
            "docs/**/*.test.ts",
          ],
          exclude: [
            "**/node_modules/**",
            ...pure,
            ...calm,
            ...outside.filter((each) => !each.startsWith("packages/")),
          ],
          pool: "forks",
          setupFiles,
          experimental: { viteModuleRunner: false, nodeLoader: false },
        },
      },
    ],
  },
})
