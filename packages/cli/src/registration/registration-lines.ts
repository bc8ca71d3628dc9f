import type { FoundRegistrations } from "@hufu/core/contract/discovery"
import type { PublicRegistration } from "@hufu/core/contract/public-registration"
import type { ShownRegistration } from "@hufu/core/contract/registration"
import { sayTime } from "@hufu/core/mandate/say"
import type { RegistrationContent } from "@hufu/core/registration/registration-content"
import type { Language } from "@hufu/core/words"
import { asCalled } from "../terminal/called-as.ts"
import { oneLine } from "../terminal/one-line.ts"
import { table } from "../terminal/table.ts"

const words = {
  en: {
    head: ["NAME", "VERSION", "PROTOCOLS", "GRADE", "FOUND IN", "ID"],
    nothing: "No agent answers this: take other words, or narrow less.",
    nobody: "No agent is registered yet: `hufu agent register FILE` begins with one.",
    found: (total: number, complete: boolean) => `${complete ? "" : "at least "}${total} found`,
    next: "More of one: `hufu registry show ID`",
    standing: {
      usable: "may be used",
      suspended: "DO NOT USE IT: it is suspended",
      disabled: "DO NOT USE IT: the registry disabled it",
      retired: "DO NOT USE IT: it is out of service for good",
    },
    names: {
      status: "status",
      code: "code",
      trial: "a trial code",
      developer: "developer",
      verified: "verified",
      notVerified: "nothing",
      skills: "skills",
      at: "reached at",
      alone: "alone",
      asks: "asks first",
      user: "only its user",
      never: "never",
      held: "its mandates here hold it to this",
      forms: "forms",
      history: "history",
      entry: "entry",
      state: "state",
      reason: "reason",
      change: "a change",
      owner: "owner",
      agent: "agent here",
      offered: "offered to",
      flag: "look closely",
    },
    flags: {
      "name-looks-like": "the name looks like",
      "title-looks-like": "the title looks like that of",
      "mixed-scripts": "a word of the title mixes letters of several alphabets",
    },
    steps: {
      draft: "Next: `hufu registration submit ID`",
      pending: "Next: a reviewer's `hufu registration approve ID`, or `hufu registration reject ID REASON`",
      rejected: "Next: `hufu registration change ID FILE`, and submit it again",
    },
  },
  zh: {
    head: ["名称", "版本", "协议", "分级", "命中", "标识"],
    nothing: "没有符合的智能体：请换用其他词语或减少筛选。",
    nobody: "还没有已登记的智能体：`hufu agent register FILE` 可登记一个。",
    found: (total: number, complete: boolean) => `${complete ? "共" : "至少"} ${total} 个`,
    next: "详情：`hufu registry show 标识`",
    standing: {
      usable: "可以使用",
      suspended: "请勿使用：已暂停",
      disabled: "请勿使用：登记平台已禁用",
      retired: "请勿使用：已永久停用",
    },
    names: {
      status: "状态",
      code: "身份码",
      trial: "试用码",
      developer: "开发者",
      verified: "已核实",
      notVerified: "无",
      skills: "技能",
      at: "访问地址",
      alone: "独自进行",
      asks: "先行请示",
      user: "仅由用户",
      never: "绝不",
      held: "其在本节点的授权确保如此",
      forms: "格式",
      history: "历史",
      entry: "条目",
      state: "状态",
      reason: "理由",
      change: "变更",
      owner: "所有者",
      agent: "本节点的智能体",
      offered: "待接受者",
      flag: "请细看",
    },
    flags: {
      "name-looks-like": "名称近似",
      "title-looks-like": "标题近似",
      "mixed-scripts": "标题中有一个词混用多种字母",
    },
    steps: {
      draft: "下一步：`hufu registration submit 标识`",
      pending:
        "下一步：由审核者运行 `hufu registration approve 标识` 或 `hufu registration reject 标识 理由`",
      rejected: "下一步：`hufu registration change 标识 文件`，再次提交",
    },
  },
} as const

type Names = (typeof words)[Language]["names"]

/** What a search found, one on a line; the whole of each is with --json. */
export function foundLines(
  { items, total, complete, indexed }: FoundRegistrations,
  language: Language,
): string[] {
  const say = words[language]
  if (items.length === 0) return [asCalled(indexed === 0 ? say.nobody : say.nothing)]
  return [
    say.found(total, complete),
    ...table(
      say.head,
      items.map(({ name, version, protocols, grade, reasons, id }) => [
        name,
        version,
        protocols.join(" "),
        grade ?? "-",
        reasons.map(({ field }) => field).join(" "),
        id,
      ]),
    ),
    asCalled(say.next),
  ]
}

/** A registration as everybody sees it. That it may not be used stands first. */
export function publicLines(shown: PublicRegistration, language: Language): string[] {
  const { standing, title, name, version, aic, trial, history } = shown
  const { names, standing: standings } = words[language]
  return [
    oneLine(`${title} · ${name} ${version}`),
    `${names.status}: ${standings[standing]}`,
    ...(aic === null ? [] : [`${names.code}: ${aic}${trial ? ` (${names.trial})` : ""}`]),
    ...(shown.shown === null ? [] : saidLines(shown.shown, names)),
    ...history.map(
      ({ index, fact, at }) =>
        `${names.history}: ${sayTime(at)} ${fact.replace("registration.", "")} (${names.entry} ${index})`,
    ),
  ]
}

function saidLines(
  { content, proofs, isHeldTo, faces }: NonNullable<PublicRegistration["shown"]>,
  names: Names,
): string[] {
  const verified = proofs.map(({ of, value, how }) => [of, value, how].filter(Boolean).join(" ")).join(", ")
  return [
    ...contentLines(content, names),
    `${names.verified}: ${verified === "" ? names.notVerified : verified}`,
    ...conductLines(content, names, isHeldTo),
    `${names.forms}: ${faces.join(" ")}`,
  ]
}

function contentLines({ developer, skills, interfaces }: RegistrationContent, names: Names): string[] {
  return [
    `${names.developer}: ${developer.name} (${developer.kind})`,
    `${names.skills}: ${skills.map(({ name }) => name).join(", ")}`,
    ...interfaces.map(({ protocol, url }) => `${names.at}: ${protocol} ${url}`),
  ].map(oneLine)
}

function conductLines({ conduct }: RegistrationContent, names: Names, isHeldTo: boolean | null): string[] {
  const ways = [
    [names.alone, conduct.auto],
    [names.asks, conduct.ask],
    [names.user, conduct["user-only"]],
    [names.never, conduct.never],
  ] as const
  const said = ways.flatMap(([way, effects]) =>
    effects.length === 0 ? [] : [`${way}: ${effects.join(" ")}`],
  )
  return [...said, ...(isHeldTo === true ? [names.held] : [])]
}

/** A registration as its owner and its reviewers have it, and what to do next. */
export function shownLines(shown: ShownRegistration, language: Language): string[] {
  const { registration, proposal, reason, offeredTo, flags, trial } = shown
  const { id, state, aic, owner, agent, content } = registration
  const { names, flags: flagWords, steps } = words[language]
  const under = proposal?.state ?? state
  const next: Readonly<Record<string, string>> = steps
  return [
    oneLine(`${content.title} · ${content.name} ${content.version}`),
    `id: ${id}`,
    `${names.state}: ${state}${proposal === null ? "" : ` (${names.change}: ${proposal.state})`}`,
    ...(reason === "" ? [] : [oneLine(`${names.reason}: ${reason}`)]),
    ...(aic === null ? [] : [`${names.code}: ${aic}${trial ? ` (${names.trial})` : ""}`]),
    ...(owner === null ? [] : [`${names.owner}: ${owner}`]),
    ...(agent === null ? [] : [`${names.agent}: ${agent}`]),
    ...(offeredTo === null ? [] : [`${names.offered}: ${offeredTo}`]),
    ...contentLines(proposal?.content ?? content, names),
    ...conductLines(proposal?.content ?? content, names, null),
    ...flags.map(({ kind, of, name }) =>
      oneLine(`${names.flag}: ${flagWords[kind]}${of === null ? "" : ` ${name ?? ""} (${of})`}`),
    ),
    ...(next[under] === undefined ? [] : [asCalled(next[under].replace(/\bID\b|标识/g, id))]),
  ]
}
