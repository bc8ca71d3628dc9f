import { fileURLToPath } from "node:url"
import { contract } from "@hufu/core/contract/contract"
import type { Operation } from "@hufu/core/contract/operation"
import tailwindcss from "@tailwindcss/vite"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

// While one works on the console: `HUFU_NODE=http://localhost:7180 npx vite packages/console` speaks to a real node.
// Host and Origin are left as they are: both name localhost, which is what the node checks.
const node = process.env["HUFU_NODE"] ?? "http://localhost:7180"

/** Of every operation what it takes to ask; its schemas are loaded while the node answers. */
const routes = Object.fromEntries(
  Object.entries<Operation>(contract).map(([id, { method, path, stream }]) => [id, { method, path, stream }]),
)

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  define: { CONTRACT_ROUTES: JSON.stringify(routes) },
  plugins: [react(), tailwindcss()],
  server: { host: "localhost", proxy: { "/v1": node } },
  build: {
    target: "es2023",
    // INVARIANT: nothing is inlined as a data: URL or a script, so that the content policy can stay strict.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
