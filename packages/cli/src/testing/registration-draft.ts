/** What a registration under a name may say: a draft that can be claimed and submitted. */
export function registrationDraft(name: string) {
  return {
    name,
    title: "Planner 规划",
    description: "Plans journeys.",
    version: "1.0.0",
    developer: { kind: "organisation", name: "Example", url: "https://example.com/" },
    interfaces: [
      { protocol: "a2a", binding: "jsonrpc", url: "https://agent.example.com/a2a", security: [{ mtls: [] }] },
    ],
    securitySchemes: { mtls: { type: "mutual-tls" } },
    skills: [{ id: "plan", name: "Plan", description: "Plans a journey.", tags: ["travel"] }],
  }
}
