/** What a process that was started with `--inspect` keeps in memory, after it has collected its garbage. */
export interface NodeMemory {
  heapUsedBytes(): Promise<number>
  close(): void
}

/** Speaks the inspector's protocol with it. */
export async function inspectMemory(url: string): Promise<NodeMemory> {
  const socket = new WebSocket(url)
  const answers = new Map<number, (result: unknown) => void>()
  let asked = 0
  socket.addEventListener("message", ({ data }) => {
    // The inspector answers with JSON alone.
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown }
    if (id !== undefined) answers.get(id)?.(result)
  })
  const ask = (method: string) =>
    new Promise<unknown>((resolve) => {
      asked += 1
      answers.set(asked, resolve)
      socket.send(JSON.stringify({ id: asked, method }))
    })
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve)
    socket.addEventListener("error", () => reject(new Error(`no inspector answers at ${url}`)))
  })
  return {
    async heapUsedBytes() {
      await ask("HeapProfiler.collectGarbage")
      const usage = (await ask("Runtime.getHeapUsage")) as { usedSize: number }
      return usage.usedSize
    },
    close: () => socket.close(),
  }
}
