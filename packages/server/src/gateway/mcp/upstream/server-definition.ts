/** A tool server that runs as a child process and speaks over its standard streams. */
export interface StdioServer {
  readonly name: string
  readonly transport: "stdio"
  readonly command: string
  readonly args: readonly string[]
  /** Registered with the server; may hold credentials, which no agent sees. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string | null
}

/** A tool server reached over Streamable HTTP. */
export interface HttpServer {
  readonly name: string
  readonly transport: "http"
  readonly url: string
  /** Registered with the server; may hold credentials, which no agent sees. */
  readonly headers: Readonly<Record<string, string>>
}

export type ServerDefinition = StdioServer | HttpServer

/** The registered tool servers, as the doors see them. */
export interface ServerDirectory {
  get(name: string): ServerDefinition | undefined
  list(): readonly ServerDefinition[]
  /** Called with a name when its definition was removed or replaced: links to the old one close. */
  onChange(listener: (name: string) => void): () => void
}
