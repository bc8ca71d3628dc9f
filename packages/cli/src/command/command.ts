import type { Language } from "@hufu/core/words"

/** A flag, in the shape that `node:util` parses, with what it means. */
export interface Flag {
  readonly type: "boolean" | "string"
  readonly multiple?: true
  readonly short?: string
  /** What stands for the value in the help. */
  readonly value?: string
  readonly en: string
  readonly zh: string
}

export type Flags = Readonly<Record<string, Flag>>
export type FlagValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

/** One use of a command, parsed. */
export interface Invocation {
  readonly positionals: readonly string[]
  /** What followed `--`. */
  readonly rest: readonly string[]
  readonly flags: FlagValues
  readonly dataFolder: string
  readonly json: boolean
  readonly language: Language
}

/** Does what a command says and answers its exit code. */
export type Run = (invocation: Invocation) => Promise<number>

export interface Command {
  /** `verb` or `noun verb`. */
  readonly name: string
  /** Its positional arguments as the help shows them: `NAME [FILE]`. */
  readonly takes?: string
  readonly en: string
  readonly zh: string
  readonly flags: Flags
  /** Examples and explanations under the flags. */
  readonly more?: { readonly en: string; readonly zh: string }
  /** Kept apart so that `--help` and other commands do not load it. */
  readonly load: () => Promise<Run>
}

/** Flags of every command. */
export const globalFlags = {
  data: { type: "string", value: "DIR", en: "the node's data folder", zh: "节点的数据目录" },
  json: { type: "boolean", en: "print JSON", zh: "输出 JSON" },
  lang: { type: "string", value: "zh|en", en: "language of the texts", zh: "文本语言" },
  help: { type: "boolean", short: "h", en: "show this help", zh: "显示帮助" },
} as const satisfies Flags

/** The flag of every command that needs the person. */
export const secretFlag = {
  "secret-stdin": {
    type: "boolean",
    en: "read the terminal secret from the first line of standard input",
    zh: "从标准输入首行读取终端口令",
  },
} as const satisfies Flags
