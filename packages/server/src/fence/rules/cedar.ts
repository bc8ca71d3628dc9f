import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type * as cedarModule from "@cedar-policy/cedar-wasm/nodejs"
import { z } from "zod"

type Cedar = typeof cedarModule

const require = createRequire(import.meta.url)

/** Cedar's own parser and validator; compiling it takes a good part of a start, so it is loaded when there is something to check. */
export function cedar(): Cedar {
  return require("@cedar-policy/cedar-wasm/nodejs") as Cedar // its declarations describe this very module
}

/** Which Cedar that is. */
export const cedarVersion: string = z
  .object({ dependencies: z.object({ "@cedar-policy/cedar-wasm": z.string() }) })
  .parse(JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"))).dependencies[
  "@cedar-policy/cedar-wasm"
]
