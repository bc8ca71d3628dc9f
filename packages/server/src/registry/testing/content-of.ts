/** A registration that can be approved. */
export function contentOf(name: string, more: object = {}) {
  return {
    name: `com.example/${name}`,
    title: name,
    description: "Plans journeys.",
    version: "1.0.0",
    developer: { kind: "organisation", name: "Example", url: "https://example.com/" },
    interfaces: [
      { protocol: "a2a", binding: "jsonrpc", url: "https://agent.example.com/a2a", security: [{ mtls: [] }] },
    ],
    securitySchemes: { mtls: { type: "mutual-tls" } },
    inputModes: ["text/plain"],
    outputModes: ["text/plain"],
    skills: [{ id: "plan", name: "Plan", description: "Plans a journey.", tags: ["travel"] }],
    ...more,
  }
}
