import { startNode } from "../node-under-test.ts"

// What a node is like on the machine on which this runs, as one line of JSON.

const node = await startNode()
const health = async (url: string) => (await fetch(`${url}/healthz`)).json()
const { port } = new URL(node.url)
const found = {
  url: node.url,
  health: await health(node.url),
  byName: await health(`http://localhost:${port}`),
  ipv4: await health(`http://127.0.0.1:${port}`).catch(() => "refused"),
}
await node.dispose()
process.stdout.write(JSON.stringify(found))
