/** The zlib format (RFC 1950), by the runtime: in browsers and in Node alike. */
export async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await new Response(through(bytes, new CompressionStream("deflate"))).arrayBuffer())
}

/** What zlib made of at most so many bytes; undefined when it would be more. UNTRUSTED input: throws when it is none. */
export async function inflateBounded(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array | undefined> {
  const reader = through(bytes, new DecompressionStream("deflate")).getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > maxBytes) {
      await reader.cancel()
      return undefined
    }
    chunks.push(value)
  }
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): ReadableStream<Uint8Array> {
  // The copy is a plain buffer, whatever view the caller holds.
  return new Blob([new Uint8Array(bytes)]).stream().pipeThrough(stream)
}
