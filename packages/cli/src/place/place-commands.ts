import { type Command, secretFlag } from "../command/command.ts"

/** Adding places; the rest of what concerns them follows from the contract. */
export const placeCommands: readonly Command[] = [
  {
    name: "place add",
    takes: "[FILE]",
    en: "Add places from an ED-318 file or a template, all of them or none",
    zh: "从 ED-318 文件或模板添加场所，全部采纳或全部不采纳",
    flags: {
      class: {
        type: "string",
        value: "public|private|special",
        en: "the class of the zones that say none",
        zh: "未说明类别的场所的类别",
      },
      template: {
        type: "string",
        value: "NAME",
        en: "fill this template instead (`hufu place templates`)",
        zh: "改为填写此模板（`hufu place templates`）",
      },
      identifier: { type: "string", value: "ID", en: "what the place is called", zh: "场所的标识" },
      name: { type: "string", value: "TEXT", en: "its name for people", zh: "供人阅读的名称" },
      geometry: {
        type: "string",
        value: "FILE",
        en: "the geometry of a template: GeoJSON",
        zh: "模板的几何范围（GeoJSON）",
      },
      ...secretFlag,
    },
    load: async () => (await import("./place-add.ts")).placeAdd,
  },
]
