import { formatAic, makeAic } from "@hufu/core/identity/aic"
import { RegistrationContent } from "@hufu/core/registration/registration-content"
import type { Registration } from "@hufu/core/registration/registration"

/** What made agents do, in both languages: fields of work, with what belongs to each. */
const fields = [
  ["travel", "旅行", ["flight", "hotel", "itinerary", "visa"], ["机票", "酒店", "行程", "签证"]],
  ["food", "美食", ["restaurant", "recipe", "delivery", "nutrition"], ["餐厅", "菜谱", "外卖", "营养"]],
  ["law", "法律", ["contract", "lawsuit", "patent", "compliance"], ["合同", "诉讼", "专利", "合规"]],
  [
    "medicine",
    "医疗",
    ["diagnosis", "prescription", "radiology", "triage"],
    ["诊断", "处方", "影像", "分诊"],
  ],
  ["finance", "金融", ["portfolio", "invoice", "audit", "credit"], ["投资组合", "发票", "审计", "信贷"]],
  ["education", "教育", ["homework", "exam", "course", "tutoring"], ["作业", "考试", "课程", "辅导"]],
  ["weather", "天气", ["forecast", "typhoon", "rainfall", "temperature"], ["预报", "台风", "降雨", "气温"]],
  ["logistics", "物流", ["parcel", "warehouse", "customs", "truck"], ["包裹", "仓库", "海关", "货车"]],
  [
    "software",
    "软件",
    ["debugging", "deployment", "database", "testing"],
    ["调试", "部署", "数据库", "测试"],
  ],
  [
    "agriculture",
    "农业",
    ["irrigation", "harvest", "pesticide", "livestock"],
    ["灌溉", "收割", "农药", "畜牧"],
  ],
  ["energy", "能源", ["battery", "photovoltaic", "grid", "metering"], ["电池", "光伏", "电网", "计量"]],
  ["music", "音乐", ["playlist", "composition", "lyrics", "concert"], ["歌单", "作曲", "歌词", "演唱会"]],
  [
    "translation",
    "翻译",
    ["subtitle", "glossary", "interpreting", "localization"],
    ["字幕", "术语", "口译", "本地化"],
  ],
  [
    "government",
    "政务",
    ["permit", "subsidy", "registration", "complaint"],
    ["许可", "补贴", "登记", "投诉"],
  ],
  [
    "manufacturing",
    "制造",
    ["welding", "inspection", "scheduling", "robot"],
    ["焊接", "质检", "排产", "机器人"],
  ],
  ["insurance", "保险", ["claim", "underwriting", "premium", "policy"], ["理赔", "核保", "保费", "保单"]],
] as const
const cities = ["Beijing", "Shanghai", "Shenzhen", "Chengdu", "Berlin", "Singapore", "Lagos", "Toronto"]
const citiesZh = ["北京", "上海", "深圳", "成都", "杭州", "武汉", "西安", "广州"]
const verbs = ["plans", "checks", "summarizes", "compares", "books", "explains", "monitors", "predicts"]
const verbsZh = ["规划", "核对", "总结", "比较", "预订", "解释", "监测", "预测"]
const syllables = "ka lo mi ren tu sa vo di pra nel chi zor wen bai lan xi qu mo feng hua".split(" ")
const hanNames = "云海星辰智远博文瑞丰嘉禾天启明德华信安康长青宏图卓越"
const protocols = [
  { protocol: "a2a", binding: "jsonrpc", url: "https://agents.example/a2a" },
  { protocol: "acps", binding: "jsonrpc", url: "https://agents.example/rpc" },
  { protocol: "mcp", binding: "streamable-http", url: "https://agents.example/mcp" },
] as const

/** Numbers that are the same at every run. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const salt = Uint8Array.of(0x12, 0x34)

/** Registrations of made agents in Chinese, English or both, with names that few share and words that many do. */
export function* madeAgents(count: number, seed = 1): Generator<Registration> {
  for (let n = 1; n <= count; n += 1) yield madeAgent(n, seeded(seed * 1_000_003 + n))
}

export function madeAgent(n: number, pick: (below: number) => number): Registration {
  const one = <T>(of: readonly T[]): T => {
    const chosen = of[pick(of.length)]
    if (chosen === undefined) throw new Error("there is nothing to choose from")
    return chosen
  }
  const brand = Array.from({ length: 2 + pick(2) }, () => one(syllables)).join("")
  const brandZh = Array.from({ length: 2 }, () => one(Array.from(hanNames))).join("")
  const [field, fieldZh, things, thingsZh] = one(fields)
  const isZh = n % 2 === 0
  const isBoth = n % 5 === 0
  const sentences = (zh: boolean) =>
    Array.from({ length: 1 + pick(3) }, () =>
      zh
        ? `${one(verbsZh)}${one(citiesZh)}的${one(thingsZh)}，并为用户${one(verbsZh)}${fieldZh}方案。`
        : `It ${one(verbs)} every ${one(things)} in ${one(cities)} and ${one(verbs)} ${field} options for its user.`,
    ).join("")
  const said = isBoth ? `${sentences(true)} ${sentences(false)}` : sentences(isZh)
  const content = RegistrationContent.parse({
    name: `com.${brand}/agent-${n}`,
    title: isZh ? `${brandZh}${one(thingsZh)}${fieldZh}助手` : `${brand} ${one(things)} ${field} agent`,
    description: said,
    version: `${pick(4)}.${pick(20)}.${pick(10)}`,
    developer: {
      kind: pick(5) === 0 ? "person" : "organisation",
      name: isZh
        ? `${brandZh}${one(["科技", "大学", "研究院", "集团"])}`
        : `${brand} ${one(["Labs", "University", "GmbH", "Inc"])}`,
      country: isZh ? "CN" : one(["DE", "US", "SG", "CA"]),
    },
    capabilities: { streaming: pick(2) === 0 },
    inputModes: ["text/plain"],
    outputModes: ["text/plain", "application/json"],
    tags: [isZh ? fieldZh : field],
    skills: Array.from({ length: 1 + pick(4) }, (_, at) => ({
      id: `${field}.${at}`,
      name: isZh ? `${one(verbsZh)}${one(thingsZh)}` : `${one(verbs)} ${one(things)}`,
      description: sentences(isZh),
      tags: [isZh ? one(thingsZh) : one(things), isZh ? one(citiesZh) : one(cities)],
    })),
    interfaces: [one(protocols)],
    ...(pick(3) === 0 ? { price: { model: one(["free", "per-call", "per-month"] as const) } } : {}),
    ...(pick(4) === 0 ? { certifications: [{ kind: "certificate", scheme: "GB/T 45654" }] } : {}),
  })
  const ontology = n.toString(36).toUpperCase()
  return {
    id: `reg_${n.toString(36).padStart(16, "0")}`,
    state: "approved",
    aic: formatAic(makeAic({ version: "1", registrar: "1", vendor: "34C2", ontology, instance: "1" }, salt)),
    ontology: null,
    agent: null,
    owner: "usr_0123456789abcdef",
    revision: 1,
    createdAt: 1_795_000_000_000,
    changedAt: 1_796_000_000_000 + n,
    approvedAt: 1_796_000_000_000,
    content,
    proofs: [],
    grade: pick(3) === 0 ? one(["R1", "R2", "R3", "R4"] as const) : null,
    mirror: null,
  }
}

/** Questions as people ask them: some words that few agents have, some that very many have, and both. */
export function madeQuestions(count: number, agents: number, seed = 7): string[] {
  const pick = seeded(seed)
  return Array.from({ length: count }, (_, n) => {
    const { content } = madeAgent(1 + pick(agents), seeded(1_000_003 + 1 + pick(agents)))
    const [skill] = content.skills
    const isZh = /\p{Script=Han}/u.test(content.title)
    const words = skill?.name ?? content.title
    switch (n % 5) {
      case 0:
        return content.title
      case 1:
        return isZh ? `我需要一个可以${words}的智能体` : `I need an agent that ${words}`
      case 2:
        return isZh ? `${content.developer.name} ${words}` : `${words} by ${content.developer.name}`
      case 3:
        return isZh
          ? `${content.tags.join("")}${skill?.tags.join("") ?? ""}`
          : [...content.tags, ...(skill?.tags ?? [])].join(" ")
      default:
        return isZh ? content.description.slice(0, 30) : content.description.slice(0, 80)
    }
  })
}
