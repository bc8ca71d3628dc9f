import { request } from "undici"
import { initialScripts } from "../../e2e/console/initial-scripts.ts"

/** How many bytes the node sends, compressed by gzip, of all scripts that a page needs before it shows anything. */
export async function initialScriptBytes(origin: string): Promise<number> {
  const read = async (path: string) => (await request(`${origin}${path}`)).body.text()
  const sizes = await Promise.all(
    (await initialScripts(read)).map(async (path) => {
      const { headers, body } = await request(`${origin}${path}`, { headers: { "accept-encoding": "gzip" } })
      if (headers["content-encoding"] !== "gzip") throw new Error(`\`${path}\` is not sent compressed`)
      return (await body.arrayBuffer()).byteLength
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
