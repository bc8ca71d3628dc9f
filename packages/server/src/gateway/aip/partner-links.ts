import { Failure } from "@hufu/core/failure"
import type { HttpUpstreamOptions } from "../mcp/upstream/http-upstream.ts"
import type { HttpServer } from "../mcp/upstream/server-definition.ts"
import type { PartnerOrder } from "../delegation/partner.ts"
import { type AgentCertificate, type PartnerLink, partnerLink } from "./partner-link.ts"

export interface PartnerLinksParts {
  readonly server: HttpServer
  /** Who has to be there, where that is known. */
  readonly aic: string | undefined
  readonly upstream: HttpUpstreamOptions
  /** Undefined where no authority issues certificates, or the agent has no code: then nothing but the registered headers proves it. */
  readonly certificateFor: (sender: PartnerOrder["sender"]) => Promise<AgentCertificate | undefined>
  readonly now: () => number
}

/** A link for each agent, because each is itself towards a partner. */
export interface PartnerLinks {
  /** Works with the link of an agent; it stays open meanwhile. */
  take(sender: PartnerOrder["sender"]): Promise<{ link: PartnerLink; give: () => void }>
  close(): Promise<void>
}

interface Kept {
  readonly link: PartnerLink
  readonly renewAt: number
  uses: number
}

const maxLinks = 256

export function createPartnerLinks({
  server,
  aic,
  upstream,
  certificateFor,
  now,
}: PartnerLinksParts): PartnerLinks {
  const kept = new Map<string, Kept>()
  const isSecure = server.url.startsWith("https:")

  async function open(sender: PartnerOrder["sender"]): Promise<Kept> {
    const certificate = isSecure ? await certificateFor(sender) : undefined
    const link = partnerLink(server, { ...upstream, aic, certificate })
    return { link, renewAt: certificate?.renewAt ?? Number.POSITIVE_INFINITY, uses: 0 }
  }

  /** The one that was used longest ago and is not in use makes room. */
  function makeRoom(): void {
    if (kept.size < maxLinks) return
    const idle = [...kept].find(([, { uses }]) => uses === 0)
    if (idle === undefined)
      throw new Failure("overloaded", "too many agents work with this partner at once: try again later")
    kept.delete(idle[0])
    void idle[1].link.upstream.close()
  }

  return {
    async take(sender) {
      const name = isSecure ? sender.agent : ""
      const there = kept.get(name)
      const isOver = there !== undefined && there.renewAt <= now()
      if (isOver) {
        kept.delete(name)
        if (there.uses === 0) void there.link.upstream.close()
      }
      let one = isOver ? undefined : there
      if (one === undefined) {
        const opened = await open(sender)
        // Somebody else may have opened one meanwhile.
        one = kept.get(name)
        if (one === undefined) {
          makeRoom()
          one = opened
        } else void opened.link.upstream.close()
      }
      kept.delete(name)
      kept.set(name, one)
      one.uses += 1
      const taken = one
      let given = false
      return {
        link: taken.link,
        give() {
          if (given) return
          given = true
          taken.uses -= 1
          if (taken.uses === 0 && kept.get(name) !== taken) void taken.link.upstream.close()
        },
      }
    },
    async close() {
      const all = [...kept.values()]
      kept.clear()
      await Promise.all(all.map(({ link }) => link.upstream.close()))
    },
  }
}
