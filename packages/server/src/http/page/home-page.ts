import type { Output } from "@hufu/core/contract/contract"
import type { HoldRecord } from "@hufu/core/contract/records"
import type { Language } from "@hufu/core/words"
import { html, type Markup } from "./html.ts"
import { layout } from "./layout.ts"

const refreshSeconds = 5

/** Everything that the two pages say. */
const texts = {
  en: {
    title: "Hufu is running",
    stopped: "Everything is stopped: no agent can act until the stop is lifted with",
    notEnrolled: "Nobody can approve yet. Choose your terminal secret with",
    facts: (agents: number, servers: number) => `Agents: ${agents}. Tool servers: ${servers}.`,
    waiting: (count: number) => `Waiting for you: ${count}`,
    none: "Nothing waits for you.",
    columns: ["Action", "Agent", "Server", "Tool", "Effect", "Waiting since", "Expires in", "To decide, run"],
    ago: (text: string) => `${text} ago`,
    approval: "An action waits for you",
    decided: "This action does not wait any more",
    state: "State",
    how: "This page decides nothing and shows no arguments. In a terminal, look at the action and approve it:",
    refuse: "Or refuse it:",
    docs: "What this node can be asked",
  },
  zh: {
    title: "虎符正在运行",
    stopped: "已全部停止：在解除之前，任何智能体都不能行动。解除命令：",
    notEnrolled: "尚无人可以批准。请设置终端口令：",
    facts: (agents: number, servers: number) => `智能体 ${agents} 个，工具服务器 ${servers} 个。`,
    waiting: (count: number) => `等待您决定：${count} 项`,
    none: "没有等待批准的行为。",
    columns: ["编号", "智能体", "服务器", "工具", "行为类别", "已等待", "剩余时间", "运行此命令以决定"],
    ago: (text: string) => text,
    approval: "有一个行为等待您批准",
    decided: "该行为已不再等待",
    state: "状态",
    how: "本页不作任何决定，也不显示参数。请在终端查看并批准：",
    refuse: "或拒绝：",
    docs: "接口说明",
  },
} as const

/** The page at `/`: that the node lives, and what waits for the person. INVARIANT: no arguments, and nothing here decides. */
export function homePage(
  lang: Language,
  { status, holds, now }: { status: Output<"node.status">; holds: readonly HoldRecord[]; now: number },
): string {
  const text = texts[lang]
  const body = html` <p>
      Hufu ${status.version}. ${text.facts(status.agents, status.servers)}
      <a href="/docs?lang=${lang}">${text.docs}</a>
    </p>
    ${status.stopped ? html`<p><strong>${text.stopped}</strong> <code>hufu stop --lift</code></p>` : ""}
    ${status.personEnrolled ? "" : html`<p><strong>${text.notEnrolled}</strong> <code>hufu enrol</code></p>`}
    <h2>${text.waiting(status.waiting)}</h2>
    ${holds.length === 0 ? html`<p>${text.none}</p>` : tableOf(holds, lang, now)}`
  return layout({ lang, title: text.title, body, refreshSeconds })
}

/** The page of one held action: where a client sends its user. It carries no authority. */
export function approvalPage(lang: Language, hold: HoldRecord, now: number): string {
  const text = texts[lang]
  const waits = hold.state === "waiting"
  const body = html` ${tableOf([hold], lang, now)}
    <p>${text.state}: <code>${hold.state}</code></p>
    ${
      waits
        ? html`<p>${text.how} <code>hufu approve ${hold.id}</code></p>
            <p>${text.refuse} <code>hufu refuse ${hold.id}</code></p>`
        : ""
    }`
  return layout({
    lang,
    title: waits ? text.approval : text.decided,
    body,
    ...(waits ? { refreshSeconds } : {}),
  })
}

function tableOf(holds: readonly HoldRecord[], lang: Language, now: number): Markup {
  const text = texts[lang]
  const head = text.columns.map((column) => html`<th scope="col">${column}</th>`)
  const rows = holds.map(
    (hold) =>
      html`<tr>
        <td><a href="/approvals/${hold.id}?lang=${lang}">${hold.id}</a></td>
        <td>${hold.agentName}</td>
        <td>${hold.server}</td>
        <td>${hold.tool}</td>
        <td>${hold.effect}</td>
        <td>${text.ago(duration(now - hold.createdAt, lang))}</td>
        <td>${duration(hold.expiresAt - now, lang)}</td>
        <td><code>hufu approve ${hold.id}</code></td>
      </tr>`,
  )
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`
}

function duration(ms: number, lang: Language): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const [count, unit] = seconds < 120 ? [seconds, "second"] : [Math.round(seconds / 60), "minute"]
  return new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" }).format(count)
}
