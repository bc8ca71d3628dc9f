import type { PlaceTemplate, ShownPlace } from "@hufu/core/contract/place"
import type { Language } from "@hufu/core/words"
import { asCalled } from "../terminal/called-as.ts"
import { table } from "../terminal/table.ts"

const words = {
  en: {
    head: ["PLACE", "CLASS", "HERE", "OF", "WHEN", "", "ID"],
    templateHead: ["TEMPLATE", "CLASS", "WHAT"],
    none: "There is no place yet: `hufu place templates` shows what there is to begin with.",
    classes: { public: "public", private: "private", special: "special" },
    restrictions: {
      none: "-",
      conditional: "conditions",
      authorization: "authorisation",
      prohibited: "prohibited",
    },
    isOn: "in force",
    isOff: "not now",
    unverified: "unverified figures",
  },
  zh: {
    head: ["场所", "类别", "此处", "涉及", "时间", "", "标识"],
    templateHead: ["模板", "类别", "内容"],
    none: "还没有场所：`hufu place templates` 列出可用的模板。",
    classes: { public: "公共", private: "私人", special: "特殊" },
    restrictions: { none: "-", conditional: "附有条件", authorization: "须经许可", prohibited: "禁止" },
    isOn: "现在有效",
    isOff: "现在无效",
    unverified: "数字未经核实",
  },
} as const

/** Places, one on a line; the whole of each is in `hufu place show` and with --json. */
export function placeLines({ items }: { items: readonly ShownPlace[] }, language: Language): string[] {
  const say = words[language]
  if (items.length === 0) return [asCalled(say.none)]
  return table(
    say.head,
    items.map(({ id, feature, class: of, restriction, effects, holdsNow }) => [
      feature.properties.identifier,
      say.classes[of],
      say.restrictions[restriction],
      effects.join(" "),
      holdsNow ? say.isOn : say.isOff,
      feature.properties.extendedProperties?.hufu?.unverified === undefined ? "" : say.unverified,
      id,
    ]),
  )
}

/** Templates, one on a line. */
export function templateLines({ items }: { items: readonly PlaceTemplate[] }, language: Language): string[] {
  return table(
    words[language].templateHead,
    items.map((each) => [each.template, words[language].classes[each.class], each[language]]),
  )
}
